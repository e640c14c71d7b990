"""Bills a data directory on one in-memory connection: the product's readers, contracts and SQL.

Left out is what a run does around them: Dagster, dbt, the proof, publishing and documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from dagster_project import landing, warehouse
from dagster_project.catalogue import Catalogue, write_reference
from dagster_project.contracts import load_contracts, write_contracts
from dagster_project.genesys.registry import REPORTS
from dagster_project.settings import Settings
from tests.in_memory.project import project

DDL = Path(warehouse.__file__).with_name("warehouse_schema.sql")
# what is compared with a vendor's invoice has tests of its own, and costs as much as all else
_VENDORS = ("reconciliation", "vendor_", "int_vendor__", "int_causes__")
MARTS = tuple(
    sorted(
        name
        for name, model in project().models.items()
        if model.relation.startswith("marts.")
        and not any(parent.name.startswith(_VENDORS) for parent in project().ancestors([name]))
    )
)


def load(data: Path) -> duckdb.DuckDBPyConnection:
    """A connection that holds catalogue, contracts and landed rows of a data directory.

    Raises:
        AssertionError: a contract does not load; a law about it would hold for nothing.
    """
    settings = Settings.load(data)
    settings.spill.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(config={"threads": 2})
    con.execute("set TimeZone = 'UTC'")
    con.execute(DDL.read_text())
    project().seed(con)
    catalogue = Catalogue.load(settings)
    contracts = load_contracts(settings, catalogue)
    assert not contracts.errors, contracts.errors
    write_reference(con, catalogue)
    write_contracts(con, contracts)
    by_report = defaultdict(list)
    for landed in landing.discover(settings):
        by_report[landed.report].append(landed)
    for report in REPORTS:
        landing.load_report(settings, con, report, by_report[report], catalogue.column_aliases())
    landing.refresh_received_ranks(con)
    landing.refresh_calls_view(con)
    return con


def bill(
    con: duckdb.DuckDBPyConnection,
    months: Sequence[date],
    as_of: date = date(2026, 11, 22),
    marts: Sequence[str] = MARTS,
) -> None:
    """Computes the marts of the months for all organizations of the connection."""
    request(con, months, as_of)
    project().build(con, marts)


def request(con: duckdb.DuckDBPyConnection, months: Sequence[date], as_of: date) -> None:
    """Asks for the months of all organizations, on a day, without issuing anything."""
    con.execute("delete from ops.run")
    con.execute("delete from ops.run_requests")
    con.execute(
        "insert into ops.run by name select 'law' as run_id, ? as as_of, "
        "timestamp '2026-11-22 12:00:00' as started_at, false as is_issuing",
        [as_of],
    )
    con.execute(
        "insert into ops.run_requests "
        "select org, month from contracts.organizations, unnest(?::date[]) as months (month)",
        [list(months)],
    )
