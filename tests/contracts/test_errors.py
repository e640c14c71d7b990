"""Every way in which a contract can be wrong, with the file, line and key that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.catalogue import Catalogue
from dagster_project.contracts import load_contract
from dagster_project.errors import ContractError
from tests.contracts.conftest import PLAIN, Errors, Load

AT = "contracts/acme.yml"

WRONG = {
    # keys and shapes
    "an unknown key": ("licenses: []", f"{AT}:10: licenses: unknown key; did you mean licences?"),
    "an unknown key in a mapping": (
        "voice: {roundin: up}",
        f"{AT}:10: voice.roundin: unknown key; did you mean rounding?",
    ),
    "an unknown key in an entry": (
        "fees:\n  - {name: F, basis: calls, rte: 1}",
        f"{AT}:11: fees[0].rte: unknown key; did you mean rate?",
    ),
    "an unknown key without a value": (
        "nonsense:",
        f"{AT}:10: nonsense: unknown key; known: amendments, appfoundry, bill_to, channel, "
        "contract, country, currency, customer, devices, fees, licences, name, …",
    ),
    "a list that is none": ("licences: cx2", f"{AT}:10: licences: must be a list"),
    "a mapping that is none": ("voice: cdr", f"{AT}:10: voice: must be a mapping of keys"),
    "an entry that is no mapping": (
        "licences: [cx2]",
        f"{AT}:10: licences[0]: must be a mapping of keys",
    ),
    "a value that is a list": (
        "customer: [a]",
        f"{AT}:10: customer: must be a single value, not a list or a mapping",
    ),
    "a key twice": (
        "customer: a\ncustomer: b",
        f"{AT}:11: customer: the key is written twice, first in line 10",
    ),
    # values
    "a negative quantity": (
        "licences:\n  - licence: cx2\n    committed: -3",
        f"{AT}:12: licences[0].committed: -3 is negative; credits are recurring items (CON-15)",
    ),
    "no number": (
        "licences: [{licence: cx2, prepay_rate: '1,000'}]",
        f"{AT}:10: licences[0].prepay_rate: '1,000' is not a number (with a point, without "
        "separators)",
    ),
    "too many decimals": (
        "licences: [{licence: cx2, prepay_rate: 0.0000001}]",
        f"{AT}:10: licences[0].prepay_rate: 0.0000001 has more than 6 decimals",
    ),
    "too large a number": (
        "licences: [{licence: cx2, prepay_rate: 1e12}]",
        f"{AT}:10: licences[0].prepay_rate: 1e12 is too large: below a million millions",
    ),
    "half a month": (
        "voice: {increment_seconds: 1.5}",
        f"{AT}:10: voice.increment_seconds: 1.5 is not a whole number",
    ),
    "no increment": (
        "voice: {increment_seconds: 0}",
        f"{AT}:10: voice.increment_seconds: 0 is not between 1 and 3600",
    ),
    "a share in percent": (
        "taxes: [{name: VAT, rate: 7}]",
        f"{AT}:10: taxes[0].rate: 7 is above 1; write 7 % as 0.07",
    ),
    "no truth": ("trial: maybe", f"{AT}:10: trial: 'maybe' is neither true nor false"),
    "no date": (
        "trial_ends_on: 31.1.2026",
        f"{AT}:10: trial_ends_on: '31.1.2026' is not a date as 2026-01-31",
    ),
    "no day of the calendar": (
        "trial_ends_on: 2026-02-30",
        f"{AT}:10: trial_ends_on: '2026-02-30' is not a date as 2026-01-31",
    ),
    "a day before everything": (
        "trial_ends_on: 1899-12-31",
        f"{AT}:10: trial_ends_on: 1899-12-31 is before 1900-01-01",
    ),
    "no time of day": (
        "voice: {cutoff_utc: 24:00}",
        f"{AT}:10: voice.cutoff_utc: '24:00' is not a time of day as 07:00",
    ),
    "an unknown word": (
        "channel: partners",
        f"{AT}:10: channel: 'partners' is unknown: did you mean partner?",
    ),
    "a name without a slug": (
        "fees: [{name: 環境費, basis: calls}]",
        f"{AT}:10: fees[0].name: '環境費' needs an ASCII letter or digit: charge codes are made "
        "of it",
    ),
    # codes
    "an unknown licence": (
        "licences: [{licence: cx22}]",
        f"{AT}:10: licences[0].licence: unknown licence 'cx22': did you mean cx2?",
    ),
    "a report's name for a code": (
        "licences: [{licence: Genesys Cloud CX 2 User}]",
        f"{AT}:10: licences[0].licence: unknown licence 'Genesys Cloud CX 2 User': write its code "
        "cx2",
    ),
    "an unknown resource": (
        "resources: [{resource: ivr}]",
        f"{AT}:10: resources[0].resource: unknown resource 'ivr': known: api_requests, "
        "archived_storage, byoc_minutes, ivr_minutes, messaging, sms_segments, storage_gb, "
        "transcription_minutes",
    ),
    "an allocation of an unknown licence": (
        "resources: [{resource: storage_gb, allocation: {cx5: 1}}]",
        f"{AT}:10: resources[0].allocation.cx5: unknown licence 'cx5': did you mean cx4 or cx3?",
    ),
    "an unknown section": (
        "taxes: [{name: VAT, rate: 0.1, sections: [core, telecom]}]",
        f"{AT}:10: taxes[0].sections[1]: 'telecom' is unknown: did you mean telco?",
    ),
    "an unknown part type": (
        "appfoundry: [{app: A, part: b, type: metered}]",
        f"{AT}:10: appfoundry[0].type: 'metered' is unknown: did you mean metered_sum?",
    ),
    "an unknown count model": (
        "appfoundry: [{app: A, part: b, type: user, charge_name: A User, count_model: name}]",
        f"{AT}:10: appfoundry[0].count_model: 'name' is unknown: did you mean named?",
    ),
    "an unknown basis": (
        "fees: [{name: F, basis: minutes}]",
        f"{AT}:10: fees[0].basis: 'minutes' is unknown: known: calls, invoice, numbers, users",
    ),
    # what fits together
    "a commitment without a rate": (
        "licences: [{licence: cx2, committed: 3, on_demand_rate: 5}]",
        f"{AT}:10: licences[0].committed: 3 are committed without a prepay_rate (CON-1)",
    ),
    "an app's commitment without a rate": (
        "appfoundry: [{app: A, part: b, type: mimic, committed: 3}]",
        f"{AT}:10: appfoundry[0].committed: 3 are committed without a prepay_rate (CON-1)",
    ),
    "a licence of another model": (
        "licences: [{licence: cx2, licence_model: concurrent}]",
        f"{AT}:10: licences[0].licence_model: concurrent does not fit: the contract's "
        "licence_model is named, models cannot mix (LIC-10)",
    ),
    "an always named licence that is not": (
        "licences: [{licence: ex, licence_model: concurrent}]",
        f"{AT}:10: licences[0].licence_model: concurrent does not fit: ex is always named (LIC-6)",
    ),
    "an entry that is nothing": (
        "licences: [{ramp_rate: 3}]",
        f"{AT}:10: licences[0]: names a licence or an add_on, one of both",
    ),
    "an entry that is both": (
        "licences: [{licence: cx2, add_on: wem}]",
        f"{AT}:10: licences[0]: names a licence or an add_on, one of both",
    ),
    "a licence with a report's name": (
        "licences: [{licence: cx2, charge_name: Two}]",
        f"{AT}:10: licences[0].charge_name: is an add-on's; names of licences are the catalogue's",
    ),
    "a licence twice": (
        "licences:\n  - licence: cx2\n  - licence: CX2",
        f"{AT}:12: licences[1].licence: cx2 is listed twice; keep one, or name them apart",
    ),
    "an add-on twice": (
        "licences:\n  - add_on: WEM I\n  - add_on: wem-i",
        f"{AT}:12: licences[1].add_on: wem_i is listed twice; keep one, or name them apart",
    ),
    "a resource twice": (
        "resources: [{resource: storage_gb}, {resource: storage_gb}]",
        f"{AT}:10: resources[1].resource: storage_gb is listed twice; keep one, or name them apart",
    ),
    "a device type twice": (
        "devices: [{device_type: Phone A}, {device_type: phone-a}]",
        f"{AT}:10: devices[1].device_type: phone_a is listed twice; keep one, or name them apart",
    ),
    "a device's charge name twice": (
        "devices: [{device_type: A, charge_name: Edge}, {device_type: B, charge_name: ' EDGE'}]",
        f"{AT}:10: devices[1].charge_name: edge is listed twice; keep one, or name them apart",
    ),
    "an app part twice": (
        "appfoundry: [{app: A, part: b, type: site}, {app: a, part: B, type: mimic}]",
        f"{AT}:10: appfoundry[1].part: a.b is listed twice; keep one, or name them apart",
    ),
    "an order twice on a day": (
        "one_time: [{name: A, amount: 1, date: 2026-02-01}, {name: a, date: 2026-02-01}]",
        f"{AT}:10: one_time[1].name: a of 2026-02-01 is listed twice; keep one, or name them apart",
    ),
    "a recurring item twice at a time": (
        "recurring: [{name: A, to: 2026-03-31}, {name: a, from: 2026-03-31}]",
        f"{AT}:10: recurring[1].name: a is listed twice for the same days; give it another name",
    ),
    "a fee twice": (
        "fees: [{name: F, basis: calls}, {name: f, basis: users}]",
        f"{AT}:10: fees[1].name: f is listed twice; keep one, or name them apart",
    ),
    "a tax twice": (
        "taxes: [{name: VAT, rate: 0.1}, {name: V-A-T, rate: 0.2}, {name: vat, rate: 0}]",
        f"{AT}:10: taxes[2].name: vat is listed twice; keep one, or name them apart",
    ),
    "a user part without a name": (
        "appfoundry: [{app: A, part: b, type: user}]",
        f"{AT}:10: appfoundry[0].charge_name: is missing: users of the part are found by it in "
        "Billable Usage (APP-1)",
    ),
    "an order that waits for the term": (
        "one_time: [{name: A, date: 2026-02-01, billed_in_ramp: no}]",
        f"{AT}:10: one_time[0].billed_in_ramp: an order is billed on its own date, in the ramp "
        "too (CON-9); change its date",
    ),
    "an item that ends before it begins": (
        "recurring: [{name: A, from: 2026-03-31, to: 2026-03-30}]",
        f"{AT}:10: recurring[0].to: 2026-03-30 is before 2026-03-31",
    ),
    "a trial that ends before it begins": (
        "trial_ends_on: 2026-01-14",
        f"{AT}:10: trial_ends_on: 2026-01-14 is before the effective_date 2026-01-15",
    ),
    "a tax of nothing": (
        "taxes: [{name: VAT, rate: 0.1, sections: []}]",
        f"{AT}:10: taxes[0].sections: is empty; leave the key out for all sections",
    ),
    # amendments themselves
    "amendments that are no list": ("amendments: {}", f"{AT}:10: amendments: must be a list"),
    "an amendment that is no mapping": (
        "amendments: [cx2]",
        f"{AT}:10: amendments[0]: must be a mapping of keys",
    ),
    "an amendment without a date": (
        "amendments: [{currency: EUR}]",
        f"{AT}:10: amendments[0].effective_from: is missing",
    ),
    "an amendment without a proper date": (
        "amendments: [{effective_from: soon}]",
        f"{AT}:10: amendments[0].effective_from: 'soon' is not a date as 2026-01-31",
    ),
    "two amendments of a day": (
        "amendments:\n  - effective_from: 2026-05-01\n  - effective_from: 2026-05-01",
        f"{AT}:12: amendments[1].effective_from: 2026-05-01 has an amendment already; write both "
        "as one",
    ),
    "an amended zone": (
        "amendments: [{effective_from: 2026-05-01, time_zone: EST}]",
        f"{AT}:10: amendments[0].time_zone: cannot be amended (CON-14); it is a new contract's",
    ),
    "an amended organization": (
        "amendments: [{effective_from: 2026-05-01, org: acme}]",
        f"{AT}:10: amendments[0].org: cannot be amended (CON-14); it is a new contract's",
    ),
    "an amended anchor": (
        "amendments:\n  - effective_from: 2026-05-01\n    contract:\n"
        "      effective_date: 2026-01-15",
        f"{AT}:13: amendments[0].contract.effective_date: cannot be amended (CON-14); it is a new "
        "contract's",
    ),
    "an amended ramp": (
        "amendments: [{effective_from: 2026-05-01, contract: {ramp_months: null}}]",
        f"{AT}:10: amendments[0].contract.ramp_months: cannot be amended (CON-14); it is a new "
        "contract's",
    ),
    "an amended term": (
        "amendments: [{effective_from: 2026-05-01, contract: {term_months: 24}}]",
        f"{AT}:10: amendments[0].contract.term_months: cannot be amended (CON-14); it is a new "
        "contract's",
    ),
    "an unknown key of an amendment": (
        "amendments:\n  - effective_from: 2026-05-01\n    licenses: []",
        f"{AT}:12: amendments[0].licenses: unknown key; did you mean licences?",
    ),
    "amendments of an amendment": (
        "amendments: [{effective_from: 2026-05-01, amendments: []}]",
        f"{AT}:10: amendments[0].amendments: unknown key; did you mean amendments?",
    ),
    "a wrong value of an amendment": (
        "amendments:\n  - effective_from: 2026-05-01\n    contract: {licence_model: daily}",
        f"{AT}:12: amendments[0].contract.licence_model: 'daily' is unknown: known: "
        "concurrent, hourly, named",
    ),
    "an amendment that merges no mapping": (
        "amendments: [{effective_from: 2026-05-01, voice: cdr}]",
        f"{AT}:10: amendments[0].voice: must be a mapping of keys",
    ),
    "an amended licence of another model": (
        "licences:\n  - {licence: cx2, licence_model: named}\n"
        "amendments:\n  - effective_from: 2026-05-01\n    contract: {licence_model: hourly}",
        f"{AT}:11: licences[0].licence_model: named does not fit: the contract's licence_model is "
        "hourly, models cannot mix (LIC-10)",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_wrong_thing_is_named_with_file_line_and_key(case: str, errors: Errors) -> None:
    more, expected = WRONG[case]
    assert errors(more) == [expected]


EDITED = {
    "another organization": (
        ("org: acme", "org: acne"),
        f"{AT}:1: org: 'acne' is not the file's name 'acme'; they must be equal",
    ),
    "an unknown country": (
        ("country: US", "country: UK"),
        f"{AT}:3: country: unknown country 'UK': write its ISO 3166 code, as GB",
    ),
    "a currency outside PAY-3": (
        ("currency: USD", "currency: CHF"),
        f"{AT}:4: currency: unknown currency 'CHF': known: AUD, BRL, CAD, EUR, GBP, JPY, NZD, USD",
    ),
    "an unknown zone": (
        ("time_zone: UTC", "time_zone: America/Newyork"),
        f"{AT}:5: time_zone: unknown time zone 'America/Newyork': did you mean America/New_York "
        "or America/Nuuk?",
    ),
    "the zone of this machine": (
        ("time_zone: UTC", "time_zone: localtime"),
        f"{AT}:5: time_zone: unknown time zone 'localtime': known: ",
    ),
    "no effective date": (
        ("  effective_date: 2026-01-15\n", ""),
        f"{AT}:6: contract.effective_date: is missing",
    ),
    "no term": (
        ("  subscription", "  term_months: 0\n  subscription"),
        f"{AT}:8: contract.term_months: 0 is not between 1 and 1200",
    ),
    "a negative ramp": (
        ("  subscription", "  ramp_months: -1\n  subscription"),
        f"{AT}:8: contract.ramp_months: -1 is not between 0 and 1200",
    ),
    "no peak": (
        ("  subscription", "  peak: {minutes: 0}\n  subscription"),
        f"{AT}:8: contract.peak.minutes: 0 is not above 0",
    ),
    "an end before the beginning": (
        ("  subscription", "  terminated_on: 2026-01-14\n  subscription"),
        f"{AT}:8: contract.terminated_on: 2026-01-14 is before the effective_date 2026-01-15",
    ),
    "no YAML": (("currency: USD", "currency: [USD"), f"{AT}:5: not readable as YAML: "),
    "a text": ((PLAIN, "acme"), f"{AT}:1: must be a mapping of keys; see `cxledger new-org`"),
    "nothing": ((PLAIN, ""), f"{AT}:1: must be a mapping of keys; see `cxledger new-org`"),
    "a loop": (
        ("name: Acme", "bill_to: &b {address: [*b]}"),
        f"{AT}:2: bill_to.address[0]: refers to something that contains it",
    ),
    "a key that is a list": (("name: Acme", "? [a]\n: b"), f"{AT}:1: a key must be a single word"),
}


@pytest.mark.parametrize("case", EDITED)
def test_a_wrong_edit_is_named_with_file_line_and_key(case: str, errors: Errors) -> None:
    (old, new), expected = EDITED[case]
    messages = errors(text=PLAIN.replace(old, new))
    assert len(messages) == 1
    assert messages[0].startswith(expected)


def test_a_file_name_that_is_no_slug_is_told(errors: Errors) -> None:
    assert errors(text=PLAIN.replace("acme", "Acme"), name="Acme.yml") == [
        "contracts/Acme.yml:1: org: 'Acme' is no name for an organization: a-z, 0-9, - and _, at "
        "most 63 characters, a letter or digit first"
    ]


def test_another_suffix_is_told_and_not_passed_over(errors: Errors) -> None:
    assert errors(name="acme.yaml") == ["contracts/acme.yaml: call it acme.yml"]


def test_everything_wrong_is_told_at_once_in_the_order_of_the_file(errors: Errors) -> None:
    messages = errors(
        """\
        licences:
          - {licence: cx2, committed: -1}
        fees:
          - {name: F}
        amendments:
          - effective_from: 2026-05-01
            fees: [{name: F, basis: none}]
        """,
        text=PLAIN.replace("USD", "CHF"),
    )
    assert [message.split(": ")[1] for message in messages] == [
        "currency",
        "licences[0].committed",
        "fees[0].basis",
        "amendments[0].fees[0].basis",
    ]


def test_at_most_twenty_messages_are_shown(errors: Errors) -> None:
    messages = errors("".join(f"key{number}: 1\n" for number in range(23)))
    assert len(messages) == 21
    assert messages[-1] == "contracts/acme.yml: and 3 more"


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path, catalogue: Catalogue) -> None:
    path = tmp_path / "contracts" / "acme.yml"
    path.parent.mkdir()
    path.write_bytes(PLAIN.replace("name: Acme", "name: Café").encode("latin-1"))
    with pytest.raises(ContractError, match=r"acme\.yml:2: a character is not UTF-8"):
        load_contract(path, catalogue)


def test_a_partner_or_trial_commits_without_a_rate(load: Load) -> None:
    more = "licences: [{licence: cx2, committed: 3}]\nvoice: {rating: rate_sheet}\n"
    assert load(more + "channel: partner\n").base.licences[0].committed == 3
    assert load(more + "trial: true\n").base.licences[0].committed == 3


def test_a_rating_without_its_sheet_is_a_matter_of_the_calls(load: Load) -> None:
    """VOX-4: its calls are unrated, which holds the invoice; one without calls can be billed."""
    assert load("voice: {rating: rate_sheet}").base.voice.rate_sheet is None


def test_the_same_order_on_another_day_is_another_order(load: Load) -> None:
    contract = load(
        "one_time: [{name: A, amount: 1, date: 2026-02-01}, {name: A, date: 2026-02-02}]"
    )
    assert len(contract.base.one_time) == 2


def test_a_recurring_item_may_follow_itself(load: Load) -> None:
    contract = load("recurring: [{name: A, to: 2026-03-30}, {name: A, from: 2026-03-31}]")
    assert len(contract.base.recurring) == 2
