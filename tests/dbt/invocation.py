"""`dbt test` in this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dagster_project.dbt_command import without_debug_events
from dagster_project.settings import DBT_DIR

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def dbt_test(
    *selection: str, work_file: Path, target: Path, manifest: Manifest | None = None
) -> tuple[bool, list[str], BaseException | None]:
    """Runs `dbt test` in this process.

    Args:
        selection: of tests.
        work_file: the warehouse.
        target: where dbt writes what it ran.
        manifest: of the project; dbt parses it if it is not given.

    Returns:
        whether all passed; each result in words; what stopped dbt, if anything did.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    folders = {
        "--profiles-dir": DBT_DIR,
        "--project-dir": DBT_DIR,
        "--target-path": target,
        "--log-path": target / "logs",
    }
    arguments = [
        *("test", "--log-level", "none", "--log-level-file", "none"),
        *(str(word) for option in folders.items() for word in option),
        *selection,
    ]
    ctx_set_event_manager(without_debug_events())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CXLEDGER_WORK_FILE", str(work_file))
        patch.setenv("CXLEDGER_SPILL", str(target / "spill"))
        patch.setenv("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
        try:
            outcome = dbtRunner(manifest=manifest).invoke(arguments)
        finally:
            DuckDBConnectionManager.close_all_connections()
    said = [f"{run.status} {run.node.unique_id} {run.message}" for run in outcome.result or []]
    return outcome.success, said, outcome.exception
