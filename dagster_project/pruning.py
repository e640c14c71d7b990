"""Drops the landed rows of months that are settled (`cxledger prune`).

What goes: calls and usage rows of periods whose invoices are issued and whose differences are, and
of those that have nothing to issue.
What stays: invoices, marts and books, the ledger with each file's hash and control totals, and what
later periods look at (lists, sessions that reach on, the days on which a report had rows).

A pruned month is never computed again: half of its usage would look like a change of it, and be
billed. `books/pruned.jsonl` outlives the warehouse, so a new one that cannot load the pruned files
leaves their months alone as well; one that loads them all again computes them as ever.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster_project import dbt_project
from dagster_project.books import append_to_book, read_book
from dagster_project.errors import UsageError
from dagster_project.genesys.reading import ROW_GROUP
from dagster_project.landing import refresh_calls_view
from dagster_project.warehouse import publish, work

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from dagster_project.settings import Settings

BOOK = "pruned.jsonl"

# a neighbouring period may be read by another clock (REC-4: period_cutoff)
_SLACK = timedelta(days=2)

_BY_DATE = ("concurrent_usage", "resources_usage", "user_hours", "appfoundry_usage")
_CALLS = "voice_usage"


@dataclass(frozen=True)
class PrunedMonths:
    """A line of books/pruned.jsonl: what went of one organization.

    Attributes:
        org: organization slug.
        months: invoice months, YYYY-MM-DD, in order.
        file_ids: the files of which rows went.
        rows: how many.
        days: control totals of PER-6: report → first day of the period → days that had rows.
        pruned_at: ISO 8601, UTC.
        pruned_by: who asked for it.
    """

    org: str
    months: Sequence[str]
    file_ids: Sequence[str]
    rows: int
    days: dict[str, dict[str, list[str]]]
    pruned_at: str
    pruned_by: str


@dataclass(frozen=True)
class _Span:
    """What goes of one organization: from its first period to the first that stays."""

    org: str
    from_date: date
    until_date: date
    from_at: datetime
    until_at: datetime

    @property
    def at(self) -> dict[str, Any]:
        """Parameters of statements over instants."""
        return {"org": self.org, "from_at": self.from_at, "until_at": self.until_at}

    @property
    def dates(self) -> dict[str, Any]:
        """Parameters of statements over days."""
        return {"org": self.org, "from_date": self.from_date, "until_date": self.until_date}


def prune(
    settings: Settings, before: date, orgs: Sequence[str], pruned_by: str
) -> list[PrunedMonths]:
    """Drops the landed rows of all months before one, of organizations that have billed them.

    Args:
        settings: the data directory.
        before: the first invoice month that stays.
        orgs: organizations; none: all.
        pruned_by: who asks for it.

    Returns:
        What went, by organization; nothing that went before goes again.

    Raises:
        UsageError: a month before is open, not issued, not settled or waits for a run, or all do,
            as after an update of the product; then nothing is touched.
        WarehouseError: the working file is in use.
    """
    if not settings.published_file.exists():
        raise UsageError(
            f"nothing is billed under {settings.data} yet, so there is nothing to prune"
        )
    with work(settings) as con:
        if dbt_project.unbuilt(con):
            raise UsageError(
                f"this version has not computed {settings.data} yet: `cxledger run` first"
            )
        months = _settled_months(con, before, orgs)
        con.begin()
        con.execute("delete from ops.run_requests")
        for org, invoice_months in months.items():
            con.executemany(
                "insert into ops.run_requests values (?, ?)",
                [[org, month] for month in invoice_months],
            )
        con.commit()
    if not months:
        return []
    # the rule itself says on which days the months had rows
    dbt_project.build(
        settings, ["run", "--select", "int_periods__scope_months", "int_periods__scope"]
    )
    with work(settings) as con:
        if _settled_months(con, before, orgs) != months:
            raise UsageError("another run has changed the warehouse meanwhile: prune again")
        pruned: list[PrunedMonths] = []
        written: list[Path] = []
        con.begin()
        try:
            for org, invoice_months in months.items():
                entry = _prune_org(settings, con, org, invoice_months, written, pruned_by)
                if entry.rows:
                    pruned.append(entry)
            # the book first: a warehouse without the rows must never lack the reason
            append_to_book(settings.books / BOOK, [asdict(entry) for entry in pruned])
            refresh_pruned(settings, con)
            refresh_calls_view(con)
            con.commit()
        except BaseException:
            con.rollback()
            for path in written:
                path.unlink(missing_ok=True)
            raise
        publish(settings, con, dbt_project.call_relations())
        _remove_unused(settings, con)
    return pruned


def refresh_pruned(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    """Makes ops.pruned_months and ops.pruned_days what the book says.

    An entry counts as long as a file of it is not in the warehouse as it was landed.
    """
    con.execute("delete from ops.pruned_months")
    con.execute("delete from ops.pruned_days")
    whole = {
        file_id
        for (file_id,) in con.execute(
            "select file_id from ops.files where rows_pruned = 0"
        ).fetchall()
    }
    for record in read_book(settings.books / BOOK)[0]:
        entry = PrunedMonths(**record)
        if whole.issuperset(entry.file_ids):
            continue
        con.executemany(
            "insert or ignore into ops.pruned_months values (?, ?)",
            [[entry.org, month] for month in entry.months],
        )
        days = [
            [entry.org, report, period_start, day]
            for report, periods in entry.days.items()
            for period_start, covered in periods.items()
            for day in covered
        ]
        if days:
            con.executemany("insert or ignore into ops.pruned_days values (?, ?, ?, ?)", days)


def reaching_into_pruned(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """New files with rows of a pruned month: path, and the month; nobody bills those rows."""
    found: list[tuple[str, str]] = con.execute(
        """
        select files.path, strftime(pruned.invoice_month, '%Y-%m')
        from ops.files as files
        inner join ops.pruned_months as pruned using (org)
        inner join intermediate.int_periods__billing_periods as periods using (org, invoice_month)
        where
            files.is_new
            and files.report in (select unnest(?))
            and files.first_at < least(periods.ends_at, periods.voice_to)
            and files.last_at >= greatest(periods.starts_at, periods.voice_from)
        order by all
        """,
        [[_CALLS, "billable_usage", "login_sessions", *_BY_DATE]],
    ).fetchall()
    return found


def _settled_months(
    con: duckdb.DuckDBPyConnection, before: date, orgs: Sequence[str]
) -> dict[str, list[date]]:
    """The months that may go, by organization.

    Raises:
        UsageError: one of them may not.
    """
    rows = con.execute(
        """
        select
            periods.org,
            periods.invoice_month,
            issued.invoice_id is not null as is_issued,
            invoices.status,
            billed.org is not null as is_billed
        from intermediate.int_periods__billing_periods as periods
        anti join ops.pruned_months as pruned using (org, invoice_month)
        left join ops.billed_months as billed using (org, invoice_month)
        left join marts.invoices as invoices
            on
                invoices.org = periods.org
                and invoices.invoice_month = periods.invoice_month
                and invoices.invoice_kind = 'period'
        left join ops.issued_invoices as issued
            on invoices.invoice_id = issued.invoice_id
        where
            periods.is_in_force
            and periods.invoice_month < $before
            and (len($orgs) = 0 or periods.org in (select unnest($orgs)))
        order by periods.org, periods.invoice_month
        """,
        {"before": before, "orgs": list(orgs)},
    ).fetchall()
    months: dict[str, list[date]] = defaultdict(list)
    for org, month, is_issued, status, is_billed in rows:
        # a month without any line, and one that has no price (INV-7), is never issued
        if not (is_issued or (is_billed and status in {None, "usage_only"})):
            what = f"is {status or 'not billed'}, not issued"
            raise UsageError(
                f"{org} {month:%Y-%m} {what}: only months that are issued can be pruned. "
                f"`cxledger run --month {month:%Y-%m} --org {org} --issue` issues it"
            )
        months[org].append(month)
    _refuse_unsettled(con, months)
    return dict(months)


def _refuse_unsettled(con: duckdb.DuckDBPyConnection, months: dict[str, list[date]]) -> None:
    waiting = con.execute(
        "select distinct org from ops.files where is_new and org in (select unnest($orgs)) "
        "union select org from ops.changed_orgs where org in (select unnest($orgs)) order by org",
        {"orgs": list(months)},
    ).fetchall()
    if waiting:
        raise UsageError(
            f"{waiting[0][0]} has new files or a changed contract that no run has computed yet: "
            "run first"
        )
    adjusted = con.execute(
        """
        select lines.org, lines.invoice_id, issued.invoice_id
        from marts.invoice_lines as lines
        inner join marts.invoices as carriers on lines.invoice_id = carriers.invoice_id
        inner join ops.issued_invoices as issued on lines.adjusted_invoice_id = issued.invoice_id
        where
            carriers.status <> 'issued'
            and issued.org in (select unnest($orgs))
            and issued.invoice_month <= $last
        order by all
        """,
        {
            "orgs": list(months),
            "last": max((month for of_org in months.values() for month in of_org), default=None),
        },
    ).fetchall()
    if adjusted:
        _, carrier, invoice = adjusted[0]
        raise UsageError(
            f"{invoice} has changed since it was issued and {carrier}, which adjusts it, is not "
            "issued yet: issue it first"
        )


def _prune_org(  # noqa: PLR0917 (one organization's share of `prune`)
    settings: Settings,
    con: duckdb.DuckDBPyConnection,
    org: str,
    months: Sequence[date],
    written: list[Path],
    pruned_by: str,
) -> PrunedMonths:
    """Drops one organization's rows inside the transaction; new Parquet files go to `written`."""
    span = _span(con, org, months[-1])
    days: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for report, period_start, covered_date in con.execute(
        """
        select coverage.report, coverage.period_start::varchar, coverage.covered_date::varchar
        from intermediate.int_landing__daily_coverage as coverage
        inner join intermediate.int_periods__billing_periods as periods using (org, period_start)
        where periods.org = ? and periods.invoice_month in (select unnest(?))
        order by all
        """,
        [org, list(months)],
    ).fetchall():
        days[report][period_start].append(covered_date)
    went = _drop_rows(con, span) + _drop_calls(settings, con, span, written)
    for file_id, rows in went:
        con.execute(
            "update ops.files set rows_pruned = rows_pruned + ? where file_id = ?", [rows, file_id]
        )
    return PrunedMonths(
        org=org,
        months=[month.isoformat() for month in months],
        file_ids=sorted(file_id for file_id, _ in went),
        rows=sum(rows for _, rows in went),
        days={report: dict(periods) for report, periods in days.items()},
        pruned_at=datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="microseconds"),
        pruned_by=pruned_by,
    )


