"""Settings: the only module that reads the environment.

Every path hangs off one data directory (inputs.md). Nothing here touches the disk.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PACKAGE_DIR = Path(__file__).resolve().parent
PROJECT_DIR = PACKAGE_DIR.parent
DBT_DIR = PROJECT_DIR / "dbt"
SEEDS_DIR = DBT_DIR / "seeds"
TARGET_DIR = DBT_DIR / "target"

_GIGABYTE = 1 << 30


@dataclass(frozen=True)
class Settings:
    """Where things are and how much memory they may take, for one data directory.

    Attributes:
        data: the data directory, absolute.
        memory_limit: DuckDB's limit, in bytes.
        threads: DuckDB's and Polars' threads.
        spill: where DuckDB puts what exceeds its memory limit; can be emptied between runs.
    """

    data: Path
    memory_limit: int
    threads: int
    spill: Path

    @classmethod
    def load(cls, data: Path | None = None) -> Settings:
        """Settings for `data`, else `$CXLEDGER_DATA`, else `./data`.

        `$CXLEDGER_MEMORY_LIMIT_GB` overrides the smaller of a quarter of the machine and 2 GB,
        `$CXLEDGER_SPILL_DIR` the spill directory in the warehouse. Files are read in batches of 16
        MB of text, whatever their size, so the limit is DuckDB's alone.
        """
        chosen = (data or Path(os.environ.get("CXLEDGER_DATA") or "data")).expanduser().resolve()
        limit = os.environ.get("CXLEDGER_MEMORY_LIMIT_GB")
        spill = os.environ.get("CXLEDGER_SPILL_DIR")
        return cls(
            data=chosen,
            spill=Path(spill).expanduser().resolve() if spill else chosen / "warehouse" / "spill",
            memory_limit=int(float(limit) * _GIGABYTE) if limit else _default_memory_limit(),
            threads=os.cpu_count() or 1,
        )

    @property
    def landing(self) -> Path:
        """Downloaded reports: landing/<org>/<report>/<file>. Never written to."""
        return self.data / "landing"

    @property
    def contracts(self) -> Path:
        """One contract file per organization: contracts/<org>.yml."""
        return self.data / "contracts"

    @property
    def reference(self) -> Path:
        """The user's own catalogue rows: reference/<catalogue table>.csv."""
        return self.data / "reference"

    @property
    def warehouse(self) -> Path:
        """Everything that can be deleted and rebuilt."""
        return self.data / "warehouse"

    @property
    def published_file(self) -> Path:
        """The file analysts query; replaced atomically, never written in place."""
        return self.warehouse / "cxledger.duckdb"

    @property
    def work_file(self) -> Path:
        """The working file of the one writer. Same stem as the published one: views name it."""
        return self.warehouse / "work" / "cxledger.duckdb"

    @property
    def calls(self) -> Path:
        """Immutable Parquet, one file per landed voice file: calls/<org>/<file_id>.parquet."""
        return self.warehouse / "calls"

    @property
    def books(self) -> Path:
        """What cannot be recomputed, append-only: received order, acceptances, issued invoices."""
        return self.data / "books"

    @property
    def quality(self) -> Path:
        """Great Expectations' Data Docs."""
        return self.data / "quality"

    @property
    def invoices(self) -> Path:
        """Documents: invoices/<org>/<invoice id>/."""
        return self.data / "invoices"

    @property
    def decisions(self) -> Path:
        """What to pay and what to dispute: decisions/index.html, decisions/<org>/<YYYY-MM>.html."""
        return self.data / "decisions"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance: runs, events, schedules."""
        return self.data / "dagster"

    def export(self) -> None:
        """Makes this data directory the environment's, for Dagster and the processes it starts.

        Nothing phones home: Dagster, dbt and Great Expectations are told so here, in their own
        files (dagster.yaml, dbt_project.yml) and in the Makefile.
        """
        os.environ.update(
            {
                "CXLEDGER_DATA": str(self.data),
                "DAGSTER_HOME": str(self.dagster_home),
                "DAGSTER_DISABLE_TELEMETRY": "1",
                "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
                "DO_NOT_TRACK": "1",
                "GX_ANALYTICS_ENABLED": "false",
            }
        )


def _default_memory_limit() -> int:
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    # a run of ten million calls is no faster with more, and its process stays below three
    return min(machine // 4, 2 * _GIGABYTE)
