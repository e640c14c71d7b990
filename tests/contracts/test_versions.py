"""CON-14: how amendments merge, and what they may not do in a term that was prepaid."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.contracts.document import Problem
from dagster_project.contracts.versions import drafts
from tests.contracts.conftest import PLAIN, Errors, Load


def test_contract_and_voice_merge_one_level_deep_and_other_keys_replace(load: Load) -> None:
    contract = load(
        """\
        licences: [{licence: cx2, prepay_rate: 95}, {licence: communicate, prepay_rate: 20}]
        voice:
          rating: cdr
          cutoff_utc: 07:00
          numbers: {billing: advance, did: {recurring_rate: 1}, toll_free: {recurring_rate: 2}}
        amendments:
          - effective_from: 2026-07-01
            contract: {licence_model: concurrent, peak: {minutes: 45}}
            voice: {increment_seconds: 1, numbers: {did: {recurring_rate: 3}}}
            licences: [{licence: cx2, prepay_rate: 140}]
        """,
        text=PLAIN.replace("  subscription", "  peak: {mode: contiguous}\n  subscription"),
    )
    base, amended = (version.terms for version in contract.versions)
    assert (base.contract.licence_model, amended.contract.licence_model) == ("named", "concurrent")
    assert amended.contract.subscription == "annual_monthly"
    assert (amended.contract.peak.minutes, amended.contract.peak.mode) == (
        45,
        "cumulative_at_least",
    )
    assert (amended.voice.increment_seconds, amended.voice.cutoff_utc) == (1, 7 * 3600)
    assert (amended.voice.numbers.billing, amended.voice.numbers.toll_free) == ("arrears", None)
    assert [entry.licence for entry in amended.licences] == ["cx2"]
    assert base.voice.numbers.billing == "advance"


def test_versions_are_in_order_of_effective_from_whatever_the_files_order(load: Load) -> None:
    contract = load(
        """\
        amendments:
          - {effective_from: 2026-09-01, name: Third}
          - {effective_from: 2026-05-01, name: Second, country: GB}
        """
    )
    assert [(v.number, v.effective_from, v.terms.name) for v in contract.versions] == [
        (0, date(2026, 1, 15), "Acme"),
        (1, date(2026, 5, 1), "Second"),
        (2, date(2026, 9, 1), "Third"),
    ]
    assert contract.versions[2].terms.country == "GB"


def test_the_currency_is_the_same_in_all_versions(load: Load, errors: Errors) -> None:
    """The last invoice before the change would prepay in the new currency."""
    amendment = "amendments: [{effective_from: 2026-05-01, currency: %s}]\n"
    assert load(amendment % "USD").versions[1].terms.currency == "USD"
    assert errors(amendment % "EUR") == [
        "contracts/acme.yml:10: amendments[0].currency: USD changes to EUR, which an amendment "
        "cannot do (CON-14); it is a new contract's"
    ]


def test_a_mistake_within_a_merged_key_is_named_where_it_is_written(errors: Errors) -> None:
    wrong = "{cutoff_utc: 07:00, short_call: {rate: cheap}}"
    amendment = f"amendments: [{{effective_from: 2026-05-01, voice: {wrong}}}]\n"
    (message,) = errors(f"voice: {{rounding: up}}\n{amendment}")
    assert message.startswith("contracts/acme.yml:11: amendments[0].voice.short_call.rate: ")


def test_an_amendment_may_take_a_key_away(load: Load) -> None:
    text = PLAIN.replace("  subscription", "  terminated_on: 2026-12-31\n  subscription")
    contract = load(
        """\
        fees: [{name: F, basis: calls}]
        amendments: [{effective_from: 2026-05-01, contract: {terminated_on: null}, fees: null}]
        """,
        text=text,
    )
    assert contract.versions[1].terms.contract.terminated_on is None
    assert contract.versions[1].terms.fees == ()


_MAPPING = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.text(max_size=3), max_size=3)
_PATCH = st.fixed_dictionaries(
    {},
    optional={
        "contract": _MAPPING,
        "voice": _MAPPING,
        "licences": st.lists(st.text(max_size=3), max_size=2),
        "name": st.text(max_size=3),
    },
)


@given(_PATCH, st.lists(_PATCH, max_size=4), st.randoms())
def test_every_version_is_the_base_with_the_patches_up_to_it(
    base: dict[str, Any], patches: list[dict[str, Any]], shuffle: Any
) -> None:
    amendments = [
        {**patch, "effective_from": f"2026-0{number}-01"} for number, patch in enumerate(patches, 1)
    ]
    shuffle.shuffle(amendments)
    tree = {**base, "amendments": amendments}
    untouched = deepcopy(tree)
    problems: list[Problem] = []
    merged = drafts(tree, problems)
    assert (problems, tree) == ([], untouched)
    expected = dict(base)
    assert merged[0].tree == expected
    for draft, patch in zip(merged[1:], patches, strict=True):
        for key, value in patch.items():
            is_merged = key in {"contract", "voice"}
            expected[key] = {**expected.get(key, {}), **value} if is_merged else value
        assert draft.tree == expected
        for merged_path, written in draft.origins.items():
            value: Any = draft.tree
            source: Any = tree
            for step in merged_path:
                value = value[step]
            for step in written:
                source = source[step]
            assert value == source


# ---- Prepaid terms. Anchor 31 January: months are clamped (PER-1).

PREPAID = """\
org: acme
currency: USD
contract:
  effective_date: 2026-01-31
  ramp_months: {ramp}
  term_months: {term}
  subscription: {subscription}
  licence_model: named
