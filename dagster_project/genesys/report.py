"""What a usage report is: its columns, their types, and what a row of it may not be.

A report module holds one `Report`; `registry.py` lists them. The order of `columns` is the order
of the table in warehouse_schema.sql and the order in which a row is judged: the first column that
fails is the one named in ops.rejected_rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import polars as pl

DECIMAL = pl.Decimal(18, 6)


class Kind(Enum):
    """The type of a column, as inputs.md writes it and as it is stored."""

    TEXT = "varchar"
    TIMESTAMP = "timestamp"
    DATE = "date"
    INTEGER = "bigint"
    DECIMAL = "decimal(18, 6)"
    BOOLEAN = "boolean"
    HOURS = "bigint, from HOURS:MINUTES:SECONDS:MILLISECONDS"

    @property
    def sql_type(self) -> str:
        """The column's type in warehouse_schema.sql."""
        return self.value.split(", from")[0]

    @property
    def dtype(self) -> pl.DataType:
        """The column's type in a frame of typed rows."""
        return _DTYPES[self]

    @property
    def article(self) -> str:
        """What a value is called in the reason of a reject."""
        return _ARTICLES[self]


_DTYPES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.TIMESTAMP: pl.Datetime("us"),
    Kind.DATE: pl.Date(),
    Kind.INTEGER: pl.Int64(),
    Kind.DECIMAL: DECIMAL,
    Kind.BOOLEAN: pl.Boolean(),
    Kind.HOURS: pl.Int64(),
}

_ARTICLES = {
    Kind.TEXT: "text",
    Kind.TIMESTAMP: "a date and time",
    Kind.DATE: "a date",
    Kind.INTEGER: "a whole number",
    Kind.DECIMAL: "a number with at most 6 decimal places",
    Kind.BOOLEAN: "true or false",
    Kind.HOURS: "a duration HOURS:MINUTES:SECONDS:MILLISECONDS",
}


@dataclass(frozen=True)
class Column:
    """One column of a report.

    Attributes:
        header: the vendor's header, as people write it.
        name: the column of genesys.<report>.
        kind: its type.
        required: the header must be there, and the cell filled (CHK `rejected_rows`).
        may_be_empty: the header must be there, the cell need not be filled.
        is_amount_of_use: a duration, count or quantity: a negative one rejects the row.
        one_of: the only values there are, in any case.
        not_before: the name of an earlier column that this one may not precede.
    """

    header: str
    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    may_be_empty: bool = False
    is_amount_of_use: bool = False
    one_of: tuple[str, ...] = ()
    not_before: str | None = None

    @property
    def must_be_filled(self) -> bool:
        """Whether an empty cell rejects the row."""
        return self.required and not self.may_be_empty


@dataclass(frozen=True)
class Report:
    """One usage report.

    Attributes:
        name: the landing folder and the table genesys.<name>.
        description: a sentence for people: what a row is.
        columns: in the table's order.
        starts: the column with the time from which a row counts; None: rows carry no time.
        ends: the column with the time until which it counts (empty: open-ended), if not `starts`.
        money: the column whose sum is conserved (REC-5).
        is_call_records: millions of rows, kept in Parquet; equal rows are told apart in dbt
            (VOX-10).
        keeps_equal_rows: a row is a line of a document, and two equal lines are two; in all other
            reports but the calls an equal row of the same file counts once.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    starts: str | None = None
    ends: str | None = None
    money: str | None = None
    is_call_records: bool = False
    keeps_equal_rows: bool = False

    def column(self, name: str) -> Column:
        """The column stored as `name`."""
        return next(column for column in self.columns if column.name == name)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Columns and types of a frame of typed rows; line_number comes first."""
        return {"line_number": pl.Int64(), **{c.name: c.kind.dtype for c in self.columns}}
