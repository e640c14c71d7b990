"""contracts.* holds every version complete, in the types of warehouse_schema.sql."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project import settings
from dagster_project.catalogue import Catalogue
from dagster_project.contracts import (
    ContractsLoad,
    contract_rows,
    load_contracts,
    write_contracts,
)
from dagster_project.contracts.rows import TABLES
from dagster_project.settings import Settings
from tests.contracts.conftest import PLAIN, Load

FULL = """\
country: de
customer: group
trial: yes
trial_ends_on: 2027-01-01
payment_url: "https://pay.example/{invoice_id}"
statement_recipients: [a@acme.example, b@acme.example]
bill_to: {name: Acme Insurance, address: [1 Main St, Berlin], email: ap@acme.example}
licences:
  - {add_on: WEM I, charge_name: Genesys Cloud CX 2 WEM Add-On I, ramp_rate: 25}
  - {licence: cx2, committed: 20, prepay_rate: 95, on_demand_rate: 115, billed_in_ramp: true}
resources:
  - {resource: storage_gb, overage_rate: 0.25, unit: GB, combine: max, allocation: {cx2: 25, ex: 1}}
voice:
  cutoff_utc: "07:00"
  rating: rate_sheet
  rate_sheet: us-2026
  rounding: nearest
  increment_seconds: 1
  telco_commit_discount: 0.10
  short_call: {rate: 0.0120, billed_in_ramp: false}
  numbers: {billing: advance, toll_free: {recurring_rate: 2, billed_in_ramp: false}}
devices: [{device_type: Polycom VVX 350, rate: 5.00}]
appfoundry:
  - {app: Vendor X, part: Minutes/Month, type: metered_sum, committed: 1, prepay_rate: 2}
one_time: [{name: Enablement package, amount: -5000.5, date: 2026-01-15}]
recurring: [{name: Premium care, rate: -250, to: 2026-12-31, in_advance: on}]
fees: [{name: 911 fee, basis: numbers, rate: 0.75}]
taxes: [{name: VAT, rate: 0.19, sections: [core, taxes]}, {name: City tax, rate: 0.01}]
amendments: [{effective_from: 2026-07-01, taxes: [], name: Acme again}]
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        schema = Path(settings.__file__).parent / "warehouse_schema.sql"
        connection.execute(schema.read_text())
        yield connection


def _names(sql: str, con: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in con.execute(sql).fetchall()]


def test_the_tables_are_those_of_the_warehouse_column_by_column(
    con: duckdb.DuckDBPyConnection, load: Load
) -> None:
    declared = {
        table: con.execute(
            "select column_name, data_type from duckdb_columns() "
            "where schema_name = 'contracts' and table_name = ? order by column_index",
            [table],
        ).fetchall()
        for table in _names(
            "select table_name from duckdb_tables() where schema_name = 'contracts'", con
        )
    }
    assert set(declared) == set(TABLES)
    for table, frame in contract_rows(load(FULL, text=PLAIN.replace("country: US\n", ""))).items():
        con.register("built", frame.to_arrow())
        built = con.execute("select column_name, column_type from (describe built)").fetchall()
        assert built == declared[table], table
        assert frame.height > 0, table


def test_each_key_lands_in_its_column(con: duckdb.DuckDBPyConnection, load: Load) -> None:
    contract = load(FULL, text=PLAIN.replace("country: US\n", ""))
    write_contracts(con, ContractsLoad({"acme": contract}, {}, is_complete=True))

    def rows(table: str) -> list[tuple[object, ...]]:
        found = con.execute(f"from contracts.{table} where version = 0 order by all").fetchall()
        return [row[2:] for row in found]

    half = Decimal("0.15")
    assert con.execute("from contracts.organizations").fetchall() == [
        ("acme", "UTC", date(2026, 1, 15), 0, 12, "contracts/acme.yml", contract.sha256)
    ]
    assert rows("versions") == [
        (
            *(date(2026, 1, 15), "Acme", "DE", "USD", "group", "direct", True, date(2027, 1, 1)),
            "https://pay.example/{invoice_id}",
            ["a@acme.example", "b@acme.example"],
            *("Acme Insurance", ["1 Main St", "Berlin"], "ap@acme.example", None, None),
            *("software_free", True, None, "annual_monthly", "named", 30, "allowed"),
            *(Decimal(30), "cumulative_at_least", False, 7 * 3600, "rate_sheet", "us-2026"),
            *("nearest", 1, Decimal("0.1"), Decimal("0.012"), 100, half, False, "advance"),
        )
    ]
    assert rows("licences") == [
        (2, "cx2", Decimal(20), Decimal(95), Decimal(115), None, True),
    ]
    assert rows("add_ons") == [
        (
            *(1, "wem_i", "Genesys Cloud CX 2 WEM Add-On I", Decimal(0), None, None),
            *(Decimal(25), None),
        ),
    ]
    assert rows("resources") == [(1, "storage_gb", Decimal("0.25"), "GB", "max", None)]
    assert rows("allocations") == [
        ("storage_gb", "cx2", Decimal(25)),
        ("storage_gb", "ex", Decimal(1)),
    ]
    assert rows("numbers") == [("toll_free", Decimal(2), None, False)]
    assert rows("devices") == [(1, "Polycom VVX 350", "polycom_vvx_350", None, Decimal(5), None)]
    assert rows("app_parts") == [
        (
            *(1, "Vendor X", "Minutes/Month", "vendor_x", "minutes_month", "metered_sum", None),
            *("named", Decimal(1), Decimal(2), None, None),
        )
    ]
    assert rows("one_time") == [
        (1, "Enablement package", "enablement_package", Decimal("-5000.5"), date(2026, 1, 15))
    ]
    assert rows("recurring") == [
        (
            *(1, "Premium care", "premium_care", "core", Decimal(1), Decimal(-250)),
            *(None, date(2026, 12, 31), True, None),
        )
    ]
    assert rows("fees") == [(1, "911 fee", "911_fee", "numbers", Decimal("0.75"), None)]
    assert rows("taxes") == [
        (1, "VAT", "vat", Decimal("0.19"), ["core", "taxes"]),
        (2, "City tax", "city_tax", Decimal("0.01"), None),
    ]


