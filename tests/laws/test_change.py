"""Laws of change: what does matter moves the figures that it must, as it must, and no others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.in_memory import billing
from tests.laws import twins
from tests.laws.billed import Laws, bill_with_twins
from tests.laws.organization import MONTHS, Organization
from tests.reference import facts

_CENT = {0: Decimal(1), 2: Decimal("0.01")}


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> Laws:
    """The organizations and their twins, billed."""
    return bill_with_twins(tmp_path_factory.mktemp("laws"), twins.DIFFERENT)


def _codes(figures: Iterable[tuple[Any, ...]], *prefixes: str) -> list[tuple[Any, ...]]:
    return [line for line in figures if line[1].startswith(prefixes)]


def test_doubling_a_rate_doubles_the_amount_before_rounding(laws: Laws) -> None:
    """INV-2: twice the rate, the same quantity, and the amount is quantity times rate, rounded."""
    checked = 0
    for original, twin in laws.pairs["rates_doubled"]:
        before, after = laws.lines(original), laws.lines(twin)
        minor_units = facts.MINOR_UNITS[original.tree["currency"]]
        for line in before:
            # blended lines have their calls' costs, taxes and fees rest on other lines' amounts
            if line[1].startswith("tax.") or before[line][1] is None:
                continue
            quantity, rate, _ = before[line]
            assert after[line][:2] == (quantity, 2 * rate), (twin.org, line)
            exact = 2 * quantity * rate
            assert after[line][2] == exact.quantize(_CENT[minor_units], ROUND_HALF_UP), line
            checked += rate != 0
    assert checked > 20


def test_raising_a_commitment_never_lowers_what_is_prepaid(laws: Laws) -> None:
    """CON-1, CON-2, CON-4, CON-5: what is prepaid never falls, what is on demand never grows."""
    raised = 0
    for original, twin in laws.pairs["commitments_raised"]:
        before, after = laws.quantities(original), laws.quantities(twin)
        for line in _codes({*before, *after}, "licence.", "add_on.", "appfoundry."):
            if line[1].endswith((".prepay", ".committed")):
                assert after[line] >= before[line], (twin.org, line)
                raised += after[line] > before[line]
            else:
                assert after[line] <= before[line], (twin.org, line)
    assert raised > 0


def test_more_resource_usage_never_lowers_an_overage(laws: Laws) -> None:
    """RES-4, APP-1: twice the usage on each day lowers no quantity of any line."""
    grown = 0
    for original, twin in laws.pairs["resource_usage_doubled"]:
        before, after = laws.quantities(original), laws.quantities(twin)
        for line in _codes({*before, *after}, "resource.", "appfoundry."):
            assert after[line] >= before[line], (twin.org, line)
            grown += after[line] > before[line]
    assert grown > 5


def test_more_users_never_lower_the_units_that_are_counted(laws: Laws) -> None:
    """LIC-1, LIC-2, LIC-7, LIC-11: users like those that are there lower no actual quantity."""
    grown = 0
    for original, twin in laws.pairs["more_users"]:
        units = []
        for organization in (original, twin):
            actual: dict[str, Decimal] = defaultdict(Decimal)
            for row in laws.marts["licence_usage"][organization.org]:
                # in the range of a daily report the sessions decide what the new users are
                actual[row["licence"]] += row["actual_high"]
            units.append(actual)
        before, after = units
        assert all(after[name] >= before[name] for name in before), (twin.org, before, after)
        grown += sum(after.values()) > sum(before.values())
    assert grown > 0


def test_more_calls_never_lower_minutes_or_calls(laws: Laws) -> None:
    """VOX-6, VOX-10: each call once more, under another id, is twice the calls and the minutes.

    Minutes are rounded once a line: twice the rounded ones may be a last decimal off.
    """
    for original, twin in laws.pairs["more_calls"]:
        before, after = (_telco(laws, organization) for organization in (original, twin))
        assert after.keys() == before.keys()
        for line, (calls, minutes) in after.items():
            assert calls == 2 * before[line][0], (twin.org, line)
            assert abs(minutes - 2 * before[line][1]) <= Decimal("0.000001"), (twin.org, line)


def _telco(laws: Laws, organization: Organization) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (row["service"], row["market"]): (row["calls"], row["adjusted_minutes"])
        for row in laws.marts["telco_charges"][organization.org]
    }


def test_moving_a_call_a_second_across_the_cutoff_moves_that_call_alone(laws: Laws) -> None:
    """PER-5: a window's first and last seconds are in, the ones before and after it are not."""
    for change, more in (
        ("a_call_before_the_window", 0),
        ("a_call_at_the_cutoff", 1),
        ("a_call_before_the_next_cutoff", 1),
        ("a_call_at_the_next_cutoff", 0),
    ):
        for original, twin in laws.pairs[change]:
            before, after = (_telco(laws, organization) for organization in (original, twin))
            calls, minutes = (
                sum(line[figure] for line in after.values())
                - sum(line[figure] for line in before.values())
                for figure in (0, 1)
            )
            assert (calls, minutes) == (more, 7 * more), (change, twin.org)


