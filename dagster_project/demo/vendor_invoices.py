"""The vendor's invoices of the demo's last month, with the errors that finance people know.

Composed from the generator's own plan (who was on shift, which calls were drawn), its own landed
inventories and the contracts' prices, never from what the ledger makes of them: a vendor bills from
its own books. Their lines are the vendor's, so some are called or grouped otherwise than ours.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import typst
import yaml

from dagster_project.demo.calendar import Period
from dagster_project.demo.calls import DaySum
from dagster_project.demo.landing import Landing, set_modified
from dagster_project.demo.organizations import Organization
from dagster_project.demo.summary import KnownUnits, KnownVendorError, KnownVoice

_CONTRACTS = Path(__file__).parent / "contracts"
_TEMPLATE = Path(__file__).with_name("vendor_invoice.typ")
_MONTHS_OF_A_TERM = 12

PDF_FOLDER = "vendor_pdf"
_PRINTED = "severnmere-water"  # its invoice came as a PDF and was imported from there

# Fair use a unit and month, as the vendor publishes it: named, and what a concurrent unit has more.
_POOLS: Mapping[str, Mapping[str, float]] = {
    "IVR Minutes": {"communicate": 500, "cx1": 1750, "cx2": 2500, "cx3": 3250},
    "Data Storage": {"communicate": 5, "cx1": 17.5, "cx2": 25, "cx3": 32.5},
    "API Requests": {"communicate": 10_000, "cx1": 75_000, "cx2": 110_000, "cx3": 140_000},
    "BYOC Cloud Minutes": {"communicate": 1000, "cx1": 5000, "cx2": 5000, "cx3": 5000},
    "Voice Transcription Minutes": {"cx3": 5000},
    "SMS Segments": {},
    "Third-Party Messages": {},
}
_CONCURRENT = Fraction(13, 10)
_HOURS_OF_A_UNIT = 111
_RESOURCES = {
    # name in the report: code of the contract, the vendor's description, decimals
    "IVR Minutes": ("ivr_minutes", "IVR Overage", 2),
    "Data Storage": ("storage_gb", "Data Storage Overage", 2),
    "API Requests": ("api_requests", "API Overage", 0),
    "BYOC Cloud Minutes": ("byoc_minutes", "Genesys Cloud BYOC Cloud", 2),
    "Voice Transcription Minutes": (
        "transcription_minutes",
        "Genesys Cloud Voice Transcription",
        2,
    ),
    "SMS Segments": ("sms_segments", "SMS", 0),
    "Third-Party Messages": ("messaging", "Third-Party Messaging", 0),
}
_SERVICES = {
    "outbound": "Outbound Calling Service",
    "extended_outbound": "Extended Outbound Calling Service",
    "inbound": "Inbound Calling Service",
    "toll_free": "Toll-Free Calling Service",
}
_MODELS = {"named": "User", "concurrent": "Concurrent User", "hourly": "Hourly User"}


@dataclass(frozen=True)
class _Errors:
    """What a vendor's invoice does wrong.

    Attributes:
        is_day_billed_twice: the calls of the day with the most.
        is_pool_committed_only: the fair-use pool from commitments, not the greater of both.
        rates: another rate than the contract's, by description.
        forgotten: names of the contract that are not on the invoice.
    """

    is_day_billed_twice: bool = False
    is_pool_committed_only: bool = False
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()


_ERRORS = {
    "harrow-finch": _Errors(is_day_billed_twice=True, is_pool_committed_only=True),
    "severnmere-water": _Errors(
        rates={"Genesys Cloud CX 2 Concurrent User": Decimal("138.00")},
        forgotten=frozenset({"Service credit August outage"}),
    ),
}


@dataclass(frozen=True)
class _Line:
    start: date
    end: date
    description: str
    quantity: Decimal
    rate: Decimal | None
    amount: Decimal
    section: str


@dataclass(frozen=True)
class VendorPlan:
    """What a vendor's invoices are made of: the generator's plan of one organization's last period.

    Attributes:
        units: what was planned, of all organizations and months.
        voice: the organization's calls, of all months.
        days: its calls of each day of the period.
    """

    organization: Organization
    period: Period
    units: Sequence[KnownUnits]
    voice: Sequence[KnownVoice]
    days: Sequence[DaySum]


def write_vendor_invoices(
    landing: Landing, data: Path, plan: VendorPlan, received_at: datetime
) -> list[KnownVendorError]:
    """Lands the vendor's invoices of an organization's last month.

    Args:
        landing: where to.
        data: the data directory, whose landed inventories are read.
        plan: of whom, and what they used.
        received_at: when the invoices came.

    Returns:
        The errors that are in them, tax apart.
    """
    organization = plan.organization
    book = _Book(data, plan)
    for number, dated, lines in book.invoices():
        if organization.slug == _PRINTED:
            path = data / PDF_FOLDER / organization.slug / f"{number}.pdf"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_pdf(organization, number, dated, lines))
            set_modified(path, received_at)
        frame = pl.DataFrame(
            {
                "Invoice Number": [number] * len(lines),
                "Invoice Date": [dated.isoformat()] * len(lines),
                "Service Period Start": [line.start.isoformat() for line in lines],
                "Service Period End": [line.end.isoformat() for line in lines],
                "Description": [line.description for line in lines],
                "Quantity": [_text(line.quantity) for line in lines],
                "Rate": ["" if line.rate is None else _text(line.rate) for line in lines],
                "Amount": [_text(line.amount) for line in lines],
                "Currency": [organization.currency] * len(lines),
                # a PDF says no section on its lines
                "Section": [
                    "" if organization.slug == _PRINTED else line.section for line in lines
                ],
            }
        )
        landing.table(organization.slug, "vendor_invoice", f"{number}.csv", received_at, frame)
    return book.errors


class _Book:
    """What the vendor knows of one organization and period."""

    def __init__(self, data: Path, plan: VendorPlan) -> None:
        organization, period = plan.organization, plan.period
        self.errors: list[KnownVendorError] = []
        self._landing = data / "landing" / organization.slug
        self._organization = organization
        self._contract: dict[str, Any] = yaml.load(
            (_CONTRACTS / f"{organization.slug}.yml").read_text(encoding="utf-8"),
            _Texts,  # noqa: S506 - a SafeLoader
        )
        for amendment in self._contract.get("amendments", ()):
            self._contract |= {k: v for k, v in amendment.items() if k != "effective_from"}
        self._period = period
        self._last_day = period.next_start - timedelta(days=1)
        month = period.invoice_month
        self._units = {
            known.licence: Decimal(known.quantity)
            for known in plan.units
            if known.org == organization.slug and known.invoice_month == month
        }
        self._voice = [
            known
            for known in plan.voice
            if known.org == organization.slug
            and known.invoice_month == month
            and known.service in _SERVICES
        ]
        self._days = plan.days
        self._wrong = _ERRORS.get(organization.slug, _Errors())
        self._places = Decimal(1) if organization.currency == "JPY" else Decimal("0.01")

    def invoices(self) -> Iterator[tuple[str, date, list[_Line]]]:
        """Number, date and lines of each: the period's, and those of orders in its month."""
        number = f"GC-{self._contract['contract']['number'].removeprefix('C-')}"
        lines = [
            *self._licences(),
            *self._recurring(),
            *self._resources(),
            *self._apps(),
            *self._devices(),
            *self._calls(),
            *self._numbers(),
        ]
        dated = self._period.next_start
        yield f"{number}-{dated:%Y%m%d}", dated, self._with_taxes(lines, self._last_day)
        for dated, ordered in self._orders():
            yield f"{number}-{dated:%Y%m%d}", dated, self._with_taxes(ordered, dated)

    def _line(
        self,
        description: str,
        quantity: Decimal,
        rate: str | None,
        *,
        section: str,
        start: date | None = None,
        end: date | None = None,
        amount: Decimal | None = None,
    ) -> _Line:
        price = None if rate is None else Decimal(rate)
        wrong = self._wrong.rates.get(description)
        if wrong is not None and price is not None:
            self._err(description, "price", self._round(quantity * (wrong - price)))
            price = wrong
        if amount is None:
            amount = Decimal(0) if price is None else quantity * price
        return _Line(
            start or self._period.start,
            end or self._last_day,
            description,
            quantity,
            price,
            self._round(amount),
            section,
        )

    def _err(self, description: str, cause: str, amount: Decimal) -> None:
        self.errors.append(
            KnownVendorError(
                org=self._organization.slug,
                invoice_month=self._period.invoice_month,
                description=description,
                cause=cause,
                amount=amount,
            )
        )

    def _next_start(self) -> date:
        return self._period.next_start

    def _next_end(self) -> date:
        start = self._period.next_start
        month = (start.replace(day=1) + timedelta(days=31)).replace(day=start.day)
        return month - timedelta(days=1)

    def _title(self, entry: Mapping[str, Any]) -> str:
        if "add_on" in entry:
            return str(entry["charge_name"])
        licence = entry["licence"]
        if licence == "communicate":
            return "Genesys Cloud Communicate User"
        model = _MODELS[self._organization.licence_model]
        return f"Genesys Cloud CX {licence.removeprefix('cx')} {model}"

    def _licences(self) -> Iterator[_Line]:
        subscription = self._contract["contract"]["subscription"]
        for entry in self._contract["licences"]:
            title, committed = self._title(entry), Decimal(entry.get("committed", 0))
            actual = self._units.get(entry.get("licence") or entry["add_on"], Decimal(0))
            rate = entry.get("on_demand_rate") or entry.get("prepay_rate")
            if committed and subscription == "annual_monthly":
                prepay = entry["prepay_rate"]
                yield self._line(
                    f"{title} - Prepay",
                    committed,
                    prepay,
                    section="core",
                    start=self._next_start(),
                    end=self._next_end(),
                )
            if committed and subscription == "monthly":
                yield self._line(
                    f"{title} - Committed", committed, entry["prepay_rate"], section="core"
                )
            if actual > committed:
                yield self._line(title, actual - committed, rate, section="core")

    def _recurring(self) -> Iterator[_Line]:
        for entry in self._contract.get("recurring", ()):
            line = self._line(
                entry["name"], Decimal(entry["quantity"]), entry["rate"], section="core"
            )
            if entry["name"] in self._wrong.forgotten:
                self._err(entry["name"], "missing_line", -line.amount)
            else:
                yield line

    def _resources(self) -> Iterator[_Line]:
        daily: dict[tuple[str, date], Decimal] = {}
        for row in self._rows("resources_usage"):
            daily[row["Resource"], _day(row["Date"])] = Decimal(row["Quantity"].replace(",", ""))
        rates = {entry["resource"]: entry for entry in self._contract.get("resources", ())}
        for name, (code, description, decimals) in _RESOURCES.items():
            used = [
                quantity
                for (resource, day), quantity in daily.items()
                if resource == name and self._period.start <= day <= self._last_day
            ]
            if not used:
                continue
            total = Fraction(sum(used))
            if name == "Data Storage":
                total /= len(used)
            overage = _rounded(total - self._pool(name), decimals)
            rate = rates.get(code, {}).get("overage_rate")
            if self._wrong.is_pool_committed_only:
                wrong = _rounded(total - self._pool(name, is_committed_only=True), decimals)
                wrong = max(wrong, Decimal(0))
                difference = wrong - max(overage, Decimal(0))
                if difference:
                    amounts = [
                        self._round(q * Decimal(rate or 0)) for q in (wrong, wrong - difference)
                    ]
                    self._err(description, "allowance_base", amounts[0] - amounts[1])
                overage = wrong
            if overage > 0:
                yield self._line(description, overage, rate, section="resources")

    def _pool(self, resource: str, *, is_committed_only: bool = False) -> Fraction:
        pool = Fraction(0)
        model = self._organization.licence_model
        for entry in self._contract["licences"]:
            licence = entry.get("licence")
            each = Fraction(_POOLS[resource].get(licence, 0))
            if licence and licence != "communicate":
                each = {"concurrent": each * _CONCURRENT, "hourly": each / _HOURS_OF_A_UNIT}.get(
                    model, each
                )
            committed = Decimal(entry.get("committed", 0))
            actual = self._units.get(licence or "", Decimal(0))
            counted = committed if is_committed_only else max(committed, actual)
            pool += each * Fraction(counted)
        return pool

    def _apps(self) -> Iterator[_Line]:
        daily: dict[tuple[str, str, date], Decimal] = {}
        for row in self._rows("appfoundry_usage"):
            daily[row["App"], row["Part"], _day(row["Date"])] = Decimal(row["Quantity"])
        base = sum(
            (
                self._units.get(e.get("licence") or "", Decimal(0))
                for e in self._contract["licences"]
            ),
            Decimal(0),
        )
        for entry in self._contract.get("appfoundry", ()):
            used = [
                quantity
                for (app, part, day), quantity in daily.items()
                if (app, part) == (entry["app"], entry["part"])
                and self._period.start <= day <= self._last_day
            ]
            users = self._organization.app_users
            quantity = {
                "site": Decimal(1),
                "user": Decimal(users[1] if users else 0),
                "metered_sum": sum(used, Decimal(0)),
                "metered_high_water": max(used, default=Decimal(0)),
                "mimic": base,
            }[entry["type"]]
            beyond = quantity - Decimal(entry.get("committed", 0))
            if beyond > 0:
                # the vendor lists apps among the subscription's charges
                yield self._line(
                    f"{entry['app']} - {entry['part']}",
                    beyond,
                    entry["on_demand_rate"],
                    section="core",
                )

    def _devices(self) -> Iterator[_Line]:
        rows = [
            (row["Device Type"], row["Active To"])
            for row in self._rows("devices")
            if _day(row["Active From"]) <= self._last_day
        ]
        counted = dict(self._organization.counted_devices)
        for entry in self._contract.get("devices", ()):
            quantity = sum(
                kind == entry["device_type"] and (not until or _day(until) >= self._period.start)
                for kind, until in rows
            ) + counted.get(entry.get("charge_name", ""), 0)
            yield self._line(
                entry["device_type"], Decimal(quantity), entry["rate"], section="devices"
            )

    def _calls(self) -> Iterator[_Line]:
        doubled: Mapping[tuple[str, str], DaySum] = {}
        if self._wrong.is_day_billed_twice:
            busiest = max(self._days, key=lambda known: (known.calls, known.day)).day
            doubled = {(d.service, d.market): d for d in self._days if d.day == busiest}
        for known in self._voice:
            again = doubled.get((known.service, known.market))
            minutes, cost = known.minutes, known.billed_cost
            market = "U.S." if self._organization.country == "US" else "Domestic"
            market = market if known.market == "domestic" else known.market.capitalize()
            description = f"{_SERVICES[known.service]} - {market}"
            if again:
                minutes += again.minutes
                cost += again.cost
                self._err(
                    description,
                    "duplicate_calls",
                    self._round(cost) - self._round(known.billed_cost),
                )
            yield self._line(description, minutes, None, section="telco", amount=cost)
        surcharge = self._contract["voice"].get("short_call")
        short = sum(known.short_calls for known in self._voice)
        completed = sum(known.completed_outbound_calls for known in self._voice)
        if (
            surcharge
            and completed >= int(surcharge["min_calls"])
            and Decimal(short) >= Decimal(surcharge["min_share"]) * completed
        ):
            # the vendor's recipe takes one off for a spreadsheet's heading
            yield self._line(
                "Short Duration Call Surcharge",
                Decimal(short - 1),
                surcharge["rate"],
                section="telco",
            )

    def _numbers(self) -> Iterator[_Line]:
        prices = self._contract["voice"]["numbers"]
        is_ahead = prices.get("billing") == "advance"
        owned: dict[str, int] = {"did": 0, "toll_free": 0}
        set_up = dict(owned)
        for row in self._rows("phone_numbers"):
            kind = "did" if row["Type"] == "DID" else "toll_free"
            since = _day(row["Active From"])
            until = _day(row["Active To"]) if row["Active To"] else date.max
            counted_from = self._last_day if is_ahead else self._period.start
            owned[kind] += since <= self._last_day and until >= counted_from
            set_up[kind] += self._period.start <= since <= self._last_day
        recurring = sum(
            (Decimal(owned[kind]) * Decimal(prices[kind]["recurring_rate"]) for kind in owned),
            Decimal(0),
        )
        yield self._line(
            "Local Number - Prepay",
            Decimal(sum(owned.values())),
            None,
            section="telco",
            amount=recurring,
            start=self._next_start() if is_ahead else None,
            end=self._next_end() if is_ahead else None,
        )
        for kind, count in set_up.items():
            if count:
                yield self._line(
                    "Number Setup Charges",
                    Decimal(count),
                    prices[kind]["setup_rate"],
                    section="telco",
                )

    def _orders(self) -> Iterator[tuple[date, list[_Line]]]:
        month = self._period.invoice_month
        contract = self._contract["contract"]
        start: date = contract["effective_date"]
        if contract["subscription"] == "annual_prepay" and start.month == month.month:
            renewed = month.replace(day=start.day)
            ends = renewed.replace(year=renewed.year + 1) - timedelta(days=1)
            yield (
                renewed,
                [
                    self._line(
                        f"{title} - Prepay",
                        Decimal(entry["committed"]) * _MONTHS_OF_A_TERM,
                        entry["prepay_rate"],
                        section="core",
                        start=renewed,
                        end=ends,
                    )
                    for title, entry in (
                        *((self._title(e), e) for e in self._contract["licences"]),
                        *((f"{e['app']} - {e['part']}", e) for e in self._contract["appfoundry"]),
                    )
                    if Decimal(entry.get("committed", 0))
                ],
            )
        for entry in self._contract.get("one_time", ()):
            if entry["date"].replace(day=1) == month:
                day = entry["date"]
                yield (
                    day,
                    [
                        self._line(
                            entry["name"],
                            Decimal(1),
                            entry["amount"],
                            section="one_time",
                            start=day,
                            end=day,
                        )
                    ],
                )

    def _with_taxes(self, lines: list[_Line], end: date) -> list[_Line]:
        """Fees, then each tax on its sections, as the vendor's own lines are."""
        is_period = end == self._last_day
        start = self._period.start if is_period else end
        with_fees = list(lines)
        for entry in self._contract.get("fees", ()) if is_period else ():
            calls = Decimal(sum(known.calls for known in self._voice))
            with_fees.append(
                self._line(
                    entry["name"], calls, entry["rate"], section="taxes", start=start, end=end
                )
            )
        apps = {f"{e['app']} - {e['part']}" for e in self._contract.get("appfoundry", ())}
        taxes = []
        for entry in self._contract["taxes"]:
            base = sum(
                (
                    line.amount
                    for line in with_fees
                    if "sections" not in entry
                    or ("appfoundry" if line.description in apps else line.section)
                    in entry["sections"]
                ),
                Decimal(0),
            )
            taxes.append(
                self._line(
                    entry["name"], base, entry["rate"], section="taxes", start=start, end=end
                )
            )
        return with_fees + taxes

    def _rows(self, report: str) -> Iterator[dict[str, str]]:
        for path in sorted((self._landing / report).glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)

    def _round(self, amount: Decimal) -> Decimal:
        return amount.quantize(self._places, ROUND_HALF_UP)


