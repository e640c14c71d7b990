"""The bridge from SQL to pandas keeps every decimal, and stays small however many hold."""

from __future__ import annotations

from decimal import Decimal

import duckdb

from expectations import frames


def test_a_millionth_survives_the_way_to_pandas(outcomes: duckdb.DuckDBPyConnection) -> None:
    outcomes.execute(
        "update reconciliation.invariants set actual = 99999999999999.000001 "
        "where org = 'acme' and invariant_id = 'invoicing.a_line_id_is_one_line'"
    )
    frame = frames.to_pandas(frames.outcomes(outcomes))
    figures = frame.loc[frame["org"] == "acme", "actual"].tolist()
    assert figures == [Decimal("99999999999999.000001")]
    assert isinstance(figures[0], Decimal)


def test_what_holds_is_one_row_an_invariant(
    outcomes: duckdb.DuckDBPyConnection, register: dict[str, str]
) -> None:
    frame = frames.outcomes(outcomes)
    assert frame.height == len(register)
    assert frame["outcomes"].to_list() == [2] * len(register)
    assert set(frame["expected"]) == {Decimal("200.000002")}


def test_a_null_figure_is_kept_as_failing(outcomes: duckdb.DuckDBPyConnection) -> None:
    outcomes.execute(
        "update reconciliation.invariants set actual = null, expected = null "
        "where org = 'acme' and invariant_id = 'telco.calls_lie_in_their_window'"
    )
    failing = frames.outcomes(outcomes).drop_nulls("org")
    assert failing.rows() == [
        (
            "telco",
            "telco.calls_lie_in_their_window",
            "acme",
            failing["period_start"][0],
            None,
            None,
            "made up",
            1,
        )
    ]
