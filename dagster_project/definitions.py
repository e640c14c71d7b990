"""What Dagster loads: every decorated thing under defs/, found by its folder."""

from __future__ import annotations

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """All assets, checks, jobs, schedules and resources of CX Ledger."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
