"""The user's own rows: read with care, told exactly when wrong, written and noticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project import settings
from dagster_project.catalogue import TABLES, Catalogue, write_reference
from dagster_project.errors import CatalogueError
from dagster_project.settings import Settings


class Reference:
    """A data directory with files in reference/."""

    def __init__(self, data: Path) -> None:
        self.settings = Settings.load(data)
        self.settings.reference.mkdir(parents=True)

    def put(self, name: str, content: str | bytes) -> None:
        raw = content.encode() if isinstance(content, str) else content
        (self.settings.reference / name).write_bytes(raw)

    def load(self) -> Catalogue:
        return Catalogue.load(self.settings)


@pytest.fixture
def reference(tmp_path: Path) -> Reference:
    return Reference(tmp_path / "data")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        schema = Path(settings.__file__).parent / "warehouse_schema.sql"
        connection.execute(schema.read_text())
        yield connection


def test_short_rows_any_order_and_missing_optional_columns(reference: Reference) -> None:
    reference.put(
        "voice_rates.csv",
        "\ufeffService,RATE PER MINUTE,prefix,direction,Rate-Sheet,effective_to\r\n"
        "outbound,0.0119,+1,Outbound,us-2026\r\n"
        "\r\n"
        "inbound,0.01,,inbound,us-2026,2026-12-31\r\n",
    )
    assert reference.load().reference["voice_rates"].rows() == [
        (
            *("us-2026", "outbound", "outbound", "1", None, Decimal("0.011900")),
            *(date(1900, 1, 1), None, None, None),
        ),
        (
            *("us-2026", "inbound", "inbound", None, None, Decimal("0.010000")),
            *(date(1900, 1, 1), date(2026, 12, 31), None, None),
        ),
    ]


def test_names_come_into_the_key_form_of_the_shipped_rows(reference: Reference) -> None:
    reference.put("charge_names.csv", "charge_name,licence\nGenesys  Cloud CX 2 USER,CX2\n")
    reference.put(
        "resource_names.csv", 'resource_name,resource,basis\n" SMS  Segments",SMS Segments,Net\n'
    )
    reference.put("number_types.csv", "type_name,number_type\nToll/Free #,toll-free\n")
    reference.put(
        "vendor_descriptions.csv", "description,charge_prefix\nSMS \u2013 Prepay,Resource.sms\n"
    )
    reference.put(
        "column_aliases.csv", "report,column_name,alias\nVoice Usage,total cost,Cost (EUR)\n"
    )
    reference.put("billing_regions.csv", "country,region\nxk,emea\n")
    loaded = reference.load()
    assert [
        loaded.reference[name].row(0)[:3]
        for name in (
            "charge_names",
            "resource_names",
            "number_types",
            "vendor_descriptions",
            "column_aliases",
            "billing_regions",
        )
    ] == [
        ("genesys cloud cx 2 user", "cx2", None),
        ("sms segments", "sms_segments", "net"),
        ("toll_free_", "toll_free", date(1900, 1, 1)),
        ("sms prepay", "resource.sms", date(1900, 1, 1)),
        ("voice_usage", "Total cost", "costeur"),
        ("XK", "EMEA", date(1900, 1, 1)),
    ]
    assert loaded.column_aliases()["voice_usage"]["costeur"] == "Total cost"
    assert "XK" in loaded.countries


def test_a_new_licence_may_be_used_by_the_other_files(reference: Reference) -> None:
    reference.put(
        "licences.csv", "licence,tier,is_cx,is_always_named\ncx5,11,true,false\nhub,3,false,TRUE\n"
    )
    reference.put("charge_names.csv", "charge_name,licence\nGenesys Cloud CX 5,cx5\n")
    reference.put(
        "fair_use.csv", "licence,licence_model,resource,allocation\ncx5,named,storage_gb,50\n"
    )
    loaded = reference.load()
    assert {"cx5", "cx4"} <= loaded.licences
    assert "hub" in loaded.always_named
    assert loaded.licence_names["genesys cloud cx 5"] == ("cx5", None)


def test_a_row_that_is_there_twice_is_one_row(reference: Reference) -> None:
    header = "rate_sheet,direction,service,prefix,country,rate_per_minute,effective_from\n"
    rows = "s,outbound,outbound,1,US,0.01,2026-01-01\ns,outbound,outbound,1,CA,0.01,1/1/2026\n"
    reference.put("voice_rates.csv", header + rows)
    assert reference.load().reference["voice_rates"].height == 1


def test_files_that_are_no_csv_are_left_alone(reference: Reference) -> None:
    reference.put("README.md", "notes")
    reference.put(".~lock.csv", "x")
    assert all(frame.is_empty() for frame in reference.load().reference.values())


def test_a_data_directory_without_reference_has_the_shipped_rows(tmp_path: Path) -> None:
    assert "cx2" in Catalogue.load(Settings.load(tmp_path)).licences


RATES = "rate_sheet,direction,service,prefix,country,rate_per_minute,effective_from,effective_to\n"
NAMES = "charge_name,licence,licence_model,add_on\n"
WRONG = {
    "an unknown file": (
        "voice_rate.csv",
        "",
        "reference/voice_rate.csv is no table of the catalogue: did you mean voice_rates?",
    ),
    "an unknown column": (
        "currencies.csv",
        "currency,minor_unit\nCHF,2\n",
        "reference/currencies.csv:1: 'minor_unit' is no column of currencies: did you mean "
        "minor_units?",
    ),
    "a column twice": (
        "currencies.csv",
        "currency,minor_units,Minor Units\nCHF,2,2\n",
        "reference/currencies.csv:1: minor_units: the header has it twice",
    ),
    "a missing column": (
        "currencies.csv",
        "currency\nCHF\n",
        "reference/currencies.csv:1: the header lacks minor_units",
    ),
    "nothing at all": (
        "currencies.csv",
        "",
        "reference/currencies.csv:1: the header lacks currency, minor_units",
    ),
    "a row that is too long": (
        "currencies.csv",
        "currency,minor_units\nCHF,2,,x\n",
        "reference/currencies.csv:2: 4 cells, but the header has 2",
    ),
    "an empty cell": (
        "currencies.csv",
        "currency,minor_units\nCHF\n",
        "reference/currencies.csv:2: minor_units: is empty",
    ),
    "minor units that no rounding knows": (
        "currencies.csv",
        "currency,minor_units\nKWD,3\n",
        "reference/currencies.csv:2: minor_units: '3' is unknown: known: 0, 2",
    ),
    "an unknown licence": (
        "charge_names.csv",
        NAMES + "\nA,cx2\nB,cx22\n",
        "reference/charge_names.csv:4: licence: 'cx22' is unknown: did you mean cx2?",
    ),
    "an unknown model": (
        "charge_names.csv",
        NAMES + "A,cx2,name\n",
        "reference/charge_names.csv:2: licence_model: 'name' is unknown: did you mean named?",
    ),
    "a name that stands for nothing": (
        "charge_names.csv",
        NAMES + "A\n",
        "reference/charge_names.csv:2: licence, add_on, device_type: exactly one says what the "
        "name stands for",
    ),
    "a name that stands for two things": (
        "charge_names.csv",
        NAMES + "A,cx2,,wem\n",
        "reference/charge_names.csv:2: licence, add_on, device_type: exactly one says what the "
        "name stands for",
    ),
    "an unknown report": (
        "column_aliases.csv",
        "report,column_name,alias\nvoice,Origin,From\n",
        "reference/column_aliases.csv:2: report: 'voice' is unknown: did you mean devices "
        "or voice_usage?",
    ),
    "an unknown constant": (
        "rule_constants.csv",
        "constant_name,value\nshort_call_second,5\n",
        "reference/rule_constants.csv:2: constant_name: 'short_call_second' is unknown: did you "
        "mean short_call_seconds?",
    ),
    "a prefix of letters": (
        "voice_rates.csv",
        RATES + "s,outbound,outbound,1x,US,0.01\n",
        "reference/voice_rates.csv:2: prefix: '1x' is not a prefix of digits",
    ),
    "a negative rate": (
        "voice_rates.csv",
        RATES + "s,outbound,outbound,1,US,-0.01\n",
        "reference/voice_rates.csv:2: rate_per_minute: '-0.01' is not a number from 0 (with a "
        "point, without separators)",
    ),
    "too fine a rate": (
        "voice_rates.csv",
        RATES + "s,outbound,outbound,1,US,0.0000001\n",
        "reference/voice_rates.csv:2: rate_per_minute: '0.0000001' has more than 6 decimals",
    ),
    "no date": (
        "voice_rates.csv",
        RATES + "s,outbound,outbound,1,US,0.01,1.1.2026\n",
        "reference/voice_rates.csv:2: effective_from: '1.1.2026' is not a date as 2026-01-31 or "
        "1/31/2026",
    ),
    "dates out of order": (
        "voice_rates.csv",
        RATES + "s,outbound,outbound,1,US,0.01,2026-02-01,2026-01-31\n",
        "reference/voice_rates.csv:2: effective_to: 2026-01-31 is before 2026-02-01",
    ),
    "one key with two rates": (
        "voice_rates.csv",
        RATES + "s,outbound,outbound,1,US,0.01\ns,outbound,outbound,1,US,0.02\n",
        "reference/voice_rates.csv:3: rate_sheet, direction, service, prefix, usage_group, "
        "call_type: listed in line 2 with other values for the same effective_from: keep one of "
        "them",
    ),
    "no whole number": (
        "licences.csv",
        "licence,tier,is_cx,is_always_named\ncx5,1.5,true,false\n",
        "reference/licences.csv:2: tier: '1.5' is not a whole number from 0",
    ),
    "no truth": (
        "licences.csv",
        "licence,tier,is_cx,is_always_named\ncx5,11,y,false\n",
        "reference/licences.csv:2: is_cx: 'y' is neither true nor false",
    ),
    "a quote that never ends": (
        "currencies.csv",
        'currency,minor_units\nCHF,2\n"KWD,2\n',
        "reference/currencies.csv:3: not readable as CSV: unexpected end of data",
    ),
    "another encoding": (
        "currencies.csv",
        "currency,minor_units\nÄÖ,2\n".encode("latin-1"),
        "reference/currencies.csv: byte 21 is not UTF-8: save the file as CSV UTF-8",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_with_file_line_and_column(case: str, reference: Reference) -> None:
    name, content, expected = WRONG[case]
    reference.put(name, content)
    with pytest.raises(CatalogueError) as caught:
        reference.load()
    assert str(caught.value) == expected


def test_one_table_has_one_file(reference: Reference) -> None:
    reference.put("currencies.csv", "currency,minor_units\n")
    reference.put("Currencies.CSV", "currency,minor_units\n")
    with pytest.raises(CatalogueError, match="are the same table"):
        reference.load()


def test_what_is_written_is_noticed_when_it_changes(
    reference: Reference, con: duckdb.DuckDBPyConnection
) -> None:
    def changed() -> list[str]:
        rows = con.execute("select org from ops.changed_orgs order by org").fetchall()
        return [org for (org,) in rows]

    reference.put("currencies.csv", "currency,minor_units\nCHF,2\n")
    assert write_reference(con, reference.load())
    assert changed() == [], "on the first load nothing was billed yet"
    for org in ("acme", "beta"):
        con.execute(
            "insert into ops.billed_months values (?, '2026-03-01', 'r', '2026-04-01')", [org]
        )
    assert not write_reference(con, reference.load())
    assert changed() == []
    reference.put("currencies.csv", "currency,minor_units\nCHF,0\n")
    assert write_reference(con, reference.load())
    assert changed() == ["acme", "beta"]
    assert con.execute("select currency, minor_units from reference.currencies").fetchall() == [
        ("CHF", 0)
    ]
    reference.put("currencies.csv", "currency,minor_units\n")
    assert write_reference(con, reference.load())
    assert changed() == ["acme", "beta"]
    assert con.execute("select count(*) from reference.currencies").fetchall() == [(0,)]


def test_every_table_is_written_in_the_columns_of_the_warehouse(
    tmp_path: Path, con: duckdb.DuckDBPyConnection
) -> None:
    shipped = Catalogue.load(Settings.load(tmp_path)).shipped
    write_reference(con, Catalogue(shipped, shipped))
    for name in TABLES:
        columns = con.sql(f"describe reference.{name}").pl()
        assert columns["column_name"].to_list() == shipped[name].columns
        written = con.sql(f"from reference.{name}").pl()
        assert written.schema == shipped[name].schema
        assert written.equals(shipped[name])
