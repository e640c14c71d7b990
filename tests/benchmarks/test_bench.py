"""The benchmark runs, and every means gives the product's answer. Nothing here looks at a clock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks.bench import main
from tests.benchmarks.peers import PEERS, POSTGRES

STAGES = ("start-up", "load", "dedupe", "rate", "marts", "checks", "publish", "documents")


@pytest.mark.slow
def test_a_small_bench_runs_and_all_answers_are_the_same(tmp_path: Path) -> None:
    written = tmp_path / "bench.json"
    rows = main(
        [
            "--rows",
            "3000",
            "--repeat",
            "1",
            "--only",
            "first,peers",
            "--json",
            str(written),
        ]
    )
    first, *others = rows
    product = first.measured["product"]
    assert [line for line, *_ in product.answer] == [
        "inbound.domestic",
        "inbound.international",
        "outbound.domestic",
        "outbound.international",
    ]
    assert sum(calls for _, calls, *_ in product.answer) == 2997
    assert {*STAGES} <= set(product.stages)
    assert product.peak_bytes > 0
    peers = {row.work.split(",")[0] for row in others}
    assert peers == set(PEERS) - {"bare"} - ({"postgresql"} if not POSTGRES.is_dir() else set())
    assert json.loads(written.read_text())["size"]["rows"] == 3000
