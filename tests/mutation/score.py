"""Score the rules' unit tests: how many small wrong changes of the SQL do they find?

    python tests/mutation/score.py [--model NAME ...] [--survivors] [--write] [--jobs N]

`--survivors` lists what no test finds; `--write` writes the scores of all models to the register.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.mutation.kept import kept_score, new_laws
from tests.mutation.neighbours import Law
from tests.mutation.register import (
    argued_mutants,
    claim_laws,
    claimed_laws,
    forget_scores,
    scores_by_rule,
    write_scores,
)
from tests.mutation.scoring import Score, Verdict
from tests.mutation.unit_tests import Model, rule_models, untested_models

_SHOWN = 220


def say(text: str) -> None:
    """Print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def percent(killed: int, counted: int) -> str:
    """A score as a percentage; a model without a mutant has none."""
    return f"{100 * killed / counted:5.1f} %" if counted else "      -"


def table(scores: Sequence[Score]) -> str:
    """The scores of the rules, then the whole."""
    lines = [
        f"{rule or 'no rule':8} {killed:5} / {counted:5} {percent(killed, counted)}"
        for rule, (killed, counted) in sorted(scores_by_rule(scores).items())
    ]
    killed = sum(each.killed for each in scores)
    counted = sum(each.counted for each in scores)
    invalid = sum(each.count(Verdict.INVALID) for each in scores)
    equivalent = sum(each.count(Verdict.EQUIVALENT) for each in scores)
    lines.append(
        f"{'all':8} {killed:5} / {counted:5} {percent(killed, counted)}  "
        f"({len(scores)} models, {equivalent} equivalent, {invalid} invalid)"
    )
    return "\n".join(lines)


def claimed_and_scored(
    model: Model, argued: Collection[tuple[str, str]], claimed: Collection[Law]
) -> tuple[list[Law], Score]:
    """The laws of a model's new unit tests, and its score with all its laws."""
    laws = new_laws(model, {law.unit_test for law in claimed})
    return laws, kept_score(model, argued, {*claimed, *laws})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", nargs="*", default=[])
    parser.add_argument("--survivors", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    models = rule_models(options.model)
    claimed = claimed_laws()
    judge = partial(claimed_and_scored, argued=argued_mutants(), claimed=claimed)
    scores = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for laws, each in pool.map(judge, models):
            scores.append(each)
            say(
                f"{each.model.name:42} {each.killed:4} / {each.counted:4} "
                f"{percent(each.killed, each.counted)}"
            )
            for judged in each.judged:
                if options.survivors and judged.verdict is Verdict.SURVIVED:
                    say(f"    {judged.mutant.id}  {judged.mutant.change[:_SHOWN]}")
            if options.write:
                claim_laws(laws)
                write_scores([each], measured_on=datetime.now(UTC).date())
    if options.write and not options.model:
        forget_scores({model.name for model in models})
    say(table(scores))
    if not options.model:
        untested = untested_models()
        say(
            f"not counted, for only whole runs test them: {len(untested)} models that are no home "
            f"of a rule ({', '.join(untested)})"
        )


if __name__ == "__main__":
    main()
