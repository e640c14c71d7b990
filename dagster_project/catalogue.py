"""The catalogue: the shipped seeds and the user's own rows in reference/ (inputs.md 'Catalogue').

dbt reads the seeds itself; Python reads them to validate contracts and headers, and brings the
user's rows into `reference.*`, where dbt lets them extend or replace the shipped ones. A name that
reports spell in several ways is kept in one key form on both sides, so that a user's row replaces
the shipped row of that name instead of standing beside it.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

import duckdb
import polars as pl
import yaml

from dagster_project.errors import CatalogueError
from dagster_project.nearest import did_you_mean
from dagster_project.settings import SEEDS_DIR, Settings

Value = str | int | bool | date | Decimal | None

SECTIONS = ("core", "resources", "appfoundry", "devices", "telco", "one_time", "taxes")
"""The sections of an invoice, in their order (INV-1)."""

COMBINATIONS = ("sum", "average", "max", "last")
"""How the days of a period combine into a resource's quantity (RES-2)."""

LICENCE_MODELS = ("named", "concurrent", "hourly")
"""What a licence is counted by; models cannot mix (LIC-10)."""

ALWAYS = date(1900, 1, 1)
"""The `effective_from` of a row that does not say one."""


@dataclass(frozen=True)
class _Table:
    """What a catalogue table's columns must hold, beyond the types of its seed.

    Attributes:
        key: the columns that identify a row, together with effective_from.
        optional: columns that may be empty, or missing altogether.
        choices: column → the values it takes.
        known: column → the (table, column) that must have its value, in any spelling.
        keyed: column → the function that brings it into key form; a ValueError says why not.
        remarks: columns that decide nothing: rows that differ in them alone are one row.
    """

    key: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    keyed: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    remarks: frozenset[str] = frozenset()