licences:
  - {{licence: cx2, committed: 10, prepay_rate: 95}}
  - {{add_on: wem, charge_name: WEM, committed: 4, prepay_rate: 30}}
appfoundry:
  - {{app: Vendor X, part: seat, type: mimic, committed: 2, prepay_rate: 3}}
amendments:
"""
_LICENCES = "licences: [{{licence: cx2, committed: {}, prepay_rate: 95}}, {{{}}}]"
_WEM = "add_on: wem, committed: 4, prepay_rate: 30"
FEWER = _LICENCES.format(9, _WEM)
MORE = _LICENCES.format(11, _WEM)
MONTHLY = "contract: {subscription: monthly}"
PREPAY = "contract: {subscription: annual_prepay}"


def _prepaid(ramp: int = 0, term: int = 3, subscription: str = "annual_prepay") -> str:
    return PREPAID.format(ramp=ramp, term=term, subscription=subscription)


@pytest.mark.parametrize(
    ("ramp", "effective_from", "patch"),
    [
        (0, "2026-04-30", FEWER),  # the first day of the second term, clamped
        (0, "2026-04-01", FEWER),  # in force from 2026-04-30 on
        (0, "2026-04-30", MONTHLY),
        (2, "2026-06-30", FEWER),  # two ramp periods, then three of the term
        (2, "2026-06-30", MONTHLY),
        (0, "2026-01-31", FEWER),  # in force from the first period: nothing was prepaid
        (2, "2025-12-01", MONTHLY),
        (0, "2026-02-28", MORE),  # more is an order of its own
        (2, "2026-02-28", MORE),
        (0, "2026-03-01", "name: Other"),
        (0, "2026-07-31", FEWER),
    ],
)
def test_a_prepaid_term_takes_more_at_any_time_and_less_with_the_next_term(
    ramp: int, effective_from: str, patch: str, load: Load
) -> None:
    text = f"{_prepaid(ramp)}  - effective_from: {effective_from}\n    {patch}\n"
    assert len(load(text=text).versions) == 2


@pytest.mark.parametrize(
    ("ramp", "effective_from", "next_term"),
    [
        (0, "2026-02-01", "2026-04-30"),
        (0, "2026-03-31", "2026-04-30"),
        (0, "2026-05-01", "2026-07-31"),  # a day late: in force from 2026-05-31 on
        (2, "2026-02-01", "2026-06-30"),  # in the ramp, which belongs to the first term
        (2, "2026-03-31", "2026-06-30"),  # the first term's first day, which the order prepaid
        (2, "2026-05-31", "2026-06-30"),
    ],
)
def test_less_or_another_subscription_within_a_prepaid_term_is_an_error(
    ramp: int, effective_from: str, next_term: str, errors: Errors
) -> None:
    start = f"{_prepaid(ramp)}  - effective_from: {effective_from}\n"
    when = f"only with the next term, from {next_term} (CON-14)"
    assert errors(text=f"{start}    {FEWER}\n") == [
        "contracts/acme.yml:16: amendments[0].licences[0].committed: licence.cx2: 10 committed "
        f"fall to 9 {when}"
    ]
    assert errors(text=f"{start}    {MONTHLY}\n") == [
        "contracts/acme.yml:16: amendments[0].contract.subscription: annual_prepay changes to "
        f"monthly {when}"
    ]


@pytest.mark.parametrize("ramp", [0, 2])
def test_to_annual_prepay_only_with_the_next_term(ramp: int, load: Load, errors: Errors) -> None:
    start = _prepaid(ramp, subscription="annual_monthly") + "  - effective_from: "
    assert errors(text=f"{start}2026-03-31\n    {PREPAY}\n") == [
        "contracts/acme.yml:16: amendments[0].contract.subscription: annual_monthly changes to "
        f"annual_prepay only with the next term, from 2026-0{'4' if ramp == 0 else '6'}-30 (CON-14)"
    ]
    day = "2026-04-30" if ramp == 0 else "2026-06-30"
    assert len(load(text=f"{start}{day}\n    {PREPAY}\n").versions) == 2


def test_a_commitment_that_is_left_out_falls_to_nothing(errors: Errors) -> None:
    text = (
        f"{_prepaid()}  - effective_from: 2026-03-01\n"
        "    licences: [{licence: cx2, committed: 10, prepay_rate: 95}]\n    appfoundry: []\n"
    )
    when = "only with the next term, from 2026-04-30 (CON-14)"
    assert errors(text=text) == [
        f"contracts/acme.yml:16: amendments[0].licences: add_on.wem: 4 committed fall to 0 {when}",
        "contracts/acme.yml:17: amendments[0].appfoundry: appfoundry.vendor_x.seat: 2 committed "
        f"fall to 0 {when}",
    ]


def test_outside_prepaid_terms_commitments_may_fall_at_any_time(load: Load) -> None:
    text = _prepaid(subscription="annual_monthly") + "  - effective_from: 2026-03-01\n"
    assert len(load(text=f"{text}    {FEWER}\n").versions) == 2
    assert len(load(text=f"{text}    {MONTHLY}\n").versions) == 2


def test_of_two_amendments_within_one_period_the_later_one_counts(
    load: Load, errors: Errors
) -> None:
    start = f"{_prepaid()}  - effective_from: 2026-02-01\n    {FEWER}\n"
    restored = start + f"  - effective_from: 2026-02-02\n    {MORE}\n"
    assert len(load(text=restored).versions) == 3
    assert errors(text=start + f"  - effective_from: 2026-03-05\n    {MORE}\n")


def test_what_falls_after_the_last_period_is_no_matter(load: Load) -> None:
    text = _prepaid().replace("  licence_model", "  auto_renew: false\n  licence_model")
    assert len(load(text=f"{text}  - effective_from: 2026-06-01\n    {FEWER}\n").versions) == 2
    text = _prepaid().replace("  licence_model", "  terminated_on: 2026-03-01\n  licence_model")
    assert len(load(text=f"{text}  - effective_from: 2026-03-31\n    {FEWER}\n").versions) == 2


def test_a_lower_commitment_is_compared_with_the_version_before_it(errors: Errors) -> None:
    text = (
        f"{_prepaid()}  - effective_from: 2026-02-28\n    {MORE}\n"
        f"  - effective_from: 2026-03-31\n    {FEWER}\n"
    )
    assert [message.split(": ")[3:] for message in errors(text=text)] == [
        ["11 committed fall to 9 only with the next term, from 2026-04-30 (CON-14)"]
    ]
