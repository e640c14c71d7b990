"""Which periods a damaged file holds, and what lifts the hold (CHK rejected_rows).

Each organization lands one thing wrong; March, April and May are billed by one run, then two files
are put right and the months are billed again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dagster_project.landing import accept_file
from dagster_project.warehouse import work

if TYPE_CHECKING:
    from conftest import DataFolder

pytestmark = pytest.mark.slow

MARCH, APRIL, MAY = MONTHS = ("2026-03", "2026-04", "2026-05")
USERS = "Charge Name,Entity,Timestamp\n" + "".join(
    f"Genesys Cloud CX 2 User,ann@x.example,{month}-05T09:00:00Z\n" for month in MONTHS
)
CALLS = (
    "SIP Call Id,Origin,Destination,Call Type,Direction,Start time,Duration (Seconds),"
    "Usage Rate Per Minute,Total cost\n"
)
RESOURCES = "Date,Resource,Quantity\n"
DAMAGED_RESOURCES = RESOURCES + "2026-04-01,IVR Minutes,minus one\n"
ORG_USERS = "User,Division,Department,Cost Center\n"


def _call(start: str, seconds: str = "34") -> str:
    return (
        f"sip-{start},+13175550100,+12125550199,Domestic,Outbound,{start},{seconds},0.0119,0.0071\n"
    )


# organization → report and text of its file `landed.csv`, and the months that it holds
LANDED = {
    "within-april": (
        "voice_usage",
        CALLS + _call("2026-04-01T00:00:00Z") + _call("2026-04-09T09:00:00Z", "thirty"),
        [APRIL],
    ),
    "last-instant-of-march": (
        "voice_usage",
        CALLS + _call("2026-03-31T23:59:59Z") + _call("2026-04-09T09:00:00Z", "thirty"),
        [MARCH],
    ),
    "before-and-after": (
        "resources_usage",
        DAMAGED_RESOURCES + "2026-03-31,IVR Minutes,5\n2026-05-01,IVR Minutes,5\n",
        [MARCH, MAY],
    ),
    "no-row-loaded": ("resources_usage", DAMAGED_RESOURCES, [MARCH, APRIL, MAY]),
    "column-missing": ("resources_usage", "Date,Resource\n2026-04-01,IVR Minutes\n", list(MONTHS)),
    "replaced-later": ("resources_usage", "Date,Resource\n2026-04-01,IVR Minutes\n", list(MONTHS)),
    "nothing-in-it": ("resources_usage", "", list(MONTHS)),
    "blank-lines": ("resources_usage", "\n\n\n", list(MONTHS)),
    "header-only": ("resources_usage", RESOURCES, []),
    "org-users": ("org_users", ORG_USERS + "ann@x.example,Sales\n", []),
}


def _held(folder: DataFolder) -> dict[str, list[str]]:
    """The held months of each organization; each period must have its invoice."""
    rows = folder.query(
        "select org, strftime(invoice_month, '%Y-%m'), status, hold_reasons from marts.invoices "
        "order by all"
    )
    assert len(rows) == len(LANDED) * len(MONTHS)
    assert {(status, *reasons) for _, _, status, reasons in rows} <= {
        ("draft",),
        ("held", "rejected_rows"),
    }
    return {
        org: [month for name, month, status, _ in rows if name == org and status == "held"]
        for org in LANDED
    }


@pytest.fixture(scope="module")
def billed(new_data_folder: Callable[[str], DataFolder]) -> DataFolder:
    """All organizations after one run of the three months."""
    folder = new_data_folder("damaged")
    for org, (report, text, _) in LANDED.items():
        folder.contract(org)
        folder.land(org, "billable_usage", "users.csv", USERS)
        folder.land(org, report, "landed.csv", text)
    folder.run_several(MONTHS)
    return folder


@pytest.fixture(scope="module")
def held_at_first(billed: DataFolder) -> dict[str, list[str]]:
    return _held(billed)


@pytest.mark.parametrize("org", LANDED)
def test_a_file_holds_exactly_the_periods_that_its_loaded_rows_touch(
    org: str, held_at_first: dict[str, list[str]]
) -> None:
    assert held_at_first[org] == LANDED[org][2]


def test_rejects_of_org_users_warn_in_every_period(
    billed: DataFolder, held_at_first: dict[str, list[str]]
) -> None:
    del held_at_first
    warned = billed.query(
        "select org, strftime(invoice_month, '%Y-%m') from ops.check_results "
        "where check_name = 'rejected_rows_warned' and not passed order by all"
    )
    assert warned == [("org-users", month) for month in MONTHS]


def test_accepting_or_replacing_a_file_lifts_its_hold_and_no_other(
    billed: DataFolder, held_at_first: dict[str, list[str]]
) -> None:
    ((file_id,),) = billed.query(
        "select file_id from ops.files where org = 'within-april' and rows_rejected > 0"
    )
    with work(billed.settings) as con:
        accept_file(billed.settings, con, file_id, "the carrier confirms a test call", "jo")
    billed.land(
        "replaced-later", "resources_usage", "landed.csv", RESOURCES + "2026-04-01,IVR Minutes,5\n"
    )
    # a good file under another name replaces nothing
    billed.land(
        "column-missing", "resources_usage", "other.csv", RESOURCES + "2026-04-01,IVR Minutes,5\n"
    )
    billed.run_several(MONTHS)
    assert _held(billed) == held_at_first | {"within-april": [], "replaced-later": []}