_LOOK_ALIKES = str.maketrans(
    "\u0130\u0391\u0410\u0392\u0412\u0421\u03f9\u0395\u0415\u0401\u03dc\u050c\u0397\u041d\u0399"
    "\u0406\u0407\u04c0\u0408\u037f\u039a\u041a\u039c\u041c\u039d\u039f\u041e\u0555\u03a1"
    "\u0420\u051a\u0405\u054f\u03a4\u0422\u054d\u0474\u051c\u03a7\u0425\u03a5\u0423\u04ae"
    "\u0396\u03b1\u0430\u0441\u03f2\u0501\u0435\u0451\u0261\u04bb\u0570\u03b9\u0456\u0457"
    "\u0131\u0458\u03f3\u03ba\u043a\u04cf\u043c\u0578\u03bf\u043e\u0585\u03c1\u0440\u051b"
    "\u0566\u0433\u0455\u0442\u03c5\u057d\u03bd\u0475\u051d\u0461\u03c7\u0445\u0443\u04af",
    "IAABBCCEEEFGHHIIIIJJKKMMNOOOPPQSSTTUVWXXYYYZaaccdeeghhiiiijjkklmnoooppqqrstuuvvwwxxyy",
) | {
    # full-width forms
    wide + 0xFEE0: wide
    for wide in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))
}
"""Letters of other alphabets that look like Latin ones (as in the macro description_key)."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DASHES_AND_SPACES = re.compile("[-_\\s\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+")


def name_key(name: str) -> str:
    """Lower case, trimmed, spaces collapsed: how names from reports match (rules.md)."""
    return " ".join(name.lower().split())


def _type_key(name: str) -> str:
    """Lower case, runs of other characters than letters one underscore (number types)."""
    return re.sub(r"[^a-z]+", "_", name.strip().lower())


def description_key(name: str) -> str:
    """A vendor's description as it is compared (REC-1), like the macro of the same name.

    Look-alike letters folded, lower case; hyphens, dashes and repeated spaces are one space.
    """
    folded = _INVISIBLE.sub("", unicodedata.normalize("NFC", name)).translate(_LOOK_ALIKES)
    return _DASHES_AND_SPACES.sub(" ", folded.lower()).strip()


def _header_key(name: str) -> str:
    """A header without case, spaces, underscores, hyphens and brackets."""
    return re.sub(r"[\s_\-()\[\]{}]+", "", name).lower()


def _digits(prefix: str) -> str:
    """A calling prefix: digits, a leading + dropped."""
    digits = prefix.removeprefix("+").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("is not a prefix of digits")
    return digits


_LICENCE = ("licences", "licence")
_RESOURCE = ("resources", "resource")

TABLES: Mapping[str, _Table] = {
    "billing_contacts": _Table(
        key=("region",),
        optional=frozenset({"name", "email", "phone"}),
        choices={"region": ("NA", "LATAM", "EMEA", "APAC")},
        keyed={"region": str.upper},
    ),
    "billing_regions": _Table(
        key=("country",),
        choices={"region": ("NA", "LATAM", "EMEA", "APAC")},
        keyed={"country": str.upper, "region": str.upper},
    ),
    "call_services": _Table(
        key=("service", "direction", "column_name", "word"),
        optional=frozenset({"direction", "column_name"}),
        choices={
            "service": ("byoc", "toll_free", "inbound", "extended_outbound", "outbound"),
            "direction": ("inbound", "outbound"),
            "column_name": ("usage_group", "usage_group_display", "call_type"),
        },
        keyed={
            "service": str.lower,
            "direction": str.lower,
            "column_name": str.lower,
            "word": name_key,
        },
    ),
    "calling_codes": _Table(key=("prefix",), keyed={"prefix": _digits, "country": str.upper}),
    "charge_names": _Table(
        key=("charge_name",),
        optional=frozenset({"licence", "licence_model", "add_on", "device_type"}),
        choices={"licence_model": LICENCE_MODELS},
        known={"licence": _LICENCE},
        keyed={"charge_name": name_key, "licence": str.lower, "licence_model": str.lower},
    ),
    "charges": _Table(
        key=("charge_prefix",),
        optional=frozenset({"title"}),
        choices={"section": SECTIONS},
        keyed={"charge_prefix": str.lower, "section": str.lower},
    ),
    "column_aliases": _Table(
        key=("report", "alias"),
        known={
            "report": ("column_aliases", "report"),
            "column_name": ("column_aliases", "column_name"),
        },
        keyed={"alias": _header_key},
    ),
    "currencies": _Table(
        key=("currency",),
        choices={"minor_units": ("0", "2")},  # round_money knows these
        keyed={"currency": str.upper},
    ),
    "fair_use": _Table(
        key=("licence", "licence_model", "resource"),
        choices={"licence_model": ("named", "concurrent")},
        known={"licence": _LICENCE, "resource": _RESOURCE},
        keyed={"licence": str.lower, "licence_model": str.lower, "resource": str.lower},
    ),
    "licences": _Table(
        key=("licence",), optional=frozenset({"title"}), keyed={"licence": str.lower}
    ),
    "number_types": _Table(
        key=("type_name",),
        choices={"number_type": ("did", "toll_free")},
        keyed={"type_name": _type_key, "number_type": _type_key},
    ),
    "resource_names": _Table(
        key=("resource_name",),
        choices={"basis": ("gross", "net")},
        known={"resource": _RESOURCE},
        keyed={"resource_name": name_key, "resource": str.lower, "basis": str.lower},
    ),
    "resources": _Table(
        key=("resource",),
        optional=frozenset({"title"}),
        choices={"combine": COMBINATIONS},
        keyed={"resource": str.lower, "combine": str.lower},
    ),
    "rule_constants": _Table(
        key=("constant_name",),
        optional=frozenset({"rule_id"}),
        known={"constant_name": ("rule_constants", "constant_name")},
    ),
    "vendor_descriptions": _Table(
        key=("description",),
        keyed={"description": description_key, "charge_prefix": name_key},
    ),
    "voice_rates": _Table(
        key=("rate_sheet", "direction", "service", "prefix", "usage_group", "call_type"),
        optional=frozenset({"prefix", "country", "effective_to", "usage_group", "call_type"}),
        choices={
            "direction": ("inbound", "outbound"),
            "service": ("toll_free", "inbound", "extended_outbound", "outbound"),
        },
        keyed={
            "direction": str.lower,
            "service": str.lower,
            "prefix": _digits,
            "country": str.upper,
        },
        remarks=frozenset({"country"}),
    ),
}
"""The tables of the catalogue: the names of the seeds and of the files in reference/."""


@dataclass(frozen=True)
class Catalogue:
    """Shipped and referenced rows, each table a typed frame with the columns of its seed.

    Attributes:
        files: the names of the files in reference/ that were read, and their bytes' SHA-256.
    """

    shipped: Mapping[str, pl.DataFrame]
    reference: Mapping[str, pl.DataFrame]
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, settings: Settings) -> Catalogue:
        """Reads the shipped seeds and the user's reference/*.csv.

        Raises:
            CatalogueError: a file, column or value that the catalogue does not know; names file,
                line and column.
        """
        shipped = {name: _read(SEEDS_DIR / f"{name}.csv", name, {}) for name in TABLES}
        catalogue = cls(shipped, {name: frame.clear() for name, frame in shipped.items()})
        for name, path in _reference_files(settings.reference):
            known = {
                column: catalogue.values(*source) for column, source in TABLES[name].known.items()
            }
            frame = _read(path, name, known)
            catalogue = cls(
                shipped,
                {**catalogue.reference, name: frame},
                {**catalogue.files, path.name: sha256(path.read_bytes()).hexdigest()},
            )
        return catalogue

    def values(self, table: str, column: str) -> frozenset[str]:
        """The values of one column, shipped or referenced, at any date."""
        both = pl.concat([self.shipped[table][column], self.reference[table][column]])
        return frozenset(both.drop_nulls().to_list())

    @cached_property
    def licences(self) -> frozenset[str]:
        """Codes of base licences."""
        return self.values("licences", "licence")

    @cached_property
    def always_named(self) -> frozenset[str]:
        """Codes of the base licences that are counted by named users in every contract (LIC-6)."""
        both = pl.concat([self.shipped["licences"], self.reference["licences"]])
        return frozenset(both.filter("is_always_named")["licence"].to_list())

    @cached_property
    def licence_names(self) -> Mapping[str, tuple[str, str | None]]:
        """A report's licence name in key form → its code and the licence model it says."""
        both = pl.concat([self.shipped["charge_names"], self.reference["charge_names"]])
        rows = both.drop_nulls("licence").select("charge_name", "licence", "licence_model").rows()
        return {name: (licence, model) for name, licence, model in rows}

    @cached_property
    def resources(self) -> frozenset[str]:
        """Codes of resources."""
        return self.values("resources", "resource")

    @cached_property
    def currencies(self) -> frozenset[str]:
        """Currencies that can be billed (PAY-3)."""
        return self.values("currencies", "currency")

    @cached_property
    def countries(self) -> frozenset[str]:
        """ISO 3166 alpha-2 codes; each has a billing region (PAY-5)."""
        return self.values("billing_regions", "country")

    def column_aliases(self) -> dict[str, dict[str, str]]:
        """Per report: alias in key form → the report's own header; the user's aliases win."""
        aliases: dict[str, dict[str, str]] = {}
        for frame in (self.shipped["column_aliases"], self.reference["column_aliases"]):
            rows = frame.sort("effective_from", maintain_order=True)
            for report, column, alias in rows.select("report", "column_name", "alias").rows():
                aliases.setdefault(report, {})[alias] = column
        return aliases


