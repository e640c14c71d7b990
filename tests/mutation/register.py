"""What is kept about mutants in the repository: scores, argued equivalences, and claimed laws."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path

from tests.mutation.neighbours import Law, Neighbour
from tests.mutation.scoring import Score, Verdict

ROOT = Path(__file__).resolve().parents[2]
SCORES = ROOT / "dagster_project" / "rulebook" / "mutation_scores.csv"
MODULE_SCORES = ROOT / "dagster_project" / "rulebook" / "module_scores.csv"
EQUIVALENT = Path(__file__).with_name("equivalent.csv")
EQUIVALENT_PYTHON = Path(__file__).with_name("equivalent_python.csv")
LAWS = Path(__file__).with_name("neighbour_laws.csv")
_COLUMNS = ("rule_id", "model", "killed", "mutants", "equivalent", "measured_on")


def argued_mutants() -> set[tuple[str, str]]:
    """Model and id of each mutant that is argued to be equivalent."""
    return {(row["model"], row["mutant"]) for row in _read(EQUIVALENT)}


def argued_python_mutants() -> set[str]:
    """mutmut's name of each mutant of the readers and checks that is argued to be equivalent."""
    return {row["mutant"] for row in _read(EQUIVALENT_PYTHON)}


def claimed_laws() -> set[Law]:
    """What is claimed to hold with neighbours beside the given rows of the unit tests."""
    return {
        Law(row["unit_test"], Neighbour[row["neighbour"].upper()], row["input"])
        for row in _read(LAWS)
    }


def claim_laws(holding: Iterable[Law]) -> None:
    """Adds laws that hold; one that is claimed and holds no more is not taken back here."""
    _write(
        LAWS,
        ("unit_test", "neighbour", "input"),
        sorted(
            (law.unit_test, law.neighbour.name.lower(), law.relation)
            for law in {*claimed_laws(), *holding}
        ),
    )


def scores_by_rule(scores: Iterable[Score]) -> dict[str, tuple[int, int]]:
    """Killed and counted mutants of all models of a rule; a model may have several rules."""
    totals: dict[str, tuple[int, int]] = {}
    for score in scores:
        for rule in score.model.rules or ("",):
            killed, counted = totals.get(rule, (0, 0))
            totals[rule] = (killed + score.killed, counted + score.counted)
    return totals


def write_scores(scores: Sequence[Score], measured_on: date) -> None:
    """Writes the scores of models: one row per rule and model, an empty rule for none.

    The equivalent ones are among the mutants there; whoever reads takes them off.
    """
    rows = [
        (
            rule,
            score.model.name,
            score.killed,
            score.counted + score.count(Verdict.EQUIVALENT),
            score.count(Verdict.EQUIVALENT),
            measured_on.isoformat(),
        )
        for score in scores
        for rule in score.model.rules or ("",)
    ]
    _replace_scores(rows)


def write_module_scores(scores: Iterable[tuple[str, int, int, int]], measured_on: date) -> None:
    """Writes the scores of modules (path, killed, run, all), which belong to no single rule."""
    _write(
        MODULE_SCORES,
        ("module", "killed", "run", "mutants", "measured_on"),
        sorted((*score, measured_on.isoformat()) for score in scores),
    )


def _replace_scores(rows: Sequence[Sequence[object]]) -> None:
    """What was measured replaces what was known of the same models and modules."""
    measured = {row[1] for row in rows}
    others = [
        tuple(row[column] for column in _COLUMNS)
        for row in _read(SCORES)
        if row["model"] not in measured
    ]
    _write(SCORES, _COLUMNS, sorted([*others, *rows], key=lambda row: (str(row[0]), str(row[1]))))


def forget_scores(known: Collection[str]) -> None:
    """Takes off the scores of models that are no more."""
    rows = [row for row in _read(SCORES) if row["model"] in known]
    _write(SCORES, _COLUMNS, [tuple(row[column] for column in _COLUMNS) for row in rows])


def _read(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    with file.open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def _write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
