"""Reading what was published: before there is anything, after another version, after a failure."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dagster_project.errors import WarehouseError
from dagster_project.settings import Settings
from dagster_project.warehouse import publish, published, work
from tests.conftest import DataFolder


def test_before_the_first_run_the_error_names_the_command(tmp_path: Path) -> None:
    with (
        pytest.raises(WarehouseError, match=r"nothing is published .* `cxledger run --month"),
        published(Settings.load(tmp_path)),
    ):
        pass


@pytest.mark.parametrize(
    "query", ["select invoice_number from marts.invoices", "from marts.decisions", "from ops.files"]
)
def test_what_another_version_published_is_named_with_what_it_lacks(
    tmp_path: Path, query: str
) -> None:
    settings = Settings.load(tmp_path)
    settings.published_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.published_file)) as con:
        con.execute("create schema marts")
        con.execute("create table marts.invoices (invoice_id varchar)")
    lacking = r"published by another version .*(invoice_number|decisions|ops).*`cxledger run`"
    with pytest.raises(WarehouseError, match=lacking), published(settings) as con:
        con.execute(query)


def test_a_failed_publication_leaves_the_last_state_and_nothing_half_done(
    data_folder: DataFolder,
) -> None:
    settings = data_folder.settings
    with work(settings) as con:
        con.execute("create schema marts")
        con.execute("create table marts.good as select 1 as one")
        con.execute("create view marts.rated_calls as select one from marts.good")
        publish(settings, con, [])
        before = settings.published_file.read_bytes()
        con.execute("drop table marts.good")
        with pytest.raises(WarehouseError, match=r"publishing failed, the last state .* good"):
            publish(settings, con, [])
        assert settings.published_file.read_bytes() == before
        assert con.execute("select current_database()").fetchone() == ("cxledger",)
        con.execute("create table marts.good as select 2 as one")
        publish(settings, con, [])
    assert settings.published_file.read_bytes() != before
    assert [path.name for path in settings.warehouse.iterdir() if path.is_file()] == [
        settings.published_file.name
    ]