def write_reference(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> bool:
    """Fills reference.* with the user's rows, all in one transaction.

    Where they differ from what was there, every organization that was billed before goes to
    ops.changed_orgs, and its drafted months are computed again; on the first load there is none.

    Returns:
        Whether they differed.
    """
    is_changed = False
    con.begin()
    try:
        for name, frame in catalogue.reference.items():
            con.register("referenced_rows", frame.to_arrow())
            if con.execute(
                f"""
                select exists (
                    (from referenced_rows except all from reference.{name})
                    union all
                    (from reference.{name} except all from referenced_rows)
                )
                """
            ).fetchall() == [(True,)]:
                is_changed = True
                con.execute(f"delete from reference.{name}")
                con.execute(f"insert into reference.{name} by name from referenced_rows")
            con.unregister("referenced_rows")
        con.execute("delete from ops.reference_files")
        for file_name, digest in catalogue.files.items():
            con.execute("insert into ops.reference_files values (?, ?)", [file_name, digest])
        if is_changed:
            con.execute(
                """
                insert into ops.changed_orgs
                select distinct org from ops.billed_months
                where org not in (select org from ops.changed_orgs)
                """
            )
        con.commit()
    except duckdb.Error:
        con.rollback()
        raise
    return is_changed


def _reference_files(folder: Path) -> list[tuple[str, Path]]:
    """The tables and files of reference/, those first whose codes the others use."""
    if not folder.is_dir():
        return []
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() != ".csv" or path.name.startswith("."):
            continue
        name = path.stem.lower()
        if name not in TABLES:
            raise CatalogueError(
                f"reference/{path.name} is no table of the catalogue: {did_you_mean(name, TABLES)}"
            )
        if name in found:
            raise CatalogueError(
                f"reference/{path.name} and reference/{found[name].name} are the same table: "
                "put their rows into one file"
            )
        found[name] = path
    return sorted(found.items(), key=lambda item: item[0] not in {"licences", "resources"})


@cache
def _column_types(name: str) -> dict[str, str]:
    """The columns of a table and their SQL types, as its seed's .yml declares them."""
    (seed,) = yaml.load((SEEDS_DIR / f"{name}.yml").read_bytes(), Loader=yaml.CSafeLoader)["seeds"]
    types: dict[str, str] = seed["config"]["column_types"]
    return types


_POLARS: Mapping[str, pl.DataType] = {
    "varchar": pl.String(),
    "integer": pl.Int32(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "decimal(18, 6)": pl.Decimal(18, 6),
}


def _read(path: Path, name: str, known: Mapping[str, frozenset[str]]) -> pl.DataFrame:
    """A catalogue file as a typed frame in the seed's column order.

    Args:
        path: the CSV file; short rows lack their last cells, which are then empty.
        name: the table.
        known: column → the codes that other tables have for it.

    Raises:
        CatalogueError: what is wrong, with file, line and column.
    """
    label = f"{path.parent.name}/{path.name}"
    types = _column_types(name)
    table = TABLES[name]
    lines = _lines(path, label)
    header_line, header = next(lines, (1, []))
    places = _places(header, f"{label}:{header_line}", name)
    rows: dict[tuple[Value, ...], tuple[int, dict[str, Value]]] = {}
    values: dict[tuple[str, str], Value] = {}  # most cells of a large file are repeated
    for line, cells in lines:
        where = f"{label}:{line}"
        if any(cell.strip() for cell in cells[len(header) :]):
            raise CatalogueError(f"{where}: {len(cells)} cells, but the header has {len(header)}")
        row: dict[str, Value] = {}
        for column, type_ in types.items():
            place = places.get(column, len(cells))
            text = cells[place].strip() if place < len(cells) else ""
            if (column, text) not in values:
                try:
                    values[column, text] = _value(text, column, type_, table, known.get(column))
                except ValueError as problem:
                    raise CatalogueError(f"{where}: {column}: {problem}") from None
            row[column] = values[column, text]
        _require_sense(row, name, where)
        key = (*(row[column] for column in table.key), row["effective_from"])
        first_line, first = rows.setdefault(key, (line, row))
        if any(row[column] != first[column] for column in types if column not in table.remarks):
            raise CatalogueError(
                f"{where}: {', '.join(table.key)}: listed in line {first_line} with other values "
                "for the same effective_from: keep one of them"
            )
    return pl.DataFrame(
        [list(row.values()) for _, row in rows.values()],
        schema={column: _POLARS[type_] for column, type_ in types.items()},
        orient="row",
    )


def _lines(path: Path, label: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each record that is not blank."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise CatalogueError(
            f"{label}: byte {problem.start} is not UTF-8: save the file as CSV UTF-8"
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as problem:
        raise CatalogueError(f"{label}:{line}: not readable as CSV: {problem}") from None


def _places(header: Sequence[str], where: str, name: str) -> dict[str, int]:
    """Where each column stands; columns are found in any order and spelling of their header."""
    types = _column_types(name)
    by_key = {_header_key(column): column for column in types}
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        column = by_key.get(_header_key(cell))
        if column is None:
            raise CatalogueError(
                f"{where}: {cell.strip()!r} is no column of {name}: "
                f"{did_you_mean(cell.strip(), types)}"
            )
        if column in places:
            raise CatalogueError(f"{where}: {column}: the header has it twice")
        places[column] = place
    optional = TABLES[name].optional | {"effective_from"}
    missing = [column for column in types if column not in places and column not in optional]
    if missing:
        raise CatalogueError(f"{where}: the header lacks {', '.join(missing)}")
    return places


def _value(
    text: str, column: str, type_: str, table: _Table, known: frozenset[str] | None
) -> Value:
    """One cell, typed and in key form.

    Raises:
        ValueError: what is wrong with it.
    """
    if not text:
        if column == "effective_from":
            return ALWAYS
        if column in table.optional:
            return None
        raise ValueError("is empty")
    if column in table.keyed:
        try:
            text = table.keyed[column](text)
        except ValueError as problem:
            raise ValueError(f"{text!r} {problem}") from None
    if column in table.choices and text not in table.choices[column]:
        raise ValueError(f"{text!r} is unknown: {did_you_mean(text, table.choices[column])}")
    if known is not None:
        spelled = {_header_key(code): code for code in known}
        if _header_key(text) not in spelled:
            raise ValueError(f"{text!r} is unknown: {did_you_mean(text, known)}")
        text = spelled[_header_key(text)]
    return _PARSERS[type_](text)


def _integer(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(f"{text!r} is not a whole number from 0")
    return int(text)


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(f"{text!r} is neither true nor false")
    return text.lower() == "true"


def _date(text: str) -> date:
    for style in ("%Y-%m-%d", "%m/%d/%Y"):
        with suppress(ValueError):
            return datetime.strptime(text, style).replace(tzinfo=UTC).date()
    raise ValueError(f"{text!r} is not a date as 2026-01-31 or 1/31/2026")


def _decimal(text: str) -> Decimal:
    """A rate, allocation or constant: never negative, at most 6 decimals."""
    if not re.fullmatch(r"\d{1,12}(\.\d*)?|\.\d+", text):
        raise ValueError(f"{text!r} is not a number from 0 (with a point, without separators)")
    number = Decimal(text)
    if number != round(number, 6):
        raise ValueError(f"{text!r} has more than 6 decimals")
    return number


_PARSERS: Mapping[str, Callable[[str], Value]] = {
    "varchar": str,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "decimal(18, 6)": _decimal,
}


def _require_sense(row: Mapping[str, Value], name: str, where: str) -> None:
    """What a row must hold as a whole."""
    if name == "charge_names":
        meanings = [row[column] for column in ("licence", "add_on", "device_type")]
        if sum(meaning is not None for meaning in meanings) != 1:
            raise CatalogueError(
                f"{where}: licence, add_on, device_type: exactly one says what the name stands for"
            )
    if name == "voice_rates":
        last_day, first_day = row["effective_to"], row["effective_from"]
        if isinstance(last_day, date) and isinstance(first_day, date) and last_day < first_day:
            raise CatalogueError(f"{where}: effective_to: {last_day} is before {first_day}")
