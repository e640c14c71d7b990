"""Runs the invoice job inside this process, for the command line.

Whoever prefers Dagster materializes the same assets from its UI, or lets the schedule do it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from dagster_project.errors import CxLedgerError, WarehouseError
from dagster_project.replacing import replaced

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from dagster_project.progress import Progress
    from dagster_project.settings import Settings

_DAGSTER_YAML = """\
# Dagster's instance for this data directory. One writer at a time; nothing phones home.
telemetry:
  enabled: false
nux:
  enabled: false
# (a pool limit would keep the slot of a run that was killed, and the next one would wait for ever)
concurrency:
  runs:
    max_concurrent_runs: 1
"""


@dataclass(frozen=True)
class RunOutcome:
    """What a run came to.

    Attributes:
        run_id: Dagster's id; in ops.run and beside every check result.
        contract_errors: message by organization; those organizations were left out.
        held: invoices of this run that are held.
    """

    run_id: str
    contract_errors: dict[str, str] = field(default_factory=dict)
    held: int = 0


def prepare_instance(settings: Settings) -> None:
    """Makes Dagster's home in the data directory and points the environment at it."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    configuration = settings.dagster_home / "dagster.yaml"
    if not configuration.exists():
        configuration.write_text(_DAGSTER_YAML)
    settings.export()


def run_months(
    settings: Settings,
    months: Sequence[date],
    orgs: Sequence[str],
    as_of: date | None,
    progress: Progress,
    *,
    issue: bool = False,
) -> RunOutcome:
    """Bills the periods that end in `months`: loads, computes, proves, publishes, prints.

    Args:
        settings: the data directory.
        months: first days of invoice months, consecutive.
        orgs: organizations, all if empty.
        as_of: today (PER-6); the current UTC date if None.
        progress: told about stages and steps.
        issue: whether to issue the closed, unheld drafts of these months and organizations.

    Raises:
        CxLedgerError: what stopped the run; the published warehouse is as before.
    """
    prepare_instance(settings)
    from dagster_project.hashed_ahead import HashedAhead
    from dagster_project.warehouse import published
    from expectations.ahead import ProverAhead

    request = {
        "orgs": list(orgs),
        "as_of": as_of.isoformat() if as_of else "",
        "issue": issue,
    }
    with ProverAhead() as prover, HashedAhead(settings) as hasher:
        resources = {"progress": progress, "hasher": hasher, "prover": prover}
        run_id = _run_job(settings, months, request, resources)
    with published(settings) as con:
        held = con.execute(
            """
            select count(*)
            from marts.invoices inner join ops.billed_months as billed using (org, invoice_month)
            where invoices.status = 'held' and billed.run_id = ?
            """,
            [run_id],
        ).fetchone()
        errors = dict(con.execute("select org, message from ops.contract_errors").fetchall())
    return RunOutcome(
        run_id=run_id,
        contract_errors={org: text for org, text in errors.items() if not orgs or org in orgs},
        held=int(held[0]) if held else 0,
    )


def _run_job(
    settings: Settings,
    months: Sequence[date],
    request: Mapping[str, Any],
    resources: Mapping[str, Any],
) -> str:
    """Runs the job in this process on one open working file; returns Dagster's id of the run."""
    from dagster_project.spared_imports import spared_imports

    with spared_imports():
        from dagster import DagsterInstance, Definitions
        from dagster._core.errors import (
            DagsterExecutionInterruptedError,
            DagsterExecutionStepExecutionError,
        )
        from dagster.components.core import load_defs

        from dagster_project.blank import begin_with_blank
        from dagster_project.definitions import defs
        from dagster_project.defs.resources import DataDirectory
        from dagster_project.defs.schedule.invoice_run import JOB_NAME
        from dagster_project.warehouse import work

        # the schemas of Dagster's own components, for an editor of them: half a second
        with replaced(load_defs, "get_library_json_enriched_defs", lambda _: Definitions()):
            job = defs().resolve_job_def(JOB_NAME)

    tags = (
        {}
        if len(months) == 1
        else {
            "dagster/asset_partition_range_start": months[0].isoformat(),
            "dagster/asset_partition_range_end": months[-1].isoformat(),
        }
    )
    begin_with_blank(settings, resources["progress"])
    # open from here on: no step has to open it, nobody comes between two of them
    with (
        work(settings),
        _history_written_quickly(),
        _terminal_left_alone(),
        DagsterInstance.get() as instance,
    ):
        try:
            result = job.execute_in_process(
                instance=instance,
                partition_key=months[0].isoformat() if len(months) == 1 else None,
                tags=tags,
                run_config={
                    "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                    "ops": {"ops__run": {"config": request}},
                },
                resources={"data_directory": DataDirectory(path=str(settings.data)), **resources},
            )
        except DagsterExecutionStepExecutionError as error:
            raise _readable(error.__cause__ or error) from error
        except DagsterExecutionInterruptedError as error:
            raise WarehouseError(
                "the run was interrupted: nothing is half published, and the same command goes on "
                "from the files that are loaded"
            ) from error
    return result.run_id


@contextmanager
def _history_written_quickly() -> Iterator[None]:
    """Spares Dagster's run history the disk syncs, and a new connection for every event.

    Five seconds of a small run. What a power cut could lose is a list of past events; invoices and
    books are not in there.
    """
    from dagster._core.storage.event_log.sqlite import sqlite_event_log
    from dagster._core.storage.runs.sqlite import sqlite_run_storage
    from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import QueuePool

    engines: dict[str, Engine] = {}

    def kept_engine(url: str, **options: Any) -> Engine:
        if url not in engines:
            engine = create_engine(url, **{**options, "poolclass": QueuePool})
            event.listen(engine, "connect", _without_sync)
            # asked for after every event
            vars(engine)["dispose"] = lambda: None
            engines[url] = engine
        return engines[url]

    with ExitStack() as patches:
        for storage in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
            patches.enter_context(replaced(storage, "create_engine", kept_engine))
        try:
            yield
        finally:
            for engine in engines.values():
                engine.pool.dispose()


@contextmanager
def _terminal_left_alone() -> Iterator[None]:
    """Keeps Dagster from copying what is printed into files, and from there to the terminal.

    It has four processes for that, and an interrupt from the keyboard ends them with tracebacks.
    """
    from dagster._core.storage import local_compute_log_manager

    with replaced(local_compute_log_manager, "mirror_stream_to_file", lambda *_: nullcontext()):
        yield


def _without_sync(connection: Any, _: Any) -> None:
    connection.execute("pragma synchronous = off")


def _readable(error: BaseException) -> CxLedgerError:
    return error if isinstance(error, CxLedgerError) else WarehouseError(f"the run failed: {error}")
