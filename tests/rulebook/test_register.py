"""The register finds what the tree says of a rule, and says so when there is nothing to find."""

from __future__ import annotations

import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.errors import UsageError
from dagster_project.rulebook import load_register, register
from dagster_project.rulebook.page import PAGE_FILE, rules_page

_HEADER = "rule_id,model,killed,mutants,equivalent,measured_on\n"
_SCORES = """\
VOX-7,int_telco__short_calls,18,20,1,2026-11-24
VOX-7,chk_short_calls,9,10,0,2026-11-23
PER-1,int_periods__billing_periods,0,2,2,2026-11-24
"""


@pytest.fixture
def scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mutation_scores.csv"
    monkeypatch.setattr(register, "SCORES_FILE", path)
    return path


def _shown(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["rules", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_every_rule_has_a_text_a_title_and_a_known_source() -> None:
    shipped = load_register()
    for rule in shipped.rules.values():
        assert rule.title, rule.id
        assert rule.text.endswith((".", "…")), rule.id
        assert set(rule.sources) <= set(shipped.sources), rule.id
        assert rule.sources, rule.id


def test_the_rules_of_a_family_are_numbered_without_a_gap() -> None:
    numbers: dict[str, set[int]] = {}
    for rule in load_register().rules.values():
        if not rule.is_check:
            family, _, number = rule.id.partition("-")
            assert family == rule.family
            numbers.setdefault(family, set()).add(int(number))
    assert all(found == set(range(1, len(found) + 1)) for found in numbers.values()), numbers


def test_every_check_of_the_dbt_project_is_in_the_register() -> None:
    shipped = load_register()
    models = {path.stem for path in (shipped.root / "dbt/models/checks").glob("chk_*.sql")}
    # the warning twin of rejected_rows, for the reports that only warn
    models.discard("chk_rejected_rows_warned")
    missing = {m for m in models if m.removeprefix("chk_") not in shipped.rules}
    assert not missing, f"describe them in dagster_project/rulebook/rules.yml: {missing}"


def test_a_rule_is_found_in_any_case_and_an_unknown_one_gets_its_neighbours() -> None:
    shipped = load_register()
    assert shipped.find(" vox-7 ").id == "VOX-7"
    assert shipped.find("Unknown_Resource").id == "unknown_resource"
    with pytest.raises(UsageError, match="no rule VOX7: did you mean VOX-7"):
        shipped.find("VOX7")


def test_a_test_that_cites_a_rule_is_found_by_its_function_or_its_file(tmp_path: Path) -> None:
    tests = tmp_path / "tests" / "telco"
    tests.mkdir(parents=True)
    (tests / "test_calls.py").write_text(
        '"""VOX-1: rounding."""\n\n\n@mark("VOX-2")\ndef test_a_cost():\n    """No VOX-22."""\n\n\n'
        'def make():\n    return "unknown_app", "VOX-3"\n\n\ndef test_two():\n    assert totals\n'
    )
    found = load_register(tmp_path)
    file = "tests/telco/test_calls.py"
    assert found.python_tests(found.find("VOX-1")) == [file]
    assert found.python_tests(found.find("VOX-2")) == [f"{file}::test_a_cost"]
    assert found.python_tests(found.find("VOX-3")) == [file]
    assert found.python_tests(found.find("unknown_app")) == [file]
    assert not found.python_tests(found.find("totals")), "the word is no citation of the check"


def test_without_dbt_and_tests_the_text_is_still_there(tmp_path: Path) -> None:
    bare = load_register(tmp_path)
    rule = bare.find("VOX-7")
    assert "short call" in rule.text
    assert not bare.home(rule)
    assert not bare.unit_tests(rule)
    assert not bare.python_tests(rule)
    assert bare.home(bare.find("PAY-3")) == "dagster_project/contracts/scalars.py"


def test_a_score_adds_up_its_models_and_leaves_out_the_equivalent(scores: Path) -> None:
    scores.write_text(_HEADER + _SCORES)
    measured = load_register().scores
    assert str(measured["VOX-7"]) == "27 of 29 mutants killed (93%, 1 equivalent; 2026-11-23)"
    assert measured["PER-1"].share == 1
    assert measured["VOX-7"].share == Fraction(27, 29)
    assert "27 of 29" in _shown("VOX-7")
    assert "| [VOX-7](#vox-7) | 27 | 30 | 1 | 93% | 2026-11-23 |" in rules_page(load_register())


def test_what_was_not_measured_says_so(scores: Path) -> None:
    assert not scores.exists()
    assert "not measured" in _shown("VOX-7")
    assert "Not measured yet." in rules_page(load_register())


def test_a_sample_of_a_modules_mutants_says_of_how_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "module_scores.csv"
    monkeypatch.setattr(register, "MODULE_SCORES_FILE", path)
    assert "mutation-python" not in rules_page(load_register())
    path.write_text("module,killed,run,mutants,measured_on\na.py,3,4,160,2026-11-24\n")
    page = rules_page(load_register())
    assert "| a.py | 3 | 4 | 160 | 75% | 2026-11-24 |" in page
    assert "| together | 3 | 4 | 160 | 75% | |" in page


def test_one_rule_is_shown_with_text_source_home_and_tests() -> None:
    shown = " ".join(_shown("vox-7").split())
    assert "Short-call surcharge" in shown
    assert "published help page of the vendor" in shown
    assert "dbt/models/intermediate/telco/int_telco__short_calls.sql" in shown
    assert re.search(r"tests \d+ dbt short_calls__", shown)


def test_the_list_has_every_rule() -> None:
    shown = _shown()
    assert all(rule in shown for rule in load_register().rules)


def test_showing_a_rule_imports_neither_dagster_nor_dbt() -> None:
    code = (
        "import sys\nfrom dagster_project.cli import app\n"
        "app(['rules', 'VOX-7'], standalone_mode=False)\n"
        "heavy = {'dagster', 'dbt', 'duckdb', 'polars'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_is_what_the_register_makes() -> None:
    assert PAGE_FILE.read_text(encoding="utf-8") == rules_page(load_register()), (
        f"{PAGE_FILE.name} is stale: make docs"
    )
