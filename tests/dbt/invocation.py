"""`dbt test` in this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dagster_project.dbt_command import invoke

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
    outcome = invoke(
        ["test", f"--log-path={target / 'logs'}", *selection],
        work_file,
        target=target,
        manifest=manifest,
        environment={"CXLEDGER_SPILL": str(target / "spill")},
    )
    said = [f"{run.status} {run.node.unique_id} {run.message}" for run in outcome.result or []]
    return outcome.success, said, outcome.exception
