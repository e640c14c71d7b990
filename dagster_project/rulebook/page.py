"""The rulebook as a Markdown page, made from the register by `make docs`.

python -m dagster_project.rulebook.page      writes dbt/docs/rules.md
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from dagster_project.rulebook.register import Register, Rule, Score, load_register
from dagster_project.settings import DBT_DIR

PAGE_FILE = DBT_DIR / "docs" / "rules.md"
_TO_ROOT = "../../"

_INTRODUCTION = """\
# The rulebook

<!-- Made by `make docs` from dagster_project/rulebook/. Edit there, not here. -->

Every rule has an id, one home, and tests that fail when it is broken. `cxledger rules` lists them,
`cxledger rules VOX-7` shows one. Intervals are half-open; money and quantities are exact decimals,
rounded half away from zero, once, where a rule says so, and nowhere else.
"""


def rules_page(register: Register) -> str:
    """The whole page.

    Args:
        register: the rules, and the tree in which their homes and tests are found.
    """
    return "\n".join(
        [
            _INTRODUCTION,
            *_sources(register),
            *_scores(register),
            *_module_scores(register),
            *(line for family in register.families for line in _family(register, family)),
        ]
    )


def _sources(register: Register) -> Iterator[str]:
    yield "| source | is |"
    yield "| --- | --- |"
    for key, title in register.sources.items():
        yield f"| {key} | {title} |"
    yield ""


def _scores(register: Register) -> Iterator[str]:
    yield "## Mutation scores"
    yield ""
    yield (
        "`make mutation` changes the model of a rule in one small way at a time and runs its "
        "tests. Killed: a test failed. Equivalent: argued to change nothing, and left out."
    )
    yield ""
    if not register.scores:
        yield "Not measured yet."
        yield ""
        return
    yield "| rule | killed | mutants | equivalent | score | measured on |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    measured = {rule: register.scores[rule] for rule in register.rules if rule in register.scores}
    for rule, score in measured.items():
        yield f"| [{rule}](#{_anchor(rule)}) | {_score_cells(score)} |"
    yield ""


def _module_scores(register: Register) -> Iterator[str]:
    if not register.module_scores:
        return
    yield "### Readers and contract checks"
    yield ""
    yield (
        "`make mutation-python` does the same to the Python that reads reports and checks "
        "contracts, with mutmut. A whole run takes hours: what stands here is every Nth mutant of "
        "a module, *tried* of *all*. Neither what ran out of time is among the tried nor what is "
        "argued to be equivalent (`equivalent_python.csv`)."
    )
    yield ""
    yield "| module | killed | tried | all | score | measured on |"
    yield "| --- | ---: | ---: | ---: | ---: | --- |"
    for score in register.module_scores:
        yield (
            f"| {score.module} | {score.killed} | {score.run} | {score.mutants} "
            f"| {_percent(Fraction(score.killed, score.run))} | {score.measured_on} |"
        )
    killed = sum(score.killed for score in register.module_scores)
    run = sum(score.run for score in register.module_scores)
    known = sum(score.mutants for score in register.module_scores)
    share = _percent(Fraction(killed, run))
    yield f"| together | {killed} | {run} | {known} | {share} | |"
    yield ""


def _score_cells(score: Score) -> str:
    return (
        f"{score.killed} | {score.mutants} | {score.equivalent} | {_percent(score.share)} "
        f"| {score.measured_on}"
    )


def _percent(share: Fraction) -> str:
    return f"{float(share):.0%}"


def _family(register: Register, family: str) -> Iterator[str]:
    yield f"## {family} · {register.families[family]}"
    yield ""
    for rule in register.rules.values():
        if rule.family == family:
            yield from _rule(register, rule)


def _rule(register: Register, rule: Rule) -> Iterator[str]:
    home = register.home(rule)
    yield f'<a id="{_anchor(rule.id)}"></a>'
    yield f"### {rule.id} · {rule.title}"
    yield ""
    yield rule.text if rule.in_force else f"*Not in force yet.* {rule.text}"
    yield ""
    note = f" ({rule.note})" if rule.note else ""
    yield f"- Source: {', '.join(rule.sources)}{note}"
    yield f"- Home: [`{Path(home).name}`]({_TO_ROOT}{home})" if home else "- Home: none yet"
    if register.unit_tests(rule):
        twin = str(Path(home).with_suffix(".yml"))
        yield f"- dbt unit tests: [`{Path(twin).name}`]({_TO_ROOT}{twin})"
    files = dict.fromkeys(test.partition("::")[0] for test in register.python_tests(rule))
    if files:
        yield f"- Python tests: {', '.join(f'[`{file}`]({_TO_ROOT}{file})' for file in files)}"
    score = register.scores.get(rule.id)
    yield f"- Mutation score: {score or 'not measured'}"
    yield ""


def _anchor(rule_id: str) -> str:
    return rule_id.lower()


if __name__ == "__main__":
    PAGE_FILE.parent.mkdir(exist_ok=True)
    PAGE_FILE.write_text(rules_page(load_register()), encoding="utf-8")
