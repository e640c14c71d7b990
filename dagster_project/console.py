"""What the command line prints: tables and progress. Formats; computes nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

if TYPE_CHECKING:
    import duckdb

    from dagster_project.demo import DemoSummary
    from dagster_project.explanation import Explanation
    from dagster_project.issuing.replay import Replay
    from dagster_project.rulebook import Register, Rule
    from dagster_project.settings import Settings
    from dagster_project.vendor import PdfInvoice

_out = Console()
_err = Console(stderr=True)

_VERDICTS = {
    "pay": "[green]pay[/]",
    "dispute": "[yellow]dispute[/]",
    "held": "[yellow]ours is held, settle that first[/]",
    "estimate": "[yellow]ours is an estimate, wait for the period's end[/]",
    "not_comparable": "[yellow]ask about what ours has no price for[/]",
}

_STATUS_COLOURS = {"draft": "green", "issued": "green", "held": "yellow", "usage_only": "cyan"}
_MOST_ROWS = 200
FEW_ROWS, EVERY_ROW = 12, 1 << 62
"""Pieces of evidence of a kind that are listed unless all are asked for, and all."""
_CHOSEN = "(len($orgs::varchar[]) = 0 or list_contains($orgs::varchar[], org))"


class LiveProgress:
    """A spinner, and a bar where the number of steps is known; plain lines without a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: Any = None

    def stage(self, title: str, total: int | None = None) -> None:
        """Closes the last stage and begins the next."""
        self.close()
        self._task = self._progress.add_task(title, total=total, label="")

    def step(self, label: str) -> None:
        """Moves the bar by one."""
        self._progress.update(self._task, advance=1, label=label)

    def close(self) -> None:
        """Shows the current stage as done."""
        if self._task is not None:
            task = self._progress.tasks[self._task]
            done = task.total if task.total is not None else max(task.completed, 1)
            self._progress.update(self._task, total=done, completed=done, label="")


@contextmanager
def live() -> Iterator[LiveProgress]:
    """Progress on stderr, so that stdout holds results only."""
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[label]}"),
    )
    with Progress(*columns, console=_err, disable=not sys.stderr.isatty()) as progress:
        reporter = LiveProgress(progress)
        yield reporter
        reporter.close()


