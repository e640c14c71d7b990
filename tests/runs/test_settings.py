"""Memory and spill: defaults that fit the machine, and what the environment says instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project import warehouse
from dagster_project.settings import Settings

GIGABYTE = 1 << 30


def test_the_defaults_stay_below_three_gigabytes_and_inside_the_data_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CXLEDGER_MEMORY_LIMIT_GB", raising=False)
    monkeypatch.delenv("CXLEDGER_SPILL_DIR", raising=False)
    settings = Settings.load(tmp_path)
    assert 0 < settings.memory_limit <= 3 * GIGABYTE
    assert settings.spill == tmp_path / "warehouse" / "spill"


def test_the_environment_sets_both_and_duckdb_obeys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXLEDGER_MEMORY_LIMIT_GB", "0.5")
    monkeypatch.setenv("CXLEDGER_SPILL_DIR", str(tmp_path / "fast disk"))
    settings = Settings.load(tmp_path / "data")
    assert settings.memory_limit == GIGABYTE // 2
    with warehouse.work(settings) as con:
        names = ("memory_limit", "temp_directory")
        limit, spill = (
            con.execute("select current_setting(?)", [name]).fetchone() for name in names
        )
    assert limit == ("512.0 MiB",)
    assert spill == (str(tmp_path / "fast disk"),)
