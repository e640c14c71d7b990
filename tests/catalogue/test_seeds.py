"""The shipped catalogue knows what inputs.md and rules.md say it must."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import polars as pl
import pytest
import yaml

from dagster_project.catalogue import TABLES, Catalogue, name_key
from dagster_project.settings import SEEDS_DIR, Settings


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return Catalogue.load(Settings.load(tmp_path_factory.mktemp("data")))


def _pairs(frame: pl.DataFrame, key: str, *columns: str) -> dict[object, object]:
    rows = frame.select(key, *columns).rows()
    return {row[0]: row[1] if len(columns) == 1 else row[1:] for row in rows}


def test_tiers_are_in_the_order_of_the_rulebook(shipped: Catalogue) -> None:
    assert shipped.shipped["licences"].sort("tier")["licence"].to_list() == [
        *("collaborate", "communicate", "ex", "cx1_digital", "cx1"),
        *("cx2_digital", "cx2", "cx3_digital", "cx3", "cx4"),
    ]
    assert shipped.always_named == {"collaborate", "communicate", "ex"}
    licences = shipped.shipped["licences"]
    assert licences["is_cx"].to_list() == [not named for named in licences["is_always_named"]]


MODELS = {
    "": None,
    " User": "named",
    " Concurrent": "concurrent",
    " Concurrent User": "concurrent",
    " Hourly": "hourly",
    " Hourly User": "hourly",
}


def test_every_generation_of_licence_names_is_known(shipped: Catalogue) -> None:
    tiers = [("1", "cx1"), ("2", "cx2"), ("3", "cx3"), ("4", "cx4")]
    tiers += [(f"{n} Digital", f"cx{n}_digital") for n in (1, 2, 3)]
    families = ("PureCloud", "Cloud CX", "Genesys Cloud CX")
    for family, (tier, code), (suffix, model) in product(families, tiers, MODELS.items()):
        name = name_key(f"{family} {tier}{suffix}")
        assert shipped.licence_names[name] == (code, model), name
    for name, code in {
        "Genesys Cloud Communicate User": "communicate",
        "Communicate": "communicate",
        "Collaborate": "collaborate",
        "Genesys Cloud Collaborate User": "collaborate",
        "Genesys Cloud EX User": "ex",
    }.items():
        assert shipped.licence_names[name_key(name)][0] == code


def test_teams_integration_users_are_an_add_on(shipped: Catalogue) -> None:
    names = shipped.shipped["charge_names"].filter(pl.col("add_on").is_not_null())
    assert set(names["add_on"]) == {"microsoft_teams"}
    assert "genesys cloud for microsoft teams" in names["charge_name"].to_list()
    assert names["licence"].null_count() == names.height


def test_resource_names_have_their_code_and_basis(shipped: Catalogue) -> None:
    names = _pairs(shipped.shipped["resource_names"], "resource_name", "resource", "basis")
    for name, meaning in {
        "IVR Minutes": ("ivr_minutes", "gross"),
        "Basic Routing / IVR": ("ivr_minutes", "gross"),
        "IVR Overage Minutes": ("ivr_minutes", "net"),
        "Data Storage": ("storage_gb", "gross"),
        "Data Storage Overage": ("storage_gb", "net"),
        "API Requests": ("api_requests", "gross"),
        "API Overage": ("api_requests", "net"),
        "BYOC Cloud Minutes": ("byoc_minutes", "gross"),
        "BYOC Cloud Overage": ("byoc_minutes", "net"),
        "Voice Transcription Minutes": ("transcription_minutes", "gross"),
        "SMS Segments": ("sms_segments", "gross"),
        "Third-Party Messages": ("messaging", "gross"),
        "Archived Storage": ("archived_storage", "gross"),
    }.items():
        assert names[name_key(name)] == meaning, name


def test_resources_combine_and_round_as_the_rulebook_says(shipped: Catalogue) -> None:
    frame = shipped.shipped["resources"]
    assert _pairs(
        frame, "resource", "combine", "quantity_decimals", "is_charged", "has_allowance"
    ) == {
        "ivr_minutes": ("sum", 2, True, True),
        "storage_gb": ("average", 2, True, True),
        "api_requests": ("sum", 0, True, True),
        "byoc_minutes": ("sum", 2, True, True),
        "transcription_minutes": ("sum", 2, True, True),
        "sms_segments": ("sum", 0, True, False),
        "messaging": ("sum", 0, True, False),
        "archived_storage": ("average", 2, False, False),
    }


NO = ""
FAIR_USE = {
    # resource: communicate, cx1, cx2, cx2_digital, cx3, cx3_digital, ex, cx4
    "byoc_minutes": ("1000", "5000/6500", "5000/6500", NO, "5000/6500", NO, NO, "5000/6500"),
    "storage_gb": (
        *("5", "17.5/22.75", "25/32.5", "8/10", "32.5/42.25", "15/20", "17.5", "42.5/55.25"),
    ),
    "ivr_minutes": ("500", "1750/2275", "2500/3250", NO, "3250/4225", NO, NO, "3250/4225"),
    "api_requests": (
        *("10000", "75000/97500", "110000/143000", "110000/143000"),
        *("140000/182000", "140000/182000", "75000", "140000/182000"),
    ),
    "transcription_minutes": (NO, NO, NO, NO, "5000/6500", NO, NO, "5000/6500"),
}
COLUMNS = ("communicate", "cx1", "cx2", "cx2_digital", "cx3", "cx3_digital", "ex", "cx4")


def test_fair_use_is_the_table_of_the_rulebook(shipped: Catalogue) -> None:
    expected = {
        (licence, model, resource): Decimal(allocation)
        for resource, cells in FAIR_USE.items()
        for licence, cell in zip(COLUMNS, cells, strict=True)
        if cell
        for model, allocation in zip(("named", "concurrent"), cell.split("/"), strict=False)
    }
    frame = shipped.shipped["fair_use"]
    actual = {tuple(row[:3]): row[3] for row in frame.drop("effective_from").rows()}
    assert actual == expected
    assert 20 * actual["cx2", "named", "ivr_minutes"] == 50_000
    assert 505_992 - actual["cx3", "concurrent", "api_requests"] == 323_992
    teams = 1000 * actual["communicate", "named", "byoc_minutes"]
    assert teams + 1500 * actual["cx3", "named", "byoc_minutes"] == 8_500_000


@pytest.mark.parametrize(
    ("charge_code", "section", "billed_in_ramp"),
    [
        ("licence.cx2.prepay", "core", False),
        ("add_on.wem.on_demand", "core", False),
        ("resource.ivr_minutes", "resources", False),
        ("resource.storage_gb", "resources", False),
        ("resource.sms_segments", "resources", True),
        ("resource.messaging", "resources", True),
        ("appfoundry.a.b.on_demand", "appfoundry", True),
        ("device.phone_a", "devices", True),
        ("telco.outbound.domestic", "telco", True),
        ("telco.short_calls", "telco", True),
        ("telco.number_setup.toll_free", "telco", True),
        ("one_time.setup", "one_time", True),
        ("recurring.care", "core", True),
        ("fee.regulatory", "taxes", True),
        ("tax.vat", "taxes", True),
    ],
)
def test_each_charge_has_a_section_and_a_place_in_the_ramp(
    charge_code: str, section: str, billed_in_ramp: bool, shipped: Catalogue
) -> None:
    charges = _pairs(shipped.shipped["charges"], "charge_prefix", "section", "billed_in_ramp")
    parts = charge_code.split(".")
    prefixes = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    assert charges[next(p for p in prefixes if p in charges)] == (section, billed_in_ramp)


def test_vendor_descriptions_name_their_charges(shipped: Catalogue) -> None:
    prefixes = _pairs(shipped.shipped["vendor_descriptions"], "description", "charge_prefix")
    assert prefixes["genesys cloud cx 2 user prepay"] == "licence.cx2.prepay"
    assert prefixes["purecloud 3 concurrent user"] == (
        "licence.cx3.on_demand licence.cx3.committed"
    )
    assert prefixes["cloud cx 1 digital user prepay"] == "licence.cx1_digital.prepay"
    assert prefixes["toll free calling service u.s."] == "telco.toll_free.domestic"
    assert prefixes["extended outbound calling service"] == "telco.extended_outbound"
    assert prefixes["local number prepay"] == "telco.number_recurring"
    assert prefixes["third party messaging"] == "resource.messaging"


def test_every_country_has_a_region_and_every_region_a_contact(shipped: Catalogue) -> None:
    regions = _pairs(shipped.shipped["billing_regions"], "country", "region")
    assert len(regions) == 249
    sample = {"US": "NA", "CA": "NA", "MX": "LATAM", "BR": "LATAM", "JM": "LATAM", "NO": "EMEA"}
    sample |= {"NA": "EMEA", "ZA": "EMEA", "AE": "EMEA", "JP": "APAC", "AU": "APAC", "IN": "APAC"}
    assert {country: regions[country] for country in sample} == sample
    contacts = shipped.shipped["billing_contacts"]
    assert set(contacts["region"]) == set(regions.values())
    assert contacts["email"].null_count() == 0


def test_currencies_are_those_that_can_be_billed(shipped: Catalogue) -> None:
    units = _pairs(shipped.shipped["currencies"], "currency", "minor_units")
    assert set(units) == {"AUD", "BRL", "CAD", "EUR", "GBP", "JPY", "NZD", "USD"}
    assert {currency for currency, decimals in units.items() if decimals == 0} == {"JPY"}


def test_the_headers_of_the_vendors_own_articles_are_known(shipped: Catalogue) -> None:
    aliases = shipped.column_aliases()
    assert len(aliases) == 12
    assert aliases["voice_usage"]["cdrtotalcost"] == "Total cost"
    assert aliases["billable_usage"]["useremail"] == "Entity"
    assert aliases["concurrent_usage"]["day"] == "Date"


@pytest.mark.parametrize("name", TABLES)
def test_every_shipped_name_is_in_key_form_and_every_code_is_known(
    name: str, shipped: Catalogue
) -> None:
    frame = shipped.shipped[name]
    written = pl.read_csv(SEEDS_DIR / f"{name}.csv", infer_schema=False)
    for column in TABLES[name].keyed:
        assert frame[column].to_list() == written[column].cast(pl.String).to_list(), column
    for column, source in TABLES[name].known.items():
        assert set(frame[column].drop_nulls()) <= shipped.values(*source)
    assert written.height == frame.height, "a row is there twice"


# The lists that a rule closes (REC-4): dbt reads them as they are, no reference file adds to them.
CLOSED_LISTS = {"usage_windows", "variance_causes"}


def test_seeds_are_the_tables_of_the_catalogue_and_the_closed_lists() -> None:
    assert {path.stem for path in SEEDS_DIR.glob("*.csv")} == set(TABLES) | CLOSED_LISTS
    assert not CLOSED_LISTS & set(TABLES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_the_keys_of_staging_are_the_keys_of_the_catalogue(name: str) -> None:
    staging = SEEDS_DIR.parent / "models/staging/catalogue" / f"stg_catalogue__{name}.sql"
    key = yaml.safe_load(staging.read_text().split("key=")[1].split("],")[0] + "]")
    assert tuple(key) == TABLES[name].key
