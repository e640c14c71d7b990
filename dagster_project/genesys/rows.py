"""Cells of records to typed rows and rejects: the one implementation of CHK `rejected_rows`.

A row is rejected for the first of its columns, in the report's order, that is empty but required,
does not parse, is negative though a duration, count or quantity, is none of the allowed words, or
precedes the column it may not precede.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from dagster_project.genesys.report import Column, Report
from dagster_project.genesys.values import is_blank, parse

REJECTS_SCHEMA: dict[str, pl.DataType] = {
    "line_number": pl.Int64(),
    "column_name": pl.String(),
    "reason": pl.String(),
    "raw": pl.String(),
}


@dataclass(frozen=True)
class TypedRows:
    """What became of a batch of cells.

    Attributes:
        rows: `report.schema`, in the order of the cells.
        failures: line_number, column_name (as the vendor writes the header), reason.
        money_read: Σ of the money column over all cells, where readable.
        money_loaded: the same over `rows`.
        money_rejected: the same over the rows that fail.
    """

    rows: pl.DataFrame
    failures: pl.DataFrame
    money_read: Decimal
    money_loaded: Decimal
    money_rejected: Decimal


def type_cells(cells: pl.DataFrame, report: Report) -> TypedRows:
    """Give a batch of cells its types and split the rows that fail from it.

    Args:
        cells: line_number and a String column for each of the report's columns that the file has,
            under its stored name.
        report: the columns.
    """
    values = cells.select("line_number")
    reasons: list[pl.Series] = []
    for column in report.columns:
        if column.name in cells.columns:
            raw = cells.get_column(column.name)
            value = parse(column.kind, raw)
            values = values.with_columns(value)
            reason = _reason(report, column, raw, value, values)
            if reason is not None:
                reasons.append(reason)
        else:
            values = values.with_columns(pl.lit(None, column.kind.dtype).alias(column.name))
    money = _sum(values, report)
    if not reasons:
        return TypedRows(values, _no_failures(), money, money, Decimal(0))
    failed = pl.select(pl.any_horizontal([reason.is_not_null() for reason in reasons])).to_series()
    first = pl.coalesce(
        pl.when(reason.is_not_null()).then(
            pl.struct(column_name=pl.lit(reason.name), reason=pl.lit(reason))
        )
        for reason in reasons
    )
    failures = values.select("line_number", first.alias("failure")).filter(failed).unnest("failure")
    rows = values.filter(~failed)
    rejected = values.filter(failed)
    return TypedRows(rows, failures, money, _sum(rows, report), _sum(rejected, report))


def _reason(
    report: Report, column: Column, raw: pl.Series, value: pl.Series, values: pl.DataFrame
) -> pl.Series | None:
    """Why each row fails at this column (null: it does not), named by its header; None: none do."""
    cases: list[tuple[pl.Series, str]] = []
    if value.null_count():
        blank = is_blank(raw)
        if column.must_be_filled:
            cases.append((blank, "is empty"))
        cases.append((value.is_null() & ~blank, f"is not {column.kind.article}"))
    if column.is_amount_of_use:
        cases.append((value < 0, "is negative"))
    if column.one_of:
        word = value.str.to_lowercase()
        if not word.is_in(column.one_of).all():
            word = word.str.strip_chars()
        cases.append((~word.is_in(column.one_of), f"is neither {' nor '.join(column.one_of)}"))
    if column.not_before:
        earlier = values.get_column(column.not_before)
        cases.append((value < earlier, f"is before {report.column(column.not_before).header}"))
    cases = [(is_so.fill_null(value=False), words) for is_so, words in cases if is_so.any()]
    if not cases:
        return None
    reason = pl.coalesce(pl.when(is_so).then(pl.lit(words)) for is_so, words in cases)
    return pl.select(reason.alias(column.header)).to_series()


def _no_failures() -> pl.DataFrame:
    return pl.DataFrame(
        schema={name: REJECTS_SCHEMA[name] for name in ("line_number", "column_name", "reason")}
    )


def _sum(rows: pl.DataFrame, report: Report) -> Decimal:
    """Σ of the report's money column, 0 if it has none."""
    if report.money is None:
        return Decimal(0)
    return Decimal(rows.get_column(report.money).sum() or 0)
