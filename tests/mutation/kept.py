"""Scores are kept beside what dbt compiled until a test, the model or this tool changes."""

from __future__ import annotations

import pickle
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from dagster_project.settings import DBT_DIR
from tests.mutation.neighbours import Law
from tests.mutation.scoring import Judged, Score, Verdict, holding_laws, score
from tests.mutation.unit_tests import Model

_FOLDER = DBT_DIR / "target" / "mutation" / "scores"
_JUDGES = ("equivalence.py", "mutants.py", "neighbours.py", "scoring.py")


def new_laws(model: Model, known: Collection[str]) -> list[Law]:
    """The laws of the unit tests for which none is claimed yet."""
    return sorted(holding_laws(t for t in model.tests if t.name not in known), key=repr)


def kept_score(model: Model, argued: Collection[tuple[str, str]], laws: Collection[Law]) -> Score:
    """The model's score, judged anew only if something that it depends on has changed.

    What is argued comes last, so that an argument costs no run.
    """
    tests = {test.name for test in model.tests}
    stamp = sha256()
    for part in (
        repr(model),
        repr([]),
        repr(sorted(repr(law) for law in laws if law.unit_test in tests)),
        *(Path(__file__).with_name(judge).read_text() for judge in _JUDGES),
    ):
        stamp.update(part.encode() + b"\0")
    file = _FOLDER / f"{model.name}-{stamp.hexdigest()[:16]}.pickle"
    if file.exists():
        kept: Score = pickle.loads(file.read_bytes())  # noqa: S301, our own
        return with_arguments(kept, argued)
    judged = score(model, set(), laws)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    for outdated in _FOLDER.glob(f"{model.name}-*.pickle"):
        outdated.unlink()
    file.write_bytes(pickle.dumps(judged))
    return with_arguments(judged, argued)


def with_arguments(judged: Score, argued: Collection[tuple[str, str]]) -> Score:
    """The score with the survivors that are argued to be equivalent taken off."""
    return Score(
        judged.model,
        [
            Judged(each.mutant, Verdict.EQUIVALENT)
            if each.verdict is Verdict.SURVIVED and (judged.model.name, each.mutant.id) in argued
            else each
            for each in judged.judged
        ],
    )
