"""A run's imports leave out what no run uses, and everything is itself again after them."""

from __future__ import annotations

import gc
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from dagster_project.spared_imports import spared_imports

_IN_A_PROCESS = """\
import sys

from dagster_project.spared_imports import spared_imports

with spared_imports():
    import dagster_dbt.core.dbt_cli_event as for_lineage
    from mashumaro.mixins.dict import DataClassDictMixin
assert not any(name.partition(".")[0] == "sqlglot" for name in sys.modules), "left behind"
try:
    for_lineage.parse_one("select 1")
except NotImplementedError as error:
    print(error)
import sqlglot
print(sqlglot.parse_one("select 1").sql())
"""


def test_a_package_that_no_run_uses_is_itself_for_whoever_asks_later() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_PROCESS], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == (
        "a run does not load sqlglot: parse_one is not there\nSELECT 1\n",
        0,
    ), done.stderr


def test_a_package_that_is_loaded_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = import_module("sqlglot")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    with spared_imports():
        assert import_module("sqlglot") is loaded
        import_module("sqlglot.lineage")
    assert sys.modules["sqlglot"] is loaded


def test_no_other_package_has_a_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sqlglotted.py").write_text("there = True")
    monkeypatch.syspath_prepend(str(tmp_path))
    with spared_imports():
        assert import_module("sqlglotted").there


@pytest.mark.parametrize("begin", [gc.enable, gc.disable])
def test_garbage_is_looked_for_afterwards_as_before(begin: Callable[[], None]) -> None:
    before = gc.isenabled()
    finders = list(sys.meta_path)
    begin()
    try:
        expected = gc.isenabled()
        with pytest.raises(ModuleNotFoundError), spared_imports():
            import_module("there_is_no_such")
        assert gc.isenabled() == expected
        assert sys.meta_path == finders
    finally:
        gc.enable() if before else gc.disable()


def test_garbage_is_not_looked_for_meanwhile() -> None:
    with spared_imports():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_serializers_are_compiled_at_once_again() -> None:
    config = import_module("mashumaro.config").BaseConfig
    with spared_imports():
        assert config.lazy_compilation
    assert not config.lazy_compilation


def test_nobody_but_dagster_dbt_imports_what_has_a_stand_in() -> None:
    """Another library that came to need it would fail in a run, far from here."""
    packages = Path(sysconfig.get_paths()["purelib"])
    importers = {
        path.relative_to(packages).parts[0]
        for path in packages.rglob("*.py")
        if b"import sqlglot" in (text := path.read_bytes()) or b"from sqlglot" in text
    }
    assert importers == {"dagster_dbt", "sqlglot"}
