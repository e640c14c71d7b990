"""The scenario organizations: every line of every expected invoice, dbt's data tests, and keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.dbt.invocation import dbt_test
from tests.mutation.dependencies import grains, never_null

if TYPE_CHECKING:
    from conftest import DataFolder


@pytest.mark.slow
def test_every_scenario_organization_gets_the_expected_invoice(scenario_data: DataFolder) -> None:
    answer = (scenario_data.path / "check.txt").read_text()
    assert answer.strip().endswith("30 passed, 0 failed"), answer[-6000:]


@pytest.mark.slow
def test_every_data_test_holds_on_the_scenario_warehouse(
    scenario_data: DataFolder, tmp_path: Path
) -> None:
    passed, said, stopped = dbt_test(
        "--exclude",
        "test_type:unit",
        work_file=scenario_data.settings.work_file,
        target=tmp_path / "target",
    )
    assert stopped is None, stopped
    assert passed, "\n".join(words for words in said if not words.startswith(("pass ", "warn ")))
    assert said


@pytest.mark.slow
def test_the_keys_that_mutants_are_judged_by_name_one_row_each(scenario_data: DataFolder) -> None:
    """tests/mutation/grains.csv: no two rows of a relation share a key, none lacks a part of it."""
    broken = []
    with duckdb.connect(str(scenario_data.settings.work_file), read_only=True) as con:
        places = dict(
            con.execute(
                "select table_name, table_schema || '.' || table_name "
                "from information_schema.tables"
            ).fetchall()
        )
        for relation, keys in grains().items():
            for key in keys:
                columns = ", ".join(sorted(key))
                lacking = [
                    f"{column} is null" for column in key if (relation, column) in never_null()
                ]
                ((rows, named, without),) = con.execute(
                    f"""
                    select
                        (select count(*) from {places[relation]}),
                        (select count(*) from (select distinct {columns} from {places[relation]})),
                        (
                            select count(*) from {places[relation]}
                            where {" or ".join(lacking) or "false"}
                        )
                    """
                ).fetchall()
                if rows != named or without:
                    broken.append(f"{relation} ({columns}): {rows} rows, {named} keys, {without}")
    assert broken == []
