"""The Dagster side loads, is complete, and lets one writer at a time into the warehouse."""

from __future__ import annotations

import dagster as dg
import pytest

from dagster_project.definitions import defs
from dagster_project.genesys.registry import REPORTS
from dagster_project.warehouse import POOL


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return defs().get_repository_def()


def test_the_assets_that_are_not_dbt_are_exactly_these(
    repository: dg.RepositoryDefinition,
) -> None:
    graph = repository.asset_graph
    ours = {
        key.to_user_string()
        for key in graph.materializable_asset_keys
        if graph.get(key).group_name in {"ingestion", "quality", "published"}
    }
    assert ours == {
        "contracts",
        "reference",
        *(f"genesys/{report}" for report in REPORTS),
        "ops/run",
        "quality/verdict",
        "books/invoices",
        "published/warehouse",
        "published/documents",
    }


def test_every_asset_has_a_description_and_a_group(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    bare = [
        key.to_user_string()
        for key in graph.materializable_asset_keys
        if not graph.get(key).description or graph.get(key).group_name in {None, "default"}
    ]
    assert not bare, f"give these a description and a group: {bare}"


def test_every_op_that_opens_the_working_file_is_in_the_pool(
    repository: dg.RepositoryDefinition,
) -> None:
    job = repository.get_job("invoice_run")
    outside = {
        node.name
        for node in job.nodes_in_topological_order
        if POOL not in node.definition.pools and node.name != "published__documents"
    }
    assert not outside


def test_nothing_is_left_dangling(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    missing = {
        parent.to_user_string()
        for key in graph.materializable_asset_keys
        for parent in graph.get(key).parent_keys
        if parent not in graph.materializable_asset_keys
    }
    assert not missing