def test_an_organization_that_uses_nothing_pays_what_it_agreed_to(laws: Laws) -> None:
    """CON-5, CON-6, INV-5: without a file only commitments, recurring items, orders and taxes."""
    agreed = ("recurring.", "one_time.", "tax.", "fee.", "appfoundry.")
    for original, twin in laws.pairs["nothing_used"]:
        before, after = laws.quantities(original), laws.quantities(twin)
        for line in after:
            is_agreed = line[1].endswith((".prepay", ".committed")) or line[1].startswith(agreed)
            assert is_agreed, (twin.org, line)
            if line[1].endswith((".prepay", ".committed")):
                assert after[line] == before[line], (twin.org, line)


def test_a_row_that_cannot_be_read_holds_and_changes_no_figure(laws: Laws) -> None:
    """CHK: `rejected_rows` holds the periods that its file touches; every line stays as it was."""
    held = 0
    for original, twin in laws.pairs["a_row_that_cannot_be_read"]:
        assert laws.rows("invoice_lines", twin) == laws.rows("invoice_lines", original)
        before, after = laws.holds(original), laws.holds(twin)
        for kind in after:
            assert after[kind] - before.get(kind, set()) <= {"rejected_rows"}, twin.org
            held += "rejected_rows" in after[kind]
    assert held > 0


def test_the_lines_of_every_invoice_add_up_to_its_total(laws: Laws) -> None:
    """INV-2, INV-7: Σ lines = total = subtotal + tax; the total is null if all amounts are."""
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for lines in laws.marts["invoice_lines"].values():
        for line in lines:
            amounts[line["invoice_id"]] += [] if line["amount"] is None else [line["amount"]]
    invoices = [invoice for of_org in laws.marts["invoices"].values() for invoice in of_org]
    assert len(invoices) > 50
    for invoice in invoices:
        known = amounts[invoice["invoice_id"]]
        assert invoice["total"] == (sum(known) if known else None), invoice["invoice_id"]
        if known:
            assert (invoice["subtotal"] or 0) + (invoice["tax"] or 0) == invoice["total"]


def test_no_organization_moves_anothers_figures(laws: Laws, tmp_path_factory: Any) -> None:
    """LIC-9, INV-4: a few of the organizations alone are billed as they were among all others."""
    data = tmp_path_factory.mktemp("alone")
    (data / "reference").symlink_to(laws.data / "reference")
    chosen = laws.sample[::6]
    for organization in chosen:
        organization.write(data)
    con = billing.load(data)
    billing.bill(con, [MONTHS[0]])
    for mart in ("invoice_lines", "invoices", "licence_usage", "telco_charges"):
        query = f"select * from marts.{mart} where org in (select unnest(?)) order by all"
        orgs = [[organization.org for organization in chosen]]
        assert con.execute(query, orgs).fetchall() == laws.con.execute(query, orgs).fetchall()