def _span(con: duckdb.DuckDBPyConnection, org: str, last_month: date) -> _Span:
    """From the first instant of all clocks to a little before the first period that stays."""
    ((from_date, from_at, until_date, until_at),) = con.execute(
        """
        select
            min(period_start),
            min(greatest(starts_at, voice_from)),
            max(next_period_start) filter (where invoice_month <= $last),
            max(least(ends_at, voice_to)) filter (where invoice_month <= $last)
        from intermediate.int_periods__billing_periods
        where org = $org and is_in_force
        """,
        {"org": org, "last": last_month},
    ).fetchall()
    return _Span(org, from_date, until_date - _SLACK, from_at, until_at - _SLACK)


def _drop_rows(con: duckdb.DuckDBPyConnection, span: _Span) -> list[tuple[str, int]]:
    """Rows of every report but the calls: how many of which file."""
    of_a_day = "usage_date >= $from_date and usage_date < $until_date"
    conditions = dict.fromkeys(_BY_DATE, (of_a_day, span.dates))
    conditions["billable_usage"] = (
        "first_login_at >= $from_at and first_login_at < $until_at",
        span.at,
    )
    # a session that reaches on, and all earlier versions of it, are still read (LIC-8)
    conditions["login_sessions"] = (
        """
        login_at >= $from_at and login_at < $until_at and login_at not in (
            select reaching.login_at
            from genesys.login_sessions as reaching
            where
                reaching.org = $org
                and reaching.login_at < $until_at
                and coalesce(reaching.logout_at >= $until_at, true)
        )
        """,
        span.at,
    )
    went: list[tuple[str, int]] = []
    for report, (condition, parameters) in conditions.items():
        where = f"where org = $org and {condition}"
        went += con.execute(
            f"select file_id, count(*) from genesys.{report} {where} group by file_id", parameters
        ).fetchall()
        con.execute(f"delete from genesys.{report} {where}", parameters)
    return went