def invoices(con: duckdb.DuckDBPyConnection, month: date, orgs: Sequence[str]) -> None:
    """One row per invoice of a month, with status, total and what holds it."""
    rows = con.execute(
        f"""
        select
            invoice_id, invoice_kind, period_start, period_end, status, currency, total,
            hold_reasons, estimate_through, invoice_number
        from marts.invoices
        where invoice_month = $month and {_CHOSEN}
        order by org, invoice_date, invoice_id
        """,
        {"month": month, "orgs": list(orgs)},
    ).fetchall()
    table = Table(title=f"Invoices of {month:%B %Y}", title_justify="left", box=SIMPLE_HEAD)
    # where it is narrow the id goes on in a second line: no figure, and no hold, is ever cut off
    table.add_column("Invoice", overflow="fold")
    table.add_column("Period", no_wrap=True)
    table.add_column("Total", justify="right", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    for invoice_id, kind, start, end, state, currency, total, holds, estimate, number in rows:
        colour = _STATUS_COLOURS.get(state, "white")
        remark = f"estimate through {estimate}" if estimate else number or ""
        remark = f"{len(holds)} hold{'s' * (len(holds) > 1)}" if holds else remark
        table.add_row(
            invoice_id,
            f"{start:%d %b} – {end:%d %b}" if kind == "period" else kind,
            _money(total, currency),
            f"[{colour}]{state}[/]" + (f": {remark}" if remark else ""),
        )
    _out.print(table if rows else f"No invoice falls into {month:%B %Y}.")


def reconciliation(con: duckdb.DuckDBPyConnection, month: date, orgs: Sequence[str]) -> None:
    """What the vendor's invoices of a month differ in, for each organization that has one."""
    chosen = {"month": month, "orgs": list(orgs)}
    rows = con.execute(
        f"""
        with causes as (
            select
                org, invoice_month, period_start, service_start, charge_key,
                string_agg(distinct cause || coalesce(': ' || nullif(detail, ''), ''), '; ')
                    as causes
            from {_causes_table(con)}
            group by all
        ),
        rows as (
            from marts.reconciliation
            where invoice_month = $month and status <> 'matched' and {_CHOSEN}
        )
        select
            rows.org, rows.currency,
            coalesce(rows.vendor_description, rows.expected_description, rows.charge_key),
            rows.status, rows.expected_lines, rows.expected_amount, rows.vendor_lines,
            rows.vendor_amount, rows.vendor_currency, rows.amount_variance,
            rows.nearest_descriptions, causes.causes
        from rows
        left join causes using (org, invoice_month, period_start, service_start, charge_key)
        order by rows.org, abs(rows.amount_variance) desc nulls last, rows.charge_key
        """,
        chosen,
    ).fetchall()
    decided = con.execute(
        f"""
        with matched as (
            select org, sum(amount_variance) as within_tolerance
            from marts.reconciliation
            where invoice_month = $month and status = 'matched'
            group by org
        )
        select
            org, currency, vendor_invoice_numbers, matched_rows, compared_rows, decision,
            expected_total, vendor_total, difference, disputed_amount,
            coalesce(within_tolerance, 0)
        from marts.decisions
        left join matched using (org)
        where invoice_month = $month and vendor_invoice_numbers is not null and {_CHOSEN}
        order by org
        """,
        chosen,
    ).fetchall()
    for org, currency, numbers, matched, compared, decision, *sums in decided:
        ours, theirs, difference, disputed, tolerated = sums
        _out.print(
            f"\n[bold]{org}[/], the vendor's {escape(numbers)}: "
            f"{matched} of {compared} charges match",
            highlight=False,
            soft_wrap=True,
        )
        differing = [row[1:] for row in rows if row[0] == org]
        if differing:
            _out.print(_differences(currency, differing))
        verdict = _VERDICTS[decision]
        if decision == "dispute":
            verdict += f" {_money(disputed, currency)}"
        if tolerated:
            verdict += f" ({_amount(tolerated, currency, sign='+')} within tolerance)"
        _out.print(
            f"  ours {_money(ours, currency)}, the vendor's {_money(theirs, currency)}, "
            f"difference {_money(difference, currency)}: {verdict}",
            highlight=False,
            soft_wrap=True,
        )
    if decided:
        _out.print()


def _differences(currency: str, rows: Sequence[tuple[Any, ...]]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Charge", ratio=3)
    for title in ("Ours", "Vendor's", currency):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("Why", ratio=4)
    table.add_column("Do", no_wrap=True)
    for row in rows:
        own, name, state, our_lines, ours, their_lines, theirs, other, variance, near, why = row
        why = why or state.replace("_", " ")
        if near:
            why += f" (known and alike: {', '.join(near)})"
        if variance is None:
            action = "ask"
        elif other and other != own:
            action, why = "[yellow]dispute[/]", f"in {other}: {why}"
        else:
            action = "[yellow]dispute[/]" if variance > 0 else "pay"
        table.add_row(
            escape(name),
            _amount(ours, own) if our_lines else "none",
            _amount(theirs, other or own) if their_lines else "none",
            "" if variance is None else f"{_amount(variance, own, sign='+')}",
            escape(why),
            action,
        )
    return table


def _causes_table(con: duckdb.DuckDBPyConnection) -> str:
    """The causes of the variances; nothing in a warehouse published before there were any."""
    known = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'marts' "
        "and table_name = 'reconciliation_causes'"
    ).fetchone()
    empty = "(select *, '' as cause, '' as detail from marts.reconciliation where false)"
    return "marts.reconciliation_causes" if known else empty


def vendor_invoice(target: Path, invoice: PdfInvoice) -> None:
    """What was read from a vendor's PDF."""
    table = Table(title=f"Vendor's invoice {invoice.number}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("Description")
    table.add_column("Service period", no_wrap=True)
    for title in ("Quantity", "Rate", "Amount"):
        table.add_column(title, justify="right", no_wrap=True)
    for line in invoice.lines:
        table.add_row(
            escape(line.description),
            f"{line.service_start} – {line.service_end}",
            _plain(line.quantity),
            "" if line.rate is None else _plain(line.rate),
            f"{line.amount:,f}",
        )
    _out.print(table)
    _out.print(
        f"{len(invoice.lines)} lines of {invoice.invoice_date} add up to the total of "
        f"{invoice.total:,f} {invoice.currency or ''}.\nLanded as {target}: the next "
        "`cxledger run` of its month compares it.",
        highlight=False,
    )


def warnings(con: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """The checks of a run that did not pass, holds first."""
    rows = con.execute(
        "select severity, org, period_start, check_name, detail from ops.check_results "
        "where run_id = ? and not passed order by severity, org, period_start, check_name",
        [run_id],
    ).fetchall()
    if rows:
        _checks(rows)


def status(con: duckdb.DuckDBPyConnection, orgs: Sequence[str]) -> None:
    """Coverage by organization, open holds and warnings, rejected files."""
    chosen = {"orgs": list(orgs)}
    table = Table(
        title="Organizations", title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    # in two lines where they are wider than what is below: on a narrow terminal names stay whole
    for title in (
        "Organization",
        "Last\nbilled",
        "Last\nissued",
        "Files",
        "Rows",
        "Rejected",
        "Usage\nthrough",
    ):
        table.add_column(
            title,
            justify="right" if title in {"Files", "Rows", "Rejected"} else "left",
            overflow="fold",
        )
    for row in con.execute(
        f"""
        with files as (
            select
                org,
                count(*) as files,
                sum(rows_loaded) as rows,
                sum(rows_rejected) as rejected,
                -- (a bill is no usage; a term that it prepays ends years from now)
                max(last_at) filter (
                    last_at < date '9999-01-01' and report not in ('vendor_invoice', 'payments')
                ) as last_at
            from ops.files
            group by org
        ),
        billed as (
            select org, max(invoice_month) as month from ops.billed_months group by org
        ),
        issued as (
            select org, max(invoice_number) as number
            from marts.invoices
            group by org
        ),
        known as (
            select org from files union select org from billed
        )
        select
            org,
            strftime(billed.month, '%Y-%m'),
            issued.number,
            files.files,
            files.rows,
            files.rejected,
            strftime(files.last_at, '%Y-%m-%d')
        from known
        left join files using (org)
        left join billed using (org)
        left join issued using (org)
        where {_CHOSEN}
        order by org
        """,
        chosen,
    ).fetchall():
        table.add_row(*(_plain(value) for value in row))
    _out.print(table)
    rejected = con.execute(
        f"""
        select file_id, path, rows_rejected, status, coalesce(reason, '')
        from ops.files
        where
            (rows_rejected > 0 or status = 'rejected')
            and file_id not in (select file_id from ops.accepted_files)
            and {_CHOSEN}
        order by org, path
        """,
        chosen,
    ).fetchall()
    if rejected:
        table = Table(title="Files with rejected rows", title_justify="left", box=SIMPLE_HEAD)
        for title in ("File", "Path", "Rejected", "Status", "Why"):
            table.add_column(title, overflow="fold")
        for row in rejected:
            table.add_row(*(_plain(value) for value in row))
        _out.print(table)
        _out.print(
            "Replace a file by a good one, or `cxledger accept FILE --reason …`; its rows: "
            "`cxledger sql \"from ops.rejected_rows where file_id = 'FILE'\"`"
        )
    checks = con.execute(
        f"""
        select severity, org, period_start, check_name, detail
        from ops.check_results
        where not passed and {_CHOSEN}
        order by severity, org, period_start, check_name
        """,
        chosen,
    ).fetchall()
    orders = con.execute(
        f"""
        select invoice_id, hold_reasons
        from marts.invoices
        where status = 'held' and invoice_kind = 'order' and {_CHOSEN}
        order by invoice_id
        """,
        chosen,
    ).fetchall()
    for invoice_id, reasons in orders:
        _out.print(f"[yellow]holds[/] [bold]{invoice_id}[/]: {', '.join(reasons)} on its own lines")
    if checks:
        _checks(checks)
    elif not orders:
        _out.print("Nothing is held and nothing warns.")


def replay(outcome: Replay) -> None:
    """Whether an issued invoice can be had again from its inputs; if not, what hinders it."""
    issued = outcome.invoice
    name = f"{issued.invoice_number} ({issued.invoice_id})"
    for sentence in outcome.missing:
        _out.print(f"[yellow]input:[/] {escape(sentence)}", soft_wrap=True)
    for sentence in outcome.differences:
        _out.print(f"[yellow]differs:[/] {escape(sentence)}", soft_wrap=True)
    if outcome.is_identical:
        inputs = issued.inputs
        _out.print(
            f"[green]{name} is identical[/]: {len(issued.lines)} lines recomputed from "
            f"{len(inputs['files'])} files, the contract and {len(inputs['reference'])} "
            "reference files as recorded.",
            soft_wrap=True,
        )
    elif outcome.missing:
        _out.print(f"{name} cannot be recomputed: its inputs are not all there.", soft_wrap=True)
    elif not outcome.is_same_product:
        _out.print(
            f"{name} was computed by another version of rules or catalogue: what differs may be "
            "that version's doing. The issued invoice stands.",
            soft_wrap=True,
        )


def query(con: duckdb.DuckDBPyConnection, text: str, *, as_csv: bool) -> None:
    """The answer to one statement, as a table of at most 200 rows or as complete CSV."""
    relation = con.sql(text)
    if relation is None:
        return
    if as_csv:
        import polars as pl
        from polars import selectors

        # CSV has no lists: hold_reasons and the like are their items, with a comma between
        texts = selectors.list().cast(pl.List(pl.String)).list.join(", ")
        sys.stdout.write(relation.pl().with_columns(texts).write_csv())
        return
    table = Table(box=SIMPLE_HEAD)
    for name in relation.columns:
        table.add_column(escape(name))
    rows = relation.limit(_MOST_ROWS + 1).fetchall()
    for row in rows[:_MOST_ROWS]:
        table.add_row(*(escape(_plain(value)) for value in row))
    _out.print(table)
    if len(rows) > _MOST_ROWS:
        _out.print(f"The first {_MOST_ROWS} rows; `--csv` prints all.")


def rules(register: Register) -> None:
    """Every rule: id, title, home, and its mutation score where one was measured."""
    table = Table(title="Rulebook", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("Rule", style="bold", no_wrap=True)
    table.add_column("Title", overflow="fold")
    table.add_column("Home", style="dim", overflow="fold")
    if register.scores:
        table.add_column("Killed", justify="right")
    for family in register.families:
        for rule in register.rules.values():
            if rule.family == family:
                home = register.home(rule).rpartition("/")[2]
                score = register.scores.get(rule.id)
                table.add_row(
                    rule.id,
                    rule.title,
                    home if rule.in_force else "not in force yet",
                    *([f"{float(score.share):.0%}" if score else "–"] if register.scores else []),
                )
        table.add_section()
    _out.print(table)
    _out.print("One rule, its source and its tests: `cxledger rules VOX-7`")


def rule(register: Register, rule: Rule) -> None:
    """One rule as somebody who has to rely on it wants to read it."""
    titles = {key: register.sources[key] for key in rule.sources}
    tests = [f"dbt  {name}" for name in register.unit_tests(rule)]
    tests += [f"     {name}" for name in register.python_tests(rule)]
    _out.print(f"[bold]{rule.id}[/] · {escape(rule.title)}")
    if not rule.in_force:
        _out.print("[yellow]not in force yet[/]")
    _out.print(Padding(escape(rule.text), (1, 0)))
    for key, title in titles.items():
        _out.print(f"[bold]source[/]  {key}: {title}")
    if rule.note:
        _out.print(f"        {escape(rule.note)}")
    _out.print(
        f"[bold]home[/]    {register.home(rule) or 'not in this installation'}", soft_wrap=True
    )
    _out.print(f"[bold]score[/]   {register.scores.get(rule.id, 'mutation score not measured')}")
    _out.print(f"[bold]tests[/]   {len(tests) or 'none found in this installation'}")
    for test in tests:
        _out.print(f"  {escape(test)}", soft_wrap=True, highlight=False)


def explanation(found: Explanation, register: Register) -> None:
    """One invoice line: quantity times rate, its rule, and the evidence that adds up to it."""
    line = found.line
    _out.print(f"[bold]{escape(line['line_id'])}[/]", soft_wrap=True, highlight=False)
    _out.print(
        f"{escape(line['description'])}, served {line['service_start']} to {line['service_end']}"
    )
    state = line["status"] + (f" ({', '.join(line['hold_reasons'])})" * bool(line["hold_reasons"]))
    if line["estimate_through"]:
        state += f", an estimate through {line['estimate_through']}"
    _out.print(f"invoice {line['invoice_id']}: {state}\n", highlight=False)
    quantity = f"{_figure(line['quantity'])} ({line['unit']})"
    rate = "no rate of its own" if line["rate"] is None else f"× {_figure(line['rate'])}"
    _out.print(f"[bold]{quantity}, {rate}: {_money(line['amount'], line['currency'])}[/]")
    of_line = register.rules.get(line["rule_id"])
    if of_line:
        sources = "; ".join(register.sources[key] for key in of_line.sources)
        _out.print(f"\n[bold]{of_line.id}[/] · {escape(of_line.title)}")
        _out.print(Padding(escape(of_line.text), (0, 0, 0, 2)))
        _out.print(Padding(f"[dim]source: {escape(sources)}[/]", (0, 0, 0, 2)))
    _out.print(_evidence(found))
    if found.adds_up:
        what = "quantity and amount" if found.amount is not None else "quantity"
        _out.print(f"[green]✓[/] adds up to the line's {what}, exactly")
    else:
        _out.print("[red]✗ does not add up to the line: run the month again, or report it[/]")
    if any(kind.pieces > len(kind.shown) for kind in found.kinds):
        _out.print(
            f'all of it: --all, --csv, or cxledger sql "{found.evidence_sql}"', soft_wrap=True
        )
    if found.calls_sql:
        _out.print(f'the calls: cxledger sql "{found.calls_sql}"', soft_wrap=True)


def _evidence(found: Explanation) -> Table:
    has_amount = found.amount is not None
    table = Table(box=SIMPLE_HEAD)
    table.add_column("Evidence", overflow="fold")
    table.add_column("Where", overflow="fold")
    table.add_column("What", overflow="fold")
    table.add_column(str(found.line["unit"]), justify="right", no_wrap=True)
    if has_amount:
        table.add_column(str(found.line["currency"]), justify="right", no_wrap=True)
    for kind in found.kinds:
        # what all of a kind have in common is said once, at their sum
        shared = {piece.detail for piece in kind.shown} if kind.pieces > 1 else set()
        for piece in kind.shown:
            day = f"{piece.usage_date} " if piece.usage_date else ""
            place = (piece.path or "").removeprefix(f"landing/{found.line['org']}/")
            table.add_row(
                f"{day}{escape(piece.subject)}",
                escape(place) + (f":{piece.line_number}" if piece.line_number else ""),
                "" if len(shared) == 1 else escape(piece.detail),
                _figure(piece.quantity),
                *([_figure(piece.amount)] if has_amount else []),
            )
        if kind.pieces > 1:
            more = kind.pieces - len(kind.shown)
            table.add_row(
                f"[bold]{kind.pieces} × {kind.evidence}[/]",
                f"[dim]{more} more[/]" if more else "",
                escape(shared.pop()) if len(shared) == 1 else "",
                f"[bold]{_figure(kind.quantity)}[/]",
                *([f"[bold]{_figure(kind.amount)}[/]"] if has_amount else []),
            )
        table.add_section()
    table.add_row(
        "[bold]all[/]",
        "",
        "",
        f"[bold]{_figure(found.quantity)}[/]",
        *([f"[bold]{_figure(found.amount)}[/]"] if has_amount else []),
    )
    return table


def contract_errors(errors: Mapping[str, str]) -> None:
    """Each contract that did not load; its organization was left out of the run."""
    for message in errors.values():
        _err.print(f"[red]contract error:[/] {escape(message)}")


def demo_next_steps(settings: Settings, summary: DemoSummary) -> None:
    """Where to look after the demo, and the one thing that it leaves to be done."""
    data = settings.data
    for hold in summary.holds:
        _out.print(f"[bold]{hold.org}[/] is held on purpose, for {hold.path}: {hold.what_to_do}\n")
    _out.print(
        f"[bold]Look next[/]\n"
        f"  {data}/decisions/index.html  what to pay, what to dispute, and why\n"
        f"  {data}/invoices/  the invoices as PDF, JSON and CSV\n"
        f"  {data}/quality/index.html  the proof: every invariant, expected and actual\n"
        f"  cxledger status --data {data}\n"
        f'  cxledger sql "from marts.telco_charges" --data {data}\n'
        f"  cxledger ui --data {data}",
        soft_wrap=True,
    )


def _checks(rows: Sequence[tuple[str, str, date | None, str, str]]) -> None:
    """A block a check: what it says is a sentence, and a sentence needs the whole width."""
    _out.print("[bold]Checks[/]")
    for severity, org, start, name, detail in rows:
        mark = "[yellow]holds[/]" if severity == "error" else "[cyan]warns[/]"
        period = f", period from {start}" if start else ""
        _out.print(f" {mark} [bold]{org}[/]{period}: {name}")
        _out.print(Padding(escape(detail or ""), (0, 0, 0, 7)))
    _out.print()


def _money(amount: Decimal | None, currency: str) -> str:
    return "not priced" if amount is None else f"{_amount(amount, currency)} {currency}"


def _amount(amount: Decimal | None, currency: str, sign: str = "-") -> str:
    if amount is None:
        return "not priced"
    places = 0 if currency == "JPY" else 2
    return f"{amount:{sign},.{places}f}"


def _figure(value: Decimal | None) -> str:
    """A decimal with thousands separators and without the zeros that its type pads it with."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: object) -> str:
    return "" if value is None else str(value)
