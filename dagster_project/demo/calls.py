"""Call records, vectorized: tens of thousands or tens of millions.

A call is drawn as a plan (route, start, seconds, numbers); the report's columns are rendered from
the plan in integers (tenths of a minute, ten-thousandths of the currency), so that every printed
cost is exactly VOX-1 and VOX-2. The plan's own sums are the known answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

from dagster_project.demo.calendar import Period, add_months, by_month, voice_window_start
from dagster_project.demo.landing import Landing
from dagster_project.demo.organizations import Organization
from dagster_project.demo.phone_numbers import POOLS
from dagster_project.demo.summary import KnownHold, KnownVoice

# A batch stays near this size whatever the demo's, so that 2 GB of calls need a few hundred MB.
_BATCH_CALLS = 500_000
_LONGEST_SECONDS = 7200
_INCREMENT_SECONDS = 6
_ISO = "%Y-%m-%dT%H:%M:%SZ"
_US_STYLE = "%-m/%-d/%Y %-I:%M:%S %p"

# Whose last download is damaged, whose repeats calls with other figures, whose came in two parts.
_DAMAGED_ORG = "lindenhof-markt"
_RESTATED_ORG = "harrow-finch"
_RESTATED_CALLS = 2
_SPLIT_ORG, _SPLIT_MONTH, _SPLIT_DAY = "severnmere-water", date(2026, 8, 1), 16

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class DaySum:
    """Calls of one UTC day, service and market, each once; the cost is the calls' own."""

    day: date
    service: str
    market: str
    calls: int
    minutes: Decimal
    cost: Decimal


