"""What is shipped: a lock without addresses, nothing that phones home, nothing that is not text."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
import yaml

from tests.conventions.tree import ROOT, File, assert_no, files, tracked

_ADDRESS = re.compile(
    r"(https?|git\+\w+|file)://|--(extra-)?index-url|--find-links|--trusted-host|^-i\s"
)


def addresses(locks: Iterable[File]) -> list[str]:
    return [
        f"{lock.path}:{number}: names an address. `make lock` writes none: whoever "
        "installs decides where from"
        for lock in locks
        for number, line in lock.lines
        if _ADDRESS.search(line)
    ]


def unpinned(locks: Iterable[File]) -> list[str]:
    return [
        f"{lock.path}:{number}: {line}: pin it with == and hashes"
        for lock in locks
        for number, line in lock.lines
        if line[:1].isalnum() and not re.match(r"[\w.\[\]-]+==\S+ .*\\$", line)
    ]


def test_the_lock_names_no_address_and_pins_everything() -> None:
    locks = files("requirements.lock")
    assert locks
    assert_no([*addresses(locks), *unpinned(locks)])


def test_dbt_phones_nobody() -> None:
    flags = yaml.safe_load((ROOT / "dbt/dbt_project.yml").read_text())["flags"]
    assert flags["send_anonymous_usage_stats"] is False


def test_dagster_and_great_expectations_phone_nobody() -> None:
    settings = (ROOT / "dagster_project/settings.py").read_text()
    runner = (ROOT / "dagster_project/runner.py").read_text()
    validate = (ROOT / "expectations/validate.py").read_text()
    assert '"DAGSTER_DISABLE_TELEMETRY": "1"' in settings
    assert re.search(r"telemetry:\n\s+enabled: false", runner)
    assert re.search(r"nux:\n\s+enabled: false", runner)
    assert "analytics_enabled=False" in validate


def test_no_landed_data_is_committed_but_the_sample() -> None:
    assert_no(
        f"{path}: data directories are the user's: commit data/README.md and data/sample/ only"
        for path in tracked()
        if path.startswith("data/") and not path.startswith(("data/sample/", "data/README.md"))
    )


def test_no_database_or_environment_is_committed() -> None:
    forbidden = (".duckdb", ".duckdb.wal", ".parquet", ".env", ".pyc", ".user.yml")
    assert_no(
        f"{path}: can be made again, or is nobody else's business: remove it"
        for path in tracked()
        if path.endswith(forbidden)
    )


@pytest.mark.parametrize(
    "line", ["--index-url https://registry.example/simple", "x @ git+ssh://host/x", "-i there"]
)
def test_an_address_in_the_lock_is_found(line: str) -> None:
    assert addresses([File("requirements.lock", line)])


def test_an_unpinned_package_is_found() -> None:
    assert unpinned([File("requirements.lock", "polars>=2")])