def _drop_calls(
    settings: Settings, con: duckdb.DuckDBPyConnection, span: _Span, written: list[Path]
) -> list[tuple[str, int]]:
    """Calls: a file that lies inside goes, of one that reaches out the rest is written anew."""
    went = []
    files = con.execute(
        """
        select file_id, storage_path
        from ops.files
        where
            org = $org
            and report = 'voice_usage'
            and storage_path is not null
            and first_at < $until_at
            and last_at >= $from_at
        """,
        span.at,
    ).fetchall()
    for file_id, storage in files:
        inside = "start_at >= $from_at and start_at < $until_at"
        at = {"from_at": span.from_at, "until_at": span.until_at}
        ((rows, rest),) = con.execute(
            f"select count(*) filter ({inside}), count(*) filter (not ({inside})) "
            "from read_parquet($path)",
            {**at, "path": storage},
        ).fetchall()
        if not rows:
            continue
        kept = None
        if rest:
            kept = settings.calls / span.org / f"{file_id}-{span.until_at:%Y%m%d%H%M%S}.parquet"
            written.append(kept)
            con.execute(
                f"copy (select * from read_parquet($path) where not ({inside})) to $kept (format "
                f"parquet, compression zstd, compression_level 1, row_group_size {ROW_GROUP})",
                {**at, "path": storage, "kept": str(kept)},
            )
        con.execute(
            "update ops.files set storage_path = ? where file_id = ?",
            [None if kept is None else str(kept), file_id],
        )
        went.append((file_id, int(rows)))
    return went


def _remove_unused(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    """Removes the Parquet files that neither the working nor the published file names any more."""
    used = {
        path
        for (path,) in con.execute(
            "select storage_path from ops.files where storage_path is not null"
        ).fetchall()
    }
    for path in settings.calls.glob("*/*.parquet"):
        if str(path) not in used:
            path.unlink()
