"""Scores are kept beside what dbt compiled until a test, the model or this tool changes."""

from __future__ import annotations

import pickle
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from dagster_project.settings import DBT_DIR
from tests.mutation.equivalence import explained
from tests.mutation.mutants import mutant_ids
from tests.mutation.neighbours import Law
from tests.mutation.scoring import Judged, Score, Verdict, holding_laws, score
from tests.mutation.unit_tests import Model

_FOLDER = DBT_DIR / "target" / "mutation" / "scores"
_JUDGES = ("mutants.py", "neighbours.py", "scoring.py")


def new_laws(model: Model, known: Collection[str]) -> list[Law]:
    """The laws of the unit tests for which none is claimed yet."""
    return sorted(holding_laws(t for t in model.tests if t.name not in known), key=repr)


def kept_score(model: Model, argued: Collection[tuple[str, str]], laws: Collection[Law]) -> Score:
    """The model's score, judged anew only if something that it depends on has changed.

    What is argued comes last, so that neither an argument nor a new pattern costs a run.
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
    judged = _with_new_tests(model, laws) or score(model, set(), laws)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    for outdated in _FOLDER.glob(f"{model.name}-*.pickle"):
        outdated.unlink()
    file.write_bytes(pickle.dumps(judged))
    return with_arguments(judged, argued)


def _with_new_tests(model: Model, laws: Collection[Law]) -> Score | None:
    """What is kept of fewer tests, with what the new ones find as well; None if others changed.

    A test more never lets a mutant go that another one has found, so the old ones need not be run.
    """
    for file in _FOLDER.glob(f"{model.name}-*.pickle"):
        older: Score = pickle.loads(file.read_bytes())  # noqa: S301, our own
        new = tuple(test for test in model.tests if test not in older.model.tests)
        statements = {test.sql for test in older.model.tests}
        if (
            older.model.tests
            and new
            and len(new) + len(older.model.tests) == len(model.tests)
            and all(test.sql in statements for test in new)
        ):
            found = score(Model(model.name, model.rules, new), set(), laws)
            verdicts = {each.mutant.id: each for each in found.judged}
            return Score(
                model,
                [
                    verdicts.get(each.mutant.id, each)
                    if each.verdict is not Verdict.KILLED
                    else each
                    for each in older.judged
                ],
            )
    return None


def with_arguments(judged: Score, argued: Collection[tuple[str, str]]) -> Score:
    """The score with the survivors taken off that are argued, or seen, to be equivalent."""
    model = judged.model
    survivors = {each.mutant.id for each in judged.judged if each.verdict is Verdict.SURVIVED}
    excused = {mutant for name, mutant in argued if name == model.name} & survivors
    excused |= seen_to_be_equivalent(model, survivors - excused)
    return Score(
        model,
        [
            Judged(each.mutant, Verdict.EQUIVALENT) if each.mutant.id in excused else each
            for each in judged.judged
        ],
    )


def seen_to_be_equivalent(model: Model, wanted: Collection[str]) -> set[str]:
    """Mutants that the form of every statement shows to be equivalent that has them."""
    statements = {test.sql for test in model.tests} or {model.untested_sql}
    seen, unexplained = set(), set()
    for sql in statements if wanted else ():
        reasons = explained(sql, wanted)
        seen |= set(reasons)
        unexplained |= (mutant_ids(sql) & set(wanted)) - set(reasons)
    return seen - unexplained
