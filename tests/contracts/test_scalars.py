"""Scalars are text first and mean what their key's type says (inputs.md 'Contract')."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagster_project.catalogue import Catalogue
from dagster_project.contracts.model import Terms
from tests.contracts.conftest import PLAIN, Errors, Load


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_quotes_do_not_matter(quote: str, load: Load) -> None:
    text = PLAIN.replace("country: US", f"country: {quote}NO{quote}").replace(
        "2026-01-15", f"{quote}2026-01-15{quote}"
    )
    contract = load(f"voice: {{cutoff_utc: {quote}07:00{quote}}}", text=text)
    assert contract.base.country == "NO"
    assert contract.base.voice.cutoff_utc == 7 * 3600
    assert contract.effective_date == date(2026, 1, 15)


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("95", "95"),
        ("010", "10"),
        ("1e3", "1000"),
        ("0.1", "0.1"),
        (".5", "0.5"),
        ("'0.0075'", "0.0075"),
        ("+2.500000000", "2.5"),
        ("-0", "0"),
        ("999999999999.999999", "999999999999.999999"),
    ],
)
def test_numbers_are_exact(written: str, exact: str, load: Load) -> None:
    contract = load(f"licences: [{{licence: cx2, prepay_rate: {written}}}]")
    assert contract.base.licences[0].prepay_rate == Decimal(exact)


@pytest.mark.parametrize("written", ["1_000", "0x10", "1:30", ".inf", "NaN", "1e", "\u0661"])
def test_what_yaml_might_take_for_a_number_is_none(written: str, load: Load) -> None:
    with pytest.raises(Exception, match="is not a number"):
        load(f"licences: [{{licence: cx2, prepay_rate: {written}}}]")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("true", True), ("Yes", True), ("ON", True), ("False", False), ("no", False), ("off", False)],
)
def test_truth_has_three_spellings_each(written: str, meant: bool, load: Load) -> None:
    assert load(f"trial: {written}").base.trial is meant


@pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "''"])
def test_null_is_a_key_that_is_not_there(nothing: str, load: Load) -> None:
    terms = load(f"trial: {nothing}\ncustomer: {nothing}\nlicences: {nothing}").base
    assert (terms.trial, terms.customer, terms.licences) == (False, None, ())


@pytest.mark.parametrize("zone", ["EST", "America/New_York", "Asia/Kathmandu", "Etc/GMT+5"])
def test_any_iana_zone_is_one(zone: str, load: Load) -> None:
    assert load(text=PLAIN.replace("UTC", zone)).base.time_zone == zone


def test_a_contract_begins_in_this_millennium(load: Load, errors: Errors) -> None:
    last = load(text=PLAIN.replace("2026-01-15", "2999-12-31"))
    assert last.effective_date == date(2999, 12, 31)
    (message,) = errors(text=PLAIN.replace("2026-01-15", "3000-01-01"))
    assert "3000-01-01 is not this millennium's" in message


def test_codes_match_without_regard_to_case(load: Load) -> None:
    terms = load(
        "licences: [{licence: CX2}]\nresources: [{resource: Storage_GB, combine: MAX}]",
        text=PLAIN.replace("US", "us", 1).replace("USD", "usd"),
    ).base
    assert terms.licences[0].licence == "cx2"
    assert (terms.resources[0].resource, terms.resources[0].combine) == ("storage_gb", "max")
    assert (terms.country, terms.currency) == ("US", "USD")


def test_the_defaults_are_those_of_the_contract_description(load: Load) -> None:
    terms = load("voice: {short_call: {rate: 0.012}}").base
    agreement = terms.contract
    assert (agreement.ramp_months, agreement.term_months, agreement.auto_renew) == (0, 12, True)
    assert (agreement.ramp_policy, agreement.payment_terms_days) == ("software_free", 30)
    assert (agreement.mixed_tiers, agreement.terminated_on) == ("allowed", None)
    peak = agreement.peak
    assert (peak.minutes, peak.mode, peak.accept_daily_report) == (30, "cumulative_at_least", False)
    assert (terms.channel, terms.trial, terms.time_zone) == ("direct", False, "UTC")
    voice = terms.voice
    assert (voice.rating, voice.rounding, voice.increment_seconds) == ("cdr", "up", 6)
    assert (voice.cutoff_utc, voice.numbers.billing) == (None, "arrears")
    assert voice.short_call is not None
    assert (voice.short_call.min_calls, voice.short_call.min_share) == (100, Decimal("0.15"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals(min_value=0, max_value=10**11, places=6))
def test_every_exact_number_survives(catalogue: Catalogue, number: Decimal) -> None:
    tree = {
        "org": "acme",
        "currency": "USD",
        "contract": {
            "effective_date": "2026-01-15",
            "subscription": "monthly",
            "licence_model": "named",
        },
        "licences": [{"licence": "cx2", "prepay_rate": f"{number:f}"}],
    }
    terms = Terms.model_validate(tree, context=catalogue)
    assert terms.licences[0].prepay_rate == number