def test_every_version_is_complete_in_every_table(load: Load) -> None:
    frames = contract_rows(load(FULL, text=PLAIN.replace("country: US\n", "")))
    for table, frame in frames.items():
        if table != "organizations":
            expected = {0} if table == "taxes" else {0, 1}
            assert set(frame["version"]) == expected, table
    assert frames["versions"]["name"].to_list() == ["Acme", "Acme again"]
    assert frames["versions"]["effective_from"].to_list() == [date(2026, 1, 15), date(2026, 7, 1)]


# ---- What a load replaces, and whose drafted months it makes compute again


class Folder:
    """A data directory whose contracts are loaded and written."""

    def __init__(self, data: Path, con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
        self.settings = Settings.load(data)
        self.con = con
        self.catalogue = catalogue
        self.settings.contracts.mkdir(parents=True)

    def put(self, org: str, text: str = PLAIN) -> None:
        (self.settings.contracts / f"{org}.yml").write_text(text.replace("acme", org))

    def drop(self, org: str) -> None:
        (self.settings.contracts / f"{org}.yml").unlink()

    def write(self, *orgs: str) -> ContractsLoad:
        load = load_contracts(self.settings, self.catalogue, orgs or None)
        write_contracts(self.con, load)
        return load

    def bill(self, *orgs: str) -> None:
        """As a published run leaves them: billed, and nothing changed since."""
        self.con.execute("delete from ops.changed_orgs")
        for org in orgs:
            self.con.execute(
                "insert into ops.billed_months values (?, '2026-03-01', 'r', '2026-04-01')", [org]
            )

    @property
    def written(self) -> list[str]:
        return _names("select org from contracts.versions order by org", self.con)

    @property
    def changed(self) -> list[str]:
        return _names("select org from ops.changed_orgs order by org", self.con)


@pytest.fixture
def folder(tmp_path: Path, con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> Folder:
    return Folder(tmp_path / "data", con, catalogue)


def test_a_changed_contract_is_computed_again_and_a_new_or_equal_one_is_not(
    folder: Folder,
) -> None:
    folder.put("acme")
    folder.put("beta")
    folder.write()
    assert (folder.written, folder.changed) == (["acme", "beta"], [])
    folder.bill("acme", "beta")
    folder.write()
    assert folder.changed == []
    folder.put("acme", PLAIN.replace("named", "hourly"))
    folder.put("gamma")
    folder.write()
    folder.write()
    assert (folder.written, folder.changed) == (["acme", "beta", "gamma"], ["acme"])


def test_a_wrong_contract_stops_its_organization_only_until_it_is_right_again(
    folder: Folder,
) -> None:
    folder.put("acme")
    folder.put("beta")
    folder.write()
    folder.bill("acme", "beta")
    folder.put("beta", PLAIN + "nonsense: 1\n")
    load = folder.write()
    assert (list(load.contracts), list(load.errors)) == (["acme"], ["beta"])
    assert load.errors["beta"].startswith("contracts/beta.yml:10: nonsense: unknown key")
    assert (folder.written, folder.changed) == (["acme"], [])
    folder.put("beta")
    folder.write()
    assert (folder.written, folder.changed) == (["acme", "beta"], ["beta"])


def test_a_vanished_contract_goes_when_all_are_loaded(folder: Folder) -> None:
    folder.put("acme")
    folder.put("beta")
    folder.write()
    folder.drop("beta")
    folder.write("acme")
    assert folder.written == ["acme", "beta"]
    folder.write()
    assert folder.written == ["acme"]


def test_an_organization_asked_for_without_a_contract_is_told(folder: Folder) -> None:
    folder.put("acme")
    load = folder.write("acm")
    assert load.errors == {"acm": "contracts/acm.yml does not exist: did you mean acme?"}


def test_nothing_is_half_written(folder: Folder) -> None:
    folder.put("acme")
    folder.write()
    folder.con.execute("drop table contracts.taxes")
    folder.put("acme", PLAIN.replace("named", "hourly"))
    with pytest.raises(duckdb.Error):
        folder.write()
    assert _names("select licence_model from contracts.versions", folder.con) == ["named"]
