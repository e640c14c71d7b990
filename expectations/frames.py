"""The one bridge from SQL to the frames that Great Expectations reads. Decimals stay decimals.

Great Expectations has no DuckDB source, and its SQL engine fails on DuckDB, so it is given small
pandas frames. `.df()` would turn money into floats; `.pl().to_pandas()` keeps `decimal.Decimal`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl

# Every row that fails is kept; those that hold become one row an invariant, whose sums stand for
# them: a frame of 1,000 organizations stays as small as one of a single organization.
_OUTCOMES = """
with

outcomes as (

    select
        family,
        invariant_id,
        org,
        period_start,
        expected,
        actual,
        detail,
        expected is not distinct from actual and expected is not null as holds
    from reconciliation.invariants

)

select
    family,
    invariant_id,
    org,
    period_start,
    expected,
    actual,
    detail,
    1::bigint as outcomes
from outcomes
where not holds
union all
select
    family,
    invariant_id,
    null as org,
    null as period_start,
    sum(expected) as expected,
    sum(actual) as actual,
    'all that hold' as detail,
    count(*) as outcomes
from outcomes
where holds
group by
    family,
    invariant_id
order by
    invariant_id,
    org,
    period_start
"""


def outcomes(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """What reconciliation found: each failing row, and one row an invariant for all that hold.

    Args:
        con: a connection to a warehouse in which dbt has built `reconciliation.invariants`.

    Returns:
        family, invariant_id, org, period_start, expected and actual (Decimal, 6 places), detail,
        outcomes (how many rows of `reconciliation.invariants` the row stands for). `org` is null
        in the rows that stand for all that hold.
    """
    found: pl.DataFrame = con.sql(_OUTCOMES).pl()
    return found


def to_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """The same frame for Great Expectations, money as `decimal.Decimal` objects."""
    # all as Python's objects: each invariant's rows are looked up, and Arrow is slow with so few
    return frame.to_pandas().astype(object)
