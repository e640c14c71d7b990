"""Memory and spill: defaults that fit the machine, and what the environment says instead."""

from __future__ import annotations

import os
from pathlib import Path

import jinja2
import pytest
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.environments.local import LocalEnvironment

from dagster_project import warehouse
from dagster_project.settings import DBT_DIR, Settings

GIGABYTE = 1 << 30


def test_the_defaults_leave_a_run_below_three_gigabytes_and_inside_the_data_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CXLEDGER_MEMORY_LIMIT_GB", raising=False)
    monkeypatch.delenv("CXLEDGER_SPILL_DIR", raising=False)
    settings = Settings.load(tmp_path)
    assert 0 < settings.memory_limit <= 2 * GIGABYTE
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


def test_a_model_that_spills_does_not_stop_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB takes no other spill directory after the first spill, not even the same again."""
    spill = tmp_path / "spill"
    monkeypatch.setenv("CXLEDGER_WORK_FILE", str(tmp_path / "work.duckdb"))
    monkeypatch.setenv("CXLEDGER_MEMORY_LIMIT", "100MB")
    monkeypatch.setenv("CXLEDGER_SPILL", str(spill))
    profile = yaml.safe_load(
        jinja2.Template((DBT_DIR / "profiles.yml").read_text()).render(
            env_var=lambda name, default="": os.environ.get(name, default)
        )
    )["cxledger"]["outputs"]["warehouse"]
    environment = LocalEnvironment(DuckDBCredentials.from_dict(profile))
    model = environment.handle()
    model.cursor().execute(
        "create table sorted as select md5(i::varchar) as text from range(2000000) as r (i) "
        "order by text"
    )
    assert spill.is_dir()
    following = environment.handle().cursor()
    assert following.execute("select count(*) from sorted").fetchone() == (2_000_000,)
    assert following.execute("select current_setting('memory_limit')").fetchone() == ("95.3 MiB",)
    environment.close()
