"""One grammar of names: a name says what a thing is, which family it is of, and where it lies."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from tests.conventions.tree import File, assert_no, files, tracked

_FORBIDDEN_NAMES = re.compile(
    r"(^|/)((utils|helpers?|common|misc|tools|base)\.py|schema\.yml"
    r"|[^/]*_v\d+\.[^/]+|([^/]*_)?(copy|backup|old|new|tmp)\.(py|sql|yml)|[^/]*\.(orig|rej|bak))$"
)

_WORD = r"[a-z0-9]+(_[a-z0-9]+)*"
_GRAMMAR = {
    # folder of dbt/models: the grammar of a model's stem there
    "staging": rf"stg_(genesys|contracts|catalogue|ops)__{_WORD}",
    "intermediate": rf"int_{_WORD}__{_WORD}",
    "marts": rf"(?!(stg|int|rec|chk)_){_WORD}",
    "checks": rf"chk_{_WORD}",
    "ops": rf"(?!(stg|int|rec|chk)_){_WORD}",
    "reconciliation": rf"(rec_{_WORD}__{_WORD}|invariants|reconciliation_{_WORD})",
}


def forbidden_names(paths: Iterable[str]) -> list[str]:
    return [
        f"{path}: says nothing of what is in it. Name the file for the one thing that it does"
        for path in paths
        if _FORBIDDEN_NAMES.search(path)
        or (path.startswith("dbt/") and path.endswith("__init__.py"))
    ]


def ungrammatical_models(models: Iterable[File]) -> list[str]:
    sins = []
    for model in models:
        layer, *folders = model.path.removeprefix("dbt/models/").split("/")[:-1]
        if not re.fullmatch(_GRAMMAR.get(layer, r"\b\B"), model.stem):
            sins.append(
                f"{model.path}: in {layer}/ a model is named {_GRAMMAR.get(layer, 'nothing')}"
            )
        elif layer == "intermediate" and model.stem.split("__")[0] != f"int_{folders[0]}":
            sins.append(f"{model.path}: its family is {folders[0]}: name it int_{folders[0]}__…")
        elif layer == "staging" and model.stem.split("__")[0] != f"stg_{folders[0]}":
            sins.append(f"{model.path}: its source is {folders[0]}: name it stg_{folders[0]}__…")
    return sins


def unspoken_tests(modules: Iterable[File]) -> list[str]:
    """A test is named by what it shows: three words at least."""
    return [
        f"{module.path}: {name} is no sentence. Say what holds, e.g. test_an_empty_file_is_rejected"
        for module in modules
        for name in re.findall(r"^def (test_\w+)\(", module.text, re.MULTILINE)
        if name.count("_") < 3
    ]


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert_no(forbidden_names(tracked()))


def test_models_follow_the_grammar_of_their_folder() -> None:
    assert_no(ungrammatical_models(files("dbt/models/**/*.sql")))


def test_tests_are_named_by_sentences() -> None:
    assert_no(unspoken_tests(files("tests/**/test_*.py")))


def test_python_modules_have_plain_lower_case_names() -> None:
    assert_no(
        f"{module.path}: use lower case letters and _"
        for module in files("**/*.py")
        if not re.fullmatch(r"(__init__|[a-z][a-z0-9_]*)", module.stem)
    )


@pytest.mark.parametrize(
    "path",
    ["dagster_project/utils.py", "dbt/models/marts/schema.yml", "dbt/models/__init__.py",
     "dbt/models/marts/invoices_v2.sql", "tests/helpers.py", "expectations/frames.py.bak"],
)  # fmt: skip
def test_a_forbidden_name_is_found(path: str) -> None:
    assert forbidden_names([path])


@pytest.mark.parametrize(
    "path", ["dagster_project/__init__.py", "dbt/models/marts/invoices.sql", "tests/conftest.py"]
)
def test_a_good_name_is_no_sin(path: str) -> None:
    assert not forbidden_names([path])


@pytest.mark.parametrize(
    "path",
    [
        "dbt/models/staging/genesys/stg_voice.sql",
        "dbt/models/staging/ops/stg_genesys__files.sql",
        "dbt/models/intermediate/telco/int_licences__charges.sql",
        "dbt/models/marts/int_telco__charges.sql",
        "dbt/models/reconciliation/telco.sql",
        "dbt/models/odds/and_ends.sql",
    ],
)
def test_a_model_in_the_wrong_place_is_found(path: str) -> None:
    assert ungrammatical_models([File(path, "")])


def test_a_test_without_a_sentence_is_found() -> None:
    assert unspoken_tests([File("tests/test_x.py", "def test_load():\n")])
