"""What must not matter to a rule: others beside it.

Each dbt unit test is an example of five laws as well.

- Another organization: the given rows are doubled for a second one; the rule must give the expected
  rows for both.
- Another period: they are doubled 28 years later, when the calendar repeats itself to the weekday
  and the leap day; the rule must give the expected rows for both times.
- Nobody: one input alone gets rows of an organization that the other inputs do not know; they add
  nothing.
- Another time: one input alone gets rows of 28 years later; they add nothing.
- Many dates: the dated rows of the catalogue are cut in two at every date that the other rows
  name, into rows that say the same; and constants of other names stand beside. Nothing changes.

Not every unit test can be doubled so (its rows may name no organization, or number something across
them), and not every input may have rows of its own: a period without usage is a row. Which laws
hold for which test is claimed in `neighbour_laws.csv`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import duckdb

_NAMES = ("org", "customer", "file_id", "winner_file_id", "invoice_key", "invoice_id")
EXPECTED = "expected"
_YEARS = 28
_LAST_DATE = "date '2900-01-01'"  # later ones stand for no end
_FIRST_DATE = "date '1950-01-01'"
_TIMES = {"DATE", "TIMESTAMP"}


class Neighbour(Enum):
    """Who is put beside the given rows."""

    ORGANIZATION = "another organization"
    PERIOD = "another period"
    NOBODY = "nobody"
    OTHER_TIME = "another time"
    MANY_DATES = "a catalogue of many dates"

    @property
    def is_in_one_input(self) -> bool:
        """Whether the others are rows of single inputs, which add nothing to what is expected."""
        return self in {Neighbour.NOBODY, Neighbour.OTHER_TIME}

    @property
    def is_in_every_input(self) -> bool:
        """Whether whole organizations or periods are put beside, which are expected as well."""
        return self in {Neighbour.ORGANIZATION, Neighbour.PERIOD}


@dataclass(frozen=True)
class Law:
    """One claim about a unit test.

    Attributes:
        unit_test: its name.
        neighbour: who is put beside its given rows.
        relation: the one input that gets the rows; empty if all do.
    """

    unit_test: str
    neighbour: Neighbour
    relation: str = ""


def add_rows(
    con: duckdb.DuckDBPyConnection,
    schema: str,
    tables: Iterable[str],
    neighbour: Neighbour,
    first_number: int = 1,
) -> int:
    """Doubles the rows of an organization (or of its periods) in each table that has any.

    The expected rows, in the table `expected`, are doubled even if no column of theirs tells the
    neighbour from the first. Rows of single inputs are strangers to each other, too.

    Returns:
        how many rows were added.
    """
    added = 0
    for number, table in enumerate(tables, start=first_number):
        name = f'"{schema}"."{table}"'
        described = con.execute(f"describe {name}").fetchall()
        types = {column: str(kind) for column, kind, *_ in described}
        if neighbour is Neighbour.ORGANIZATION:
            changes = _renamed(types, "other ")
        elif neighbour is Neighbour.NOBODY:
            changes = _renamed(types, f"nobody {number} ")
        elif _is_of_no_period(table):
            changes = {}
        else:
            # an even number for strangers, so that a second period never meets one of them
            changes = _moved(types, _YEARS * (2 * number if neighbour.is_in_one_input else 1))
        if changes or table == EXPECTED:
            replaced = ", ".join(f'{change} as "{column}"' for column, change in changes.items())
            replace = f"replace ({replaced})" if changes else ""
            known = 'where "org" is not null' if "org" in types else ""
            inserted = con.execute(f"insert into {name} select * {replace} from {name} {known}")
            added += int(inserted.fetchall()[0][0])
    return added


def cut_catalogue(con: duckdb.DuckDBPyConnection, schema: str, tables: Iterable[str]) -> int:
    """Cuts dated rows in two at every date that the undated tables name; returns how many rows."""
    dated, dates = [], []
    for table in tables:
        name = f'"{schema}"."{table}"'
        types = {column: str(kind) for column, kind, *_ in
                 con.execute(f"describe {name}").fetchall()}  # fmt: skip
        if {"effective_from", "effective_until"} <= set(types):
            dated.append((name, types))
        elif table != EXPECTED:
            dates += [
                f'select "{column}"::date as cut from {name}'
                for column, kind in types.items()
                if kind in _TIMES
            ]
    if not dated or not dates:
        return 0
    con.execute(f"""
        create temporary table stretches as
        select from_date, lead(from_date, 1, date 'infinity') over (order by from_date) as to_date
        from (
            select date '-infinity' as from_date
            union
            select cut from ({" union ".join(dates)})
            where cut between {_FIRST_DATE} and {_LAST_DATE}
        )
    """)
    for name, types in dated:
        con.execute(f"""
            create temporary table cut as
            select rows.* replace (
                greatest(rows.effective_from, stretches.from_date) as effective_from,
                least(rows.effective_until, stretches.to_date) as effective_until
            )
            from {name} as rows
            inner join stretches
                on stretches.from_date < rows.effective_until
                and stretches.to_date > rows.effective_from
            union all
            select * from {name} where effective_from is null or effective_until is null
        """)
        con.execute(f"delete from {name}")
        con.execute(f"insert into {name} from cut")
        con.execute("drop table cut")
        if "constant_name" in types:
            con.execute(
                f"insert into {name} select * replace ('other' as constant_name, "
                f"value + 1 as value) from {name}"
            )
    con.execute("drop table stretches")
    return len(dated)


def _renamed(types: dict[str, str], prefix: str) -> dict[str, str]:
    return {name: f"'{prefix}' || \"{name}\"" for name in _NAMES if types.get(name) == "VARCHAR"}


def _moved(types: dict[str, str], years: int) -> dict[str, str]:
    return {
        name: (
            f'case when "{name}" between {_FIRST_DATE} and {_LAST_DATE} '
            f'then ("{name}" + interval {years} year)::{kind} else "{name}" end'
        )
        for name, kind in types.items()
        if kind in _TIMES
    }


def _is_of_no_period(table: str) -> bool:
    """The catalogue, the contract and the run are the same for all periods."""
    return "stg_contracts__" in table or "stg_catalogue__" in table or "stg_ops__run" in table