def _pdf(organization: Organization, number: str, dated: date, lines: Sequence[_Line]) -> bytes:
    """The invoice on paper; the same lines give the same bytes."""
    page = {
        "number": number,
        "dated": f"{dated:%d %B %Y}",
        "currency": organization.currency,
        "bill_to": organization.name,
        "total": f"{sum((line.amount for line in lines), Decimal(0)):,f}",
        "lines": [
            [
                f"{line.start:%d %b %Y} - {line.end:%d %b %Y}",
                line.description,
                f"{line.quantity:,f}",
                "" if line.rate is None else f"{line.rate:,f}",
                f"{line.amount:,f}",
            ]
            for line in lines
        ],
    }
    return typst.compile(
        _TEMPLATE, sys_inputs={"page": json.dumps(page)}, format="pdf", timestamp=0
    )


class _Texts(yaml.SafeLoader):
    """Contracts with their numbers as they are written, so that none becomes a binary fraction."""


def _as_written(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Texts.add_constructor("tag:yaml.org,2002:float", _as_written)
_Texts.add_constructor("tag:yaml.org,2002:int", _as_written)


def _day(text: str) -> date:
    if "/" in text:
        month, day, year = map(int, text.split("/"))
        return date(year, month, day)
    return date.fromisoformat(text)


def _rounded(number: Fraction, decimals: int) -> Decimal:
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _text(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
