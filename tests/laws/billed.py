"""One data directory for the laws: random organizations, and a changed twin of some for each law.

All are loaded and billed together, once, in memory; a law then compares organizations with their
twins. To add a law: write the change in twins.py, put it into SAME or DIFFERENT, name its test.
$LAWS_PAIRS (twins a law) and $LAWS_SEED ask for more, as `make laws` does.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from tests.in_memory import billing
from tests.laws import organization, twins
from tests.laws.organization import Organization
from tests.reference import generator

PAIRS = int(os.environ.get("LAWS_PAIRS", "3"))
SEED = int(os.environ.get("LAWS_SEED", str(organization.SEED)))
# where a figure comes from, and the order that this gives to a line's evidence
_PLACE = ("org", "file_id", "path", "line_number", "evidence_number", "contract_version")


@dataclass
class Laws:
    """The billed organizations, and who is whose twin by the name of the change."""

    con: duckdb.DuckDBPyConnection
    data: Path
    sample: list[Organization]
    pairs: dict[str, list[tuple[Organization, Organization]]]
    marts: Mapping[str, Mapping[str, list[dict[str, Any]]]] = field(init=False)

    def __post_init__(self) -> None:
        self.marts = {mart: self._by_org(mart) for mart in billing.MARTS}

    def _by_org(self, mart: str) -> dict[str, list[dict[str, Any]]]:
        # calls of no period are in unassigned_usage
        where = "where period_start is not null" if mart == "rated_calls" else ""
        found = self.con.execute(f"select * from marts.{mart} {where}")
        columns = [column[0] for column in found.description]
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for values in found.fetchall():
            row = dict(zip(columns, values, strict=True))
            rows[row.get("org") or row["invoice_id"]].append(row)
        return rows

    def rows(
        self, mart: str, org: Organization, without: Sequence[str] = ()
    ) -> list[tuple[Any, ...]]:
        """A mart's rows of an organization, without what names it or a file, in any order."""
        hidden = {*_PLACE, *without}
        return sorted(
            (
                tuple(
                    _renamed(value, org.org, org.original)
                    for column, value in row.items()
                    if column not in hidden
                )
                for row in self.marts[mart][org.org]
            ),
            key=repr,
        )

    def same(self, change: str, without: Sequence[str] = (), leave: Sequence[str] = ()) -> None:
        """The twins' marts are their originals'.

        Args:
            change: name of the change.
            without: columns that show what was written, and may differ.
            leave: marts that are about something else.
        """
        for original, twin in self.pairs[change]:
            for mart in billing.MARTS:
                if mart not in leave:
                    found = self.rows(mart, twin, without)
                    expected = self.rows(mart, original, without)
                    assert found == expected, f"{change}: {mart} of {original.org}"

    def lines(self, org: Organization) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """Quantity, rate and amount by invoice kind, charge code and service start."""
        kinds = {i["invoice_id"]: i["invoice_kind"] for i in self.marts["invoices"][org.org]}
        return {
            (kinds[line["invoice_id"]], line["charge_code"], line["service_start"]): (
                line["quantity"],
                line["rate"],
                line["amount"],
            )
            for line in self.marts["invoice_lines"][org.org]
        }

    def quantities(self, org: Organization) -> dict[tuple[Any, ...], Decimal]:
        """Quantity by invoice kind, charge code and service start; 0 where there is no line."""
        lines = {line: figures[0] for line, figures in self.lines(org).items()}
        return defaultdict(Decimal, lines)

    def holds(self, org: Organization) -> dict[str, set[str]]:
        """Hold reasons by invoice kind."""
        return {i["invoice_kind"]: set(i["hold_reasons"]) for i in self.marts["invoices"][org.org]}


def bill_with_twins(data: Path, changes: Sequence[twins.Change]) -> Laws:
    """Bills the sample, and for each change the twins of a few, for the first month.

    Args:
        data: an empty folder.
        changes: of twins.py.
    """
    sample = organization.sample(SEED)
    (data / "contracts").mkdir()
    generator.write_rates(data, SEED)
    generator.write_catalogue(data)
    pairs: dict[str, list[tuple[Organization, Organization]]] = {}
    for change in changes:
        name = change.__name__
        random = Random(name)  # noqa: S311
        suits = twins.SUITS.get(change, lambda _: True)
        suited = [original for original in sample if suits(original)]
        assert suited, f"{name} suits no organization of seed {SEED}"
        chosen = random.sample(suited, min(PAIRS, len(suited)))
        pairs[name] = [(original, original.twin(name)) for original in chosen]
        for _, twin in pairs[name]:
            change(twin, random)
    for org in (*sample, *(twin for of_change in pairs.values() for _, twin in of_change)):
        org.write(data)
    con = billing.load(data)
    billing.bill(con, [organization.MONTHS[0]])
    return Laws(con, data, sample, pairs)


def _renamed(value: Any, *names: str) -> Any:
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, "«org»")
        return value
    return [_renamed(item, *names) for item in value] if isinstance(value, list) else value
