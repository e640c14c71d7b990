"""`cxledger`: a thin face over the Dagster job.

Imports that take long stand in the commands that need them: `--help` and `status` answer at once.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from dagster_project.errors import CxLedgerError, UsageError
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from dagster_project.runner import RunOutcome

EXIT_FAILED, EXIT_USAGE, EXIT_HELD = 1, 2, 3

app = typer.Typer(
    name="cxledger",
    help="The billing warehouse for Genesys Cloud: what the invoice should be, and the proof.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

vendor_invoice = typer.Typer(
    name="vendor-invoice",
    help="Bring the vendor's invoice into the landing: from a PDF, or as a CSV to fill in.",
    no_args_is_help=True,
)
app.add_typer(vendor_invoice)

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Data directory; default $CXLEDGER_DATA, else ./data."),
]
OrgOption = Annotated[
    list[str] | None, typer.Option("--org", help="Only this organization; may be repeated.")
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="Today, YYYY-MM-DD; default the current UTC date.")
]


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Reads `--debug`, which `main` looks at when something fails."""
    del debug


@app.command()
def run(  # noqa: PLR0917 (options, by name)
    month: Annotated[str, typer.Option("--month", help="Invoice month, YYYY-MM.")],
    org: OrgOption = None,
    issue: Annotated[
        bool,
        typer.Option("--issue", help="Issue the closed, unheld drafts: they never change again."),
    ] = False,
    as_of: AsOfOption = None,
    again: Annotated[
        bool, typer.Option("--again", help="Compute it again, even if nothing has changed.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Bill the periods that end in a month: load new files, compute, prove, draft or issue."""
    from dagster_project import console, unchanged
    from dagster_project.warehouse import published

    settings = Settings.load(data)
    first_day = _month(month)
    today = _date(as_of) or datetime.now(UTC).date()
    request = unchanged.Request(
        first_day.isoformat(), tuple(sorted(set(org or []))), today.isoformat()
    )
    outcome = None if issue or again else unchanged.last_outcome(settings, request)
    if outcome is None:
        before = unchanged.inputs(settings)
        outcome = _run(settings, [first_day], org or [], today, issue=issue)
        unchanged.remember(settings, request, "" if issue else before, outcome)
    else:
        typer.echo("Nothing has changed since the last run; this is what it came to.", err=True)
    with published(settings) as con:
        console.invoices(con, first_day, org or [])
        console.reconciliation(con, first_day, org or [])
        console.warnings(con, outcome.run_id)
    console.contract_errors(outcome.contract_errors)
    raise typer.Exit(_exit_code(outcome))


@app.command()
def status(org: OrgOption = None, data: DataOption = None) -> None:
    """Show what is loaded, through which day, what is held and why, and what needs a look."""
    from dagster_project import console
    from dagster_project.warehouse import published

    with published(Settings.load(data)) as con:
        console.status(con, org or [])


@app.command()
def replay(
    invoice: Annotated[str, typer.Argument(help="Number or id of an issued invoice.")],
    data: DataOption = None,
) -> None:
    """Recompute an issued invoice from its recorded inputs and prove that it is the same."""
    from dagster_project import console
    from dagster_project.issuing.replay import replay as replay_issued

    with console.live() as progress:
        outcome = replay_issued(Settings.load(data), invoice, progress)
    console.replay(outcome)
    raise typer.Exit(0 if outcome.is_identical else EXIT_FAILED)


@app.command()
def accept(
    file_id: Annotated[str, typer.Argument(help="As `cxledger status` shows it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why its rejected rows may be left out.")],
    data: DataOption = None,
) -> None:
    """Lift the hold that a file's rejected rows cause; who, when and why are recorded."""
    import getpass

    from dagster_project.landing import accept_file
    from dagster_project.warehouse import work

    settings = Settings.load(data)
    with work(settings) as con:
        accept_file(settings, con, file_id, reason, getpass.getuser())
    typer.echo(f"{file_id} is accepted. The next run of its month lifts the hold.")


@app.command()
def prune(
    before: Annotated[
        str, typer.Option("--before", help="The first invoice month that stays, YYYY-MM.")
    ],
    org: OrgOption = None,
    data: DataOption = None,
) -> None:
    """Drop the landed rows of settled months; invoices, books and control totals stay."""
    import getpass

    from dagster_project.pruning import prune as prune_months

    pruned = prune_months(
        Settings.load(data), _month(before, "--before"), org or [], getpass.getuser()
    )
    for entry in pruned:
        typer.echo(
            f"{entry.org}: {entry.rows:,} rows of {len(entry.file_ids)} files went, of "
            f"{entry.months[0][:7]} to {entry.months[-1][:7]}"
        )
    if not pruned:
        typer.echo(f"There are no rows of months before {before} to drop.")


@app.command()
def explain(
    line: Annotated[str, typer.Argument(help="Line id, or invoice id followed by CODE.")],
    code: Annotated[
        str | None, typer.Argument(help="Charge code of the line on that invoice.")
    ] = None,
    data: DataOption = None,
    all_rows: Annotated[bool, typer.Option("--all", help="Every piece of evidence.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="The evidence as CSV, complete.")] = False,
) -> None:
    """Show what stands behind one invoice line, down to file and line number, adding up to it."""
    from dagster_project import console
    from dagster_project.explanation import explain_line, find_line
    from dagster_project.rulebook import load_register
    from dagster_project.warehouse import published

    with published(Settings.load(data)) as con:
        line_id = find_line(con, line, code)
        found = explain_line(con, line_id, console.EVERY_ROW if all_rows else console.FEW_ROWS)
        if csv:
            console.query(con, found.evidence_sql, as_csv=True)
        else:
            console.explanation(found, load_register())
    if not found.adds_up:
        raise typer.Exit(EXIT_FAILED)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One SQL statement; the schema to ask is marts.")],
    data: DataOption = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
) -> None:
    """Query the published warehouse, read-only; never blocks a run."""
    import duckdb

    from dagster_project import console
    from dagster_project.warehouse import published

    with published(Settings.load(data)) as con:
        try:
            console.query(con, query, as_csv=csv)
        except duckdb.Error as error:
            raise UsageError(f"{error}") from error


@app.command()
def rules(
    rule_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Such as VOX-7, or a check's name.")
    ] = None,
) -> None:
    """List the rulebook; of one rule show text, source, home, tests and mutation score."""
    from dagster_project import console
    from dagster_project.rulebook import load_register

    register = load_register()
    if rule_id is None:
        console.rules(register)
    else:
        console.rule(register, register.find(rule_id))


@app.command()
def ui(data: DataOption = None, port: Annotated[int, typer.Option(help="Port.")] = 3000) -> None:
    """Open Dagster's web UI, with its daemon, on this data directory."""
    import subprocess

    from dagster_project.runner import prepare_instance

    settings = Settings.load(data)
    prepare_instance(settings)
    command = [sys.executable, "-m", "dagster", "dev", "-m", "dagster_project.definitions"]
    raise typer.Exit(subprocess.call([*command, "--port", str(port)]))


@vendor_invoice.command("template")
def vendor_invoice_template(
    month: Annotated[str, typer.Option("--month", help="Invoice month, YYYY-MM.")],
    org: Annotated[str, typer.Option("--org", help="Organization.")],
    output: Annotated[
        Path | None, typer.Option("--output", help="A new file; default: print.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Write a CSV to fill in: our lines' descriptions and service periods, no figures."""
    from dagster_project.vendor import template_csv, write_template
    from dagster_project.warehouse import published

    with published(Settings.load(data)) as con:
        text = template_csv(con, _month(month), org)
    if output is None:
        typer.echo(text, nl=False)
        return
    write_template(text, output)
    typer.echo(
        f"wrote {output}\nfill in invoice number, date, quantities and amounts as the vendor "
        f"prints them, then put it into landing/{org}/vendor_invoice/"
    )


@vendor_invoice.command("import")
def vendor_invoice_import(
    file: Annotated[Path, typer.Argument(help="The vendor's invoice: a PDF with text in it.")],
    org: Annotated[str, typer.Option("--org", help="Organization.")],
    data: DataOption = None,
) -> None:
    """Read a PDF and land it as CSV, if its lines add up to its total."""
    from dagster_project import console
    from dagster_project.vendor import import_pdf

    target, invoice = import_pdf(Settings.load(data), file, org)
    console.vendor_invoice(target, invoice)


@app.command("new-org")
def new_org(
    org: Annotated[str, typer.Argument(help="Slug: a-z, 0-9, - and _.")],
    data: DataOption = None,
) -> None:
    """Write a commented contract file for a new organization, and make its landing folders."""
    from dagster_project.contracts import new_org_contract
    from dagster_project.genesys.registry import REPORTS

    settings = Settings.load(data)
    path = settings.contracts / f"{org}.yml"
    if path.exists():
        raise UsageError(f"{path} exists already: change it there (prices: as an amendment)")
    text = new_org_contract(org)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    for report in REPORTS:
        (settings.landing / org / report).mkdir(parents=True, exist_ok=True)
    typer.echo(f"wrote {path}\nput its reports under {settings.landing / org}/<report>/")


@app.command()
def demo(
    calls: Annotated[int, typer.Option("--calls", help="How many calls to make.")] = 20_000,
    data: Annotated[Path, typer.Option("--data", help="Where; must be empty or a demo.")] = Path(
        "data/demo"
    ),
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other figures.")] = 7,
) -> None:
    """Make a realistic data directory, bill its last month, and show what came out."""
    from dagster_project import console
    from dagster_project.demo import make_demo
    from dagster_project.warehouse import published

    settings = Settings.load(data)
    with console.live() as progress:
        progress.stage("Making demo data")
        summary = make_demo(settings.data, calls=calls, seed=seed, on_progress=progress.step)
    outcome = _run(settings, [summary.months[-1]], [], summary.as_of)
    with published(settings) as con:
        console.invoices(con, summary.months[-1], [])
        console.warnings(con, outcome.run_id)
        console.reconciliation(con, summary.months[-1], [])
    console.demo_next_steps(settings, summary)


def main() -> None:
    """Entry point: readable errors, and the exit status of outputs.md."""
    # a run's imports are not looked at at all (spared_imports), and little of what it makes after
    # them is garbage: forty looks are enough, eight hundred take a third of a second more
    gc.set_threshold(50_000, 20, 100)
    try:
        app(standalone_mode=True)
    except CxLedgerError as error:
        if "--debug" in sys.argv:
            raise
        typer.secho(f"error: {error}", err=True, fg=typer.colors.RED)
        sys.exit(error.exit_code)


def command() -> NoReturn:
    """The executable: `main`, whose end is the end of the process."""
    status = 0
    try:
        main()
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            raise
        status = end.code or 0
    leave(status)


def leave(status: int) -> NoReturn:
    """Ends the process, once what was registered for its end is done.

    What else an interpreter does then (it looks for garbage in all that was imported, once more)
    takes a second and more of a run.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run(
    settings: Settings,
    months: list[date],
    orgs: list[str],
    as_of: date | None,
    *,
    issue: bool = False,
) -> RunOutcome:
    from dagster_project import console
    from dagster_project.runner import run_months

    with console.live() as progress:
        progress.stage("Starting")
        return run_months(settings, months, orgs, as_of, progress, issue=issue)


def _exit_code(outcome: RunOutcome) -> int:
    if outcome.contract_errors:
        return EXIT_USAGE
    return EXIT_HELD if outcome.held else 0


def _month(text: str, option: str = "--month") -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise UsageError(f"{option} {text}: write it as YYYY-MM, e.g. 2026-10") from error


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"--as-of {text}: write it as YYYY-MM-DD, e.g. 2026-11-22") from error


if __name__ == "__main__":
    command()
