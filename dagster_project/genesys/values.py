"""Cells to values, as inputs.md writes them: exactly, or not at all.

Every parser takes a String column and gives a typed one of the same length, null where a cell is
empty or does not parse. The usual style of a column is parsed as it stands; only where a cell
differs is the column brought to one spelling first. Both ways give the same value for a cell.
Nothing is rounded: a number with more than 6 decimal places that are not zeros does not parse.
Fractions of a second beyond microseconds are cut.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from dagster_project.genesys.report import DECIMAL, Kind

_DATE = r"([0-9]{4})-(0[1-9]|1[0-2])-([0-3][0-9])"
_US_DATE = r"(0?[1-9]|1[0-2])/(0?[1-9]|[12][0-9]|3[01])/([0-9]{4})"
_TIME = r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]+))?)?"
_OFFSET = r"(?:[Zz]|([+-])([01][0-9]|2[0-3])(?::?([0-5][0-9]))?)?"
_ISO_DATETIME = f"^{_DATE}[Tt ]{_TIME} ?{_OFFSET}$"
_US_DATETIME = (
    f"^{_US_DATE},? (0?[1-9]|1[0-2]):([0-5][0-9])(?::([0-5][0-9]))?[ \u00a0\u202f]?([AaPp])[Mm]$"
)

# What downloads usually hold, and polars' name for it.
_USUAL_DATETIMES = (
    (r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]Z$", "%Y-%m-%dT%H:%M:%SZ"),
    (r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-5][0-9]$", "%Y-%m-%d %H:%M:%S"),
    (r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]$", "%Y-%m-%dT%H:%M:%S"),
    (
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]\.[0-9]{3}Z$",
        "%Y-%m-%dT%H:%M:%S%.3fZ",
    ),
    (
        r"^(0?[1-9]|1[0-2])/[0-9]{1,2}/[0-9]{4} (0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9] [AP]M$",
        "%m/%d/%Y %I:%M:%S %p",
    ),
)
_USUAL_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_USUAL_DECIMAL = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"
_USUAL_INTEGER = r"^-?[0-9]{1,18}$"

_DIGITS = "(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)"
_DECIMAL = rf"^[+-]?(?:{_DIGITS}(?:\.[0-9]*)?|\.[0-9]+)$"
_INTEGER = rf"^[+-]?{_DIGITS}(?:\.0*)?$"
_HOURS = r"^(-?)([0-9]{1,9}):([0-5]?[0-9]):([0-5]?[0-9]):([0-9]{1,3})$"


def parse(kind: Kind, raw: pl.Series) -> pl.Series:
    """Parse a column of cells; null where one is empty or does not parse."""
    return _PARSERS[kind](raw)


def is_blank(raw: pl.Series) -> pl.Series:
    """True where a cell is empty or holds spaces only."""
    return raw.is_null() | (raw.str.strip_chars() == "").fill_null(value=True)


def _text(raw: pl.Series) -> pl.Series:
    """Text as written; a cell of spaces only is empty."""
    if not raw.str.starts_with(" ").any():
        return raw
    return raw.set(is_blank(raw), None)


def _all(raw: pl.Series, pattern: str) -> bool:
    return bool(raw.str.contains(pattern).fill_null(value=True).all())


def _evaluated(raw: pl.Series, value: pl.Expr) -> pl.Series:
    return raw.rename("raw").to_frame().select(value.alias(raw.name)).to_series()


_CELL = pl.col("raw").str.strip_chars()


def _decimals(raw: pl.Series) -> pl.Series:
    if not _all(raw, _USUAL_DECIMAL):
        plain = _CELL.str.replace_all(",", "", literal=True).str.replace(r"(\.[0-9]{6})0+$", "${1}")
        is_exact = _CELL.str.contains(_DECIMAL) & ~plain.str.contains(r"\.[0-9]{7}")
        raw = _evaluated(raw, pl.when(is_exact).then(plain))
    return raw.cast(DECIMAL, strict=False)


def _integers(raw: pl.Series) -> pl.Series:
    if not _all(raw, _USUAL_INTEGER):
        plain = _CELL.str.replace_all(",", "", literal=True).str.replace(r"\..*$", "")
        raw = _evaluated(raw, pl.when(_CELL.str.contains(_INTEGER)).then(plain))
    return raw.cast(pl.Int64, strict=False)


def _dates(raw: pl.Series) -> pl.Series:
    if not _all(raw, _USUAL_DATE):
        iso = _CELL.str.extract_groups(f"^{_DATE}$")
        us = _CELL.str.extract_groups(f"^{_US_DATE}$")
        raw = _evaluated(raw, pl.coalesce(_iso_date(iso), _us_date(us)))
    return raw.str.to_date("%Y-%m-%d", strict=False)


def _timestamps(raw: pl.Series) -> pl.Series:
    """Instants in UTC, without a zone: no offset is UTC, another one is converted."""
    first = raw.drop_nulls().head(1)
    for pattern, style in _USUAL_DATETIMES:
        if _all(first, pattern) and _all(raw, pattern):
            # (nearly all instants differ: remembering those that were parsed costs a third)
            return raw.str.to_datetime(style, time_unit="us", strict=False, cache=False)
    iso = _CELL.str.extract_groups(_ISO_DATETIME)
    us = _CELL.str.extract_groups(_US_DATETIME)
    fraction = _group(iso, 7).fill_null("").str.slice(0, 6).str.pad_end(6, "0")
    iso_text = pl.format(
        "{} {}:{}:{}.{}",
        _iso_date(iso),
        _group(iso, 4),
        _group(iso, 5),
        _group(iso, 6).fill_null("00"),
        fraction,
    )
    hour = _group(us, 4).cast(pl.Int64) % 12 + 12 * _group(us, 7).str.to_lowercase().eq("p")
    us_text = pl.format(
        "{} {}:{}:{}.000000",
        _us_date(us),
        hour.cast(pl.String).str.zfill(2),
        _group(us, 5),
        _group(us, 6).fill_null("00"),
    )
    minutes = _group(iso, 9).cast(pl.Int64) * 60 + _group(iso, 10).fill_null("0").cast(pl.Int64)
    offset = pl.when(_group(iso, 8) == "-").then(-minutes).otherwise(minutes).fill_null(0)
    written = pl.coalesce(iso_text, us_text).str.to_datetime(
        "%Y-%m-%d %H:%M:%S%.6f", time_unit="us", strict=False
    )
    return _evaluated(raw, written - pl.duration(minutes=offset))


def _group(groups: pl.Expr, place: int) -> pl.Expr:
    return groups.struct.field(str(place))


def _iso_date(groups: pl.Expr) -> pl.Expr:
    """`YYYY-MM-DD` from the first three groups of an ISO date; null where it did not match."""
    return pl.format("{}-{}-{}", _group(groups, 1), _group(groups, 2), _group(groups, 3))


def _us_date(groups: pl.Expr) -> pl.Expr:
    """`YYYY-MM-DD` from the first three groups month, day, year."""
    month, day = (_group(groups, place).str.zfill(2) for place in (1, 2))
    return pl.format("{}-{}-{}", _group(groups, 3), month, day)


def _booleans(raw: pl.Series) -> pl.Series:
    return _evaluated(
        raw,
        _CELL.str.to_lowercase().replace_strict(
            {"true": True, "false": False}, default=None, return_dtype=pl.Boolean
        ),
    )


def _hours(raw: pl.Series) -> pl.Series:
    """Milliseconds of HOURS:MINUTES:SECONDS:MILLISECONDS; hours may exceed a day."""
    groups = _CELL.str.extract_groups(_HOURS)
    hours, minutes, seconds, milliseconds = (
        _group(groups, place).cast(pl.Int64) for place in (2, 3, 4, 5)
    )
    total = ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
    return _evaluated(raw, pl.when(_group(groups, 1) == "-").then(-total).otherwise(total))


_PARSERS: dict[Kind, Callable[[pl.Series], pl.Series]] = {
    Kind.TEXT: _text,
    Kind.TIMESTAMP: _timestamps,
    Kind.DATE: _dates,
    Kind.INTEGER: _integers,
    Kind.DECIMAL: _decimals,
    Kind.BOOLEAN: _booleans,
    Kind.HOURS: _hours,
}