@dataclass
class VoiceDownloads:
    """One organization's voice reports: writes them and counts what it writes.

    Attributes:
        landing: where to write.
        organization: whose calls.
        periods: its billing periods; a call outside them is in no known answer.
        duplicate_rows, restated_calls, rejected_rows, holds: see DemoSummary.
    """

    landing: Landing
    organization: Organization
    periods: list[Period]
    duplicate_rows: int = 0
    restated_calls: int = 0
    rejected_rows: int = 0
    holds: list[KnownHold] = field(default_factory=list)
    _sums: list[pl.DataFrame] = field(default_factory=list)

    def write(
        self, days: list[date], calls: int, seed: list[int], on_batch: Callable[[int], None]
    ) -> None:
        """Spread `calls` over the local `days` and write one download a calendar month.

        Args:
            days: the local days with calls.
            calls: how many.
            seed: of the random stream.
            on_batch: told the number of calls of each batch when it is written.
        """
        rng = np.random.default_rng(seed)
        weights = np.array([self.organization.weekdays[day.weekday()] for day in days])
        drawn = rng.multinomial(calls, weights / weights.sum())
        calls_on = {day: int(count) for day, count in zip(days, drawn, strict=True)}
        repeated: list[pl.DataFrame] = []
        for month, month_days in by_month(days):
            is_last = month_days[-1] == days[-1]
            first_kept = month_days[-1] - timedelta(days=self.organization.overlap_days - 1)
            kept: list[pl.DataFrame] = []
            for name, file_days in self._downloads(month, month_days):
                received_at = datetime.combine(add_months(month, 1), time(8, 0))
                with self.landing.file(
                    self.organization.slug, "voice_usage", name, received_at
                ) as landed:
                    if file_days[0] != month_days[0]:
                        landed.continue_previous_part()
                    for earlier in repeated:
                        again = self._repeat(earlier, restate=is_last)
                        landed.append(self._report(again), self._date_style(month))
                    for batch in _batches(file_days, calls_on):
                        plan = self._plan(batch, calls_on, rng)
                        self._count(plan)
                        landed.append(self._report(plan), self._date_style(month))
                        kept.append(plan.filter(pl.col("local_day") >= first_kept))
                        on_batch(plan.height)
                    if is_last and self.organization.slug == _DAMAGED_ORG:
                        landed.append_damaged(_damaged_lines(month_days[-1]))
                        self._hold(name)
                repeated = []
            repeated = kept

    def known(self) -> list[KnownVoice]:
        """The sums of the plan, per invoice month, service and market, each call once."""
        organization = self.organization
        if not self._sums:
            return []
        sums = (
            pl.concat(self._sums)
            .filter(pl.col("period").is_between(0, len(self.periods) - 1))
            .group_by("period", "service", "market")
            .agg(pl.col("calls", "tenths", "cost", "completed", "short").sum())
            .sort("period", "service", "market")
        )
        return [
            KnownVoice(
                org=organization.slug,
                invoice_month=self.periods[row["period"]].invoice_month,
                service=row["service"],
                market=row["market"],
                calls=row["calls"],
                minutes=Decimal(row["tenths"]).scaleb(-1),
                cost=Decimal(row["cost"]).scaleb(-4) if organization.vendor_cost else None,
                billed_cost=Decimal(row["cost"]).scaleb(-4),
                currency=organization.currency,
                completed_outbound_calls=row["completed"] if "outbound" in row["service"] else 0,
                short_calls=row["short"] if "outbound" in row["service"] else 0,
            )
            for row in sums.iter_rows(named=True)
        ]

    def last_days(self) -> list[DaySum]:
        """The sums of the plan for each UTC day of the last period, each call once."""
        sums = (
            pl.concat(self._sums)
            .filter(pl.col("period") == len(self.periods) - 1)
            .group_by("day", "service", "market")
            .agg(pl.col("calls", "tenths", "cost").sum())
            .sort("day", "service", "market")
        )
        return [
            DaySum(
                day=row["day"],
                service=row["service"],
                market=row["market"],
                calls=row["calls"],
                minutes=Decimal(row["tenths"]).scaleb(-1),
                cost=Decimal(row["cost"]).scaleb(-4),
            )
            for row in sums.iter_rows(named=True)
        ]

    def _downloads(self, month: date, month_days: list[date]) -> list[tuple[str, list[date]]]:
        """The month's files, as (name, local days): each organization packs its own way."""
        stem = f"voice_usage_{month:%Y-%m}"
        match self.organization.slug:
            case "severnmere-water" if month == _SPLIT_MONTH:
                parts = (
                    [day for day in month_days if day.day < _SPLIT_DAY],
                    [day for day in month_days if day.day >= _SPLIT_DAY],
                )
                return [
                    (f"{stem}.part{number}.csv", days) for number, days in enumerate(parts, start=1)
                ]
            case "harrow-finch" if month.month % 2 == 0:
                return [(f"{stem}.csv.gz", month_days)]
            case "lindenhof-markt" if month.month % 3 == 0:
                return [(f"{stem}.zip", month_days)]
            case "hoshimori-travel":
                return [(f"{stem}.csv.zst", month_days)]
        return [(f"{stem}.csv", month_days)]

    def _date_style(self, month: date) -> str:
        is_us_style = self.organization.us_dates and month.month % 3 == 0
        return _US_STYLE if is_us_style else _ISO

    def _plan(
        self, days: list[date], calls_on: dict[date, int], rng: np.random.Generator
    ) -> pl.DataFrame:
        """Draw the calls of some days, in order of start: one row a call, nothing rendered yet."""
        organization, routes = self.organization, self.organization.routes
        per_day = np.array([calls_on[day] for day in days])
        count = int(per_day.sum())
        share = np.array([route.share for route in routes])
        route = rng.choice(len(routes), count, p=share / share.sum())

        hours = np.array(organization.hours, dtype=float)
        second = rng.choice(24, count, p=hours / hours.sum()) * 3600 + rng.integers(0, 3600, count)
        starts = np.repeat(_utc_midnights(days, organization.time_zone), per_day) + second

        median = np.log([route.median_seconds for route in routes])[route]
        talked = np.exp(median + 0.8 * rng.standard_normal(count))
        seconds = np.clip(talked.astype(np.int64), _INCREMENT_SECONDS + 1, _LONGEST_SECONDS)
        unanswered = np.array([route.unanswered for route in routes])[route]
        short = np.array([route.short for route in routes])[route]
        fate = rng.random(count)
        brief = rng.integers(1, _INCREMENT_SECONDS + 1, count)
        seconds = np.where(fate < unanswered + short, brief, seconds)
        seconds = np.where(fate < unanswered, 0, seconds)

        return pl.DataFrame(
            {
                "local_day": pl.Series(days, dtype=pl.Date).gather(
                    np.repeat(np.arange(len(days)), per_day)
                ),
                "sip_call_id": rng.integers(10**17, 9 * 10**17, count),
                "route": route,
                "start": starts,
                "seconds": seconds,
                "origin": _numbers([route.origins for route in routes], route, rng),
                "destination": _numbers([route.destinations for route in routes], route, rng),
            }
        ).sort("start", "sip_call_id")

    def _rated(self, plan: pl.DataFrame) -> pl.DataFrame:
        """Adds tenths of a minute (VOX-1) and cost in ten-thousandths (VOX-2), both integers."""
        micro_rates = [int(Decimal(route.rate).scaleb(6)) for route in self.organization.routes]
        tenths = (pl.col("seconds") + _INCREMENT_SECONDS - 1) // _INCREMENT_SECONDS
        micro_rate = pl.Series(micro_rates).gather(plan["route"])
        return plan.with_columns(tenths=tenths).with_columns(
            cost=(pl.col("tenths") * micro_rate + 500) // 1000
        )

    def _count(self, plan: pl.DataFrame, sign: int = 1) -> None:
        """Add the plan's sums to the known answers, or take them out again."""
        bounds = [voice_window_start(self.organization, period.start) for period in self.periods]
        bounds.append(voice_window_start(self.organization, self.periods[-1].next_start))
        edges = np.array([int(bound.replace(tzinfo=UTC).timestamp()) for bound in bounds])
        routes = self.organization.routes
        self._sums.append(
            self._rated(plan)
            .with_columns(
                period=pl.Series(np.searchsorted(edges, plan["start"].to_numpy(), "right") - 1),
                # the UTC date of the start
                day=pl.from_epoch(plan["start"]).dt.date(),
                service=_of_route([route.service for route in routes], plan),
                market=_of_route([route.market for route in routes], plan),
            )
            .group_by("period", "day", "service", "market")
            .agg(
                calls=sign * pl.len().cast(pl.Int64),
                tenths=sign * pl.col("tenths").sum(),
                cost=sign * pl.col("cost").sum(),
                completed=sign * (pl.col("tenths") > 0).sum().cast(pl.Int64),
                short=sign * (pl.col("tenths") == 1).sum().cast(pl.Int64),
            )
        )

    def _repeat(self, plan: pl.DataFrame, *, restate: bool) -> pl.DataFrame:
        """The plan as a later download repeats it; a few calls lasted a minute longer (VOX-10)."""
        self.duplicate_rows += plan.height
        if not (restate and self.organization.slug == _RESTATED_ORG):
            return plan
        again = plan.with_columns(
            seconds=pl.when(pl.int_range(pl.len()) < _RESTATED_CALLS)
            .then(pl.col("seconds") + 60)
            .otherwise(pl.col("seconds"))
        )
        self._count(plan.head(_RESTATED_CALLS), sign=-1)
        self._count(again.head(_RESTATED_CALLS))
        self.restated_calls += min(_RESTATED_CALLS, plan.height)
        return again

    def _report(self, plan: pl.DataFrame) -> pl.DataFrame:
        """The plan in the report's columns; instants stay typed and are written in a date style."""
        organization, routes = self.organization, self.organization.routes
        rated = self._rated(plan)
        cost = pl.concat_str(
            (pl.col("cost") // 10_000).cast(pl.String),
            pl.lit("."),
            (pl.col("cost") % 10_000).cast(pl.String).str.zfill(4),
        )
        minutes = pl.Series([f"{tenth // 10}.{tenth % 10}" for tenth in range(_LONGEST_TENTHS)])
        nothing = pl.lit(None, dtype=pl.String)
        report = rated.select(
            pl.col("sip_call_id").cast(pl.String).alias("SIP Call Id"),
            pl.col("origin").alias("Origin"),
            pl.col("destination").alias("Destination"),
            _of_route([route.usage_group for route in routes], plan).alias("Usage Group"),
            _of_route([route.display for route in routes], plan).alias("Usage Group Display"),
            _of_route([route.call_type for route in routes], plan).alias("Call Type"),
            _of_route([route.direction for route in routes], plan).alias("Direction"),
            pl.from_epoch("start").alias("Start time"),
            pl.from_epoch(pl.col("start") + pl.col("seconds")).alias("End Time"),
            pl.col("seconds").alias("Duration (Seconds)"),
            (pl.col("tenths") * _INCREMENT_SECONDS).alias("Adjusted Duration (seconds)"),
            minutes.gather(rated["tenths"]).alias("Adjusted Duration (minutes)"),
            (
                _of_route([route.rate for route in routes], plan)
                if organization.vendor_cost
                else nothing
            ).alias("Usage Rate Per Minute"),
            (cost if organization.vendor_cost else nothing).alias("Total cost"),
            pl.lit(organization.currency).alias("Currency"),
            pl.lit(organization.rate_sheet).alias("Rate Sheet"),
            pl.lit(organization.postal_code or None, dtype=pl.String).alias("Postal Code"),
        )
        if organization.snake_headers:
            return report.rename(lambda name: name.lower().replace(" ", "_"))
        return report

    def _hold(self, name: str) -> None:
        self.rejected_rows = len(_damaged_lines(self.periods[-1].start))
        path = f"landing/{self.organization.slug}/voice_usage/{name}"
        self.holds.append(
            KnownHold(
                org=self.organization.slug,
                invoice_month=self.periods[-1].invoice_month,
                check_name="rejected_rows",
                path=path,
                rejected_rows=self.rejected_rows,
                what_to_do=(
                    f"look at its {self.rejected_rows} rejected rows, then replace it by a good "
                    "download, or lift the hold with `cxledger accept`"
                ),
            )
        )


_LONGEST_TENTHS = (_LONGEST_SECONDS + 60) // _INCREMENT_SECONDS + 1


def _batches(days: list[date], calls_on: dict[date, int]) -> Iterator[list[date]]:
    """Consecutive days of about _BATCH_CALLS calls together."""
    batch: list[date] = []
    size = 0
    for day in days:
        batch.append(day)
        size += calls_on[day]
        if size >= _BATCH_CALLS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _utc_midnights(days: list[date], zone_name: str) -> Integers:
    """Each local day's midnight in UTC seconds, by the offset its noon has."""
    zone = ZoneInfo(zone_name)
    noons = [datetime.combine(day, time(12), zone) for day in days]
    return np.array([int(noon.timestamp()) - 12 * 3600 for noon in noons])


def _numbers(pools: list[str], route: Integers, rng: np.random.Generator) -> pl.Series:
    """A random number of each call's pool: one gather from all pools laid end to end."""
    sizes = np.array([len(POOLS[pool]) for pool in pools])
    firsts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    place = (rng.random(len(route)) * sizes[route]).astype(np.int64)
    return pl.Series([number for pool in pools for number in POOLS[pool]]).gather(
        firsts[route] + place
    )


def _of_route(values: list[str], plan: pl.DataFrame) -> pl.Series:
    return pl.Series(values).gather(plan["route"])


def _damaged_lines(day: date) -> list[str]:
    """Rows that cannot be loaded: an open quote, a length that is no number, a negative one."""
    call = f"+492214710101,+493023125201,{{}},DE Domestic,Domestic,Outbound,{day}T09:1{{}}:00Z"
    rest = "DE-DOM"
    figures = "66,1.1,0.0098,0.0108,EUR,de-2026,"
    return [
        f"700000000000000001,{call.format(chr(34) + rest, 1)},{day}T09:12:05Z,65,{figures}",
        f"700000000000000002,{call.format(rest, 3)},{day}T09:14:05Z,sixty-five,{figures}",
        f"700000000000000003,{call.format(rest, 5)},{day}T09:16:05Z,-65,{figures}",
    ]
