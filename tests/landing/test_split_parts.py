"""Parts of one table that land together, or one after another, in any order."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

HEADER = "Date,Resource,Quantity\n"
ROWS = "".join(f"2026-01-0{n},IVR Minutes,{n}\n" for n in range(1, 7))
CUTS = [len(HEADER) + 30, len(HEADER) + 75]
TEXT = HEADER + ROWS
PARTS = {
    "p1.csv": TEXT[: CUTS[0]],
    "p2.csv": TEXT[CUTS[0] : CUTS[1]],
    "p3.csv": TEXT[CUTS[1] :],
}


@pytest.mark.parametrize("order", itertools.permutations(PARTS))
@pytest.mark.parametrize("is_one_run", [True, False])
def test_parts_read_like_the_whole_in_whatever_order_they_arrive(
    house: Any, order: tuple[str, ...], is_one_run: bool
) -> None:
    for name in order:
        house.land(f"acme/resources_usage/{name}", PARTS[name])
        if not is_one_run:
            house.load("resources_usage")
    house.load("resources_usage")
    assert house.rows(
        "select day(usage_date), quantity::int from genesys.resources_usage order by 1"
    ) == [(n, n) for n in range(1, 7)]
    assert house.rows("from ops.rejected_rows") == []
    assert house.rows("select count(*), sum(lines) from ops.files where status = 'loaded'") == [
        (3, sum(text.count("\n") + (text[-1] != "\n") for text in PARTS.values()))
    ]
    assert house.load("resources_usage").files_skipped == 3


def test_a_part_in_between_that_arrives_late_is_put_in_its_place(house: Any) -> None:
    house.land("acme/resources_usage/p1.csv", PARTS["p1.csv"])
    house.land("acme/resources_usage/p3.csv", PARTS["p3.csv"])
    house.load("resources_usage")
    house.land("acme/resources_usage/p2.csv", PARTS["p2.csv"])
    house.load("resources_usage")
    assert house.rows("select count(*) from genesys.resources_usage") == [(6,)]
    assert house.rows("select count(*) from ops.rejected_rows") == [(0,)]


def test_a_file_with_a_header_does_not_have_its_neighbours_read_again(house: Any) -> None:
    house.land("acme/resources_usage/a.csv", TEXT.rstrip())
    house.land("acme/resources_usage/c.csv", TEXT.replace("2026-01", "2026-03").rstrip())
    house.load("resources_usage")
    house.land("acme/resources_usage/b.csv", TEXT.replace("2026-01", "2026-02").rstrip())
    summary = house.load("resources_usage")
    assert (summary.files_new, summary.files_skipped, summary.rows_loaded) == (1, 2, 6)
