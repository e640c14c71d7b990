"""The warehouse: one working file with one writer, and one published file that anybody may read.

A DuckDB file belongs to one process while it is open for writing, readers included. So a run works
in `<data>/warehouse/work/cxledger.duckdb` and publishes a small copy beside it under a new name,
then switches with one atomic rename: a reader keeps the file that it has opened, the next one sees
the new. Calls are in neither: each is stored once, in an immutable Parquet file per landed file,
and `marts.rated_calls` is a view over those.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from dagster_project.errors import WarehouseError

if TYPE_CHECKING:
    from dagster_project.settings import Settings

POOL = "warehouse"
"""The Dagster pool of everything that opens the working file: one slot (one writer)."""

SCHEMA_VERSION = 7
"""Of warehouse_schema.sql; another number in the working file rebuilds it from the landing."""

STORAGE_VERSION = "v1.2.0"
"""What a DuckDB 1.x client can open; DuckDB 2's own default is newer."""

_DDL = Path(__file__).with_name("warehouse_schema.sql")
_PUBLISHED_OPS = (
    "files",
    "rejected_rows",
    "accepted_files",
    "check_results",
    "billed_months",
    "contract_errors",
    "pruned_months",
)


def schema_hash() -> str:
    """Of the tables that Python writes, and of the format that they are stored in."""
    text = f"{SCHEMA_VERSION} {STORAGE_VERSION} {duckdb.__version__}\n{_DDL.read_text()}"
    return sha256(text.encode()).hexdigest()


@contextmanager
def work(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The working file, open for writing; made, or made anew, if it is missing or outdated.

    Raises:
        WarehouseError: another process has it open, or it cannot be read.
    """
    folder = settings.work_file.parent
    folder.mkdir(parents=True, exist_ok=True)
    settings.spill.mkdir(parents=True, exist_ok=True)
    con = _open(settings.work_file, _config(settings))
    try:
        if _schema_version(con) != SCHEMA_VERSION:
            # new, or of another version: all of it can be rebuilt
            con.close()
            shutil.rmtree(folder)
            folder.mkdir()
            con = _open(settings.work_file, _config(settings))
            con.execute(_DDL.read_text())
            con.execute("create table ops.schema_version as select ? as version", [SCHEMA_VERSION])
        con.execute("set global TimeZone = 'UTC'")  # of its cursors as well
        yield con
    finally:
        con.close()


@contextmanager
def published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only; never blocks a run and is never blocked by one.

    Raises:
        WarehouseError: nothing has been published yet, or what has been lacks what is asked for:
            another version of CX Ledger published it.
    """
    if not settings.published_file.exists():
        raise WarehouseError(
            f"nothing is published under {settings.data} yet: run `cxledger run --month YYYY-MM "
            f"--data {settings.data}` first"
        )
    con = _open(settings.published_file, {"threads": settings.threads}, read_only=True)
    try:
        con.execute("set TimeZone = 'UTC'")
        yield con
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        first_line = str(error).partition("\n")[0]
        raise WarehouseError(
            f"{settings.published_file} was published by another version of CX Ledger "
            f"({first_line}): the next `cxledger run` publishes it anew"
        ) from error
    finally:
        con.close()


def publish(
    settings: Settings, con: duckdb.DuckDBPyConnection, call_relations: Sequence[str]
) -> dict[str, int]:
    """Copies marts and ledger to a new file and switches it in atomically.

    Args:
        settings: where the files are.
        con: the working file, without a transaction in progress.
        call_relations: what `marts.rated_calls` is computed from, `schema.name` in the order of
            dependence and without itself: views are made again as views, tables are copied.

    Returns:
        Rows per published mart.

    Raises:
        WarehouseError: the copy cannot be written.
    """
    target = settings.published_file
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    _remove(fresh)
    try:
        con.execute(f"attach '{_quoted(fresh)}' as fresh (storage_version '{STORAGE_VERSION}')")
        con.begin()
        try:
            rows = _copy_marts(con, call_relations)
            con.commit()
        except BaseException:
            # none is left where it was the commit that failed
            with suppress(duckdb.TransactionException):
                con.rollback()
            raise
        finally:
            con.execute("use cxledger")
            con.execute("detach fresh")
    except duckdb.Error as error:
        _remove(fresh)
        raise WarehouseError(
            f"publishing failed, the last state stays in place: {error}"
        ) from error
    fresh.replace(target)
    _remove(fresh)
    return rows


def count_superseded_calls(con: duckdb.DuckDBPyConnection) -> None:
    """Notes in the ledger how many calls of each file a later row replaces (VOX-10, REC-5)."""
    con.execute(
        """
        update ops.files
        set rows_superseded = counted.rows_superseded
        from (
            select files.file_id, count(superseded.file_id) as rows_superseded
            from ops.files
            left join intermediate.int_telco__superseded_calls as superseded
                on files.file_id = superseded.file_id
            where files.report = 'voice_usage'
            group by files.file_id
        ) as counted
        where
            files.file_id = counted.file_id
            and files.rows_superseded != counted.rows_superseded
            -- of pruned calls what was counted stands
            and (files.rows_pruned = 0 or files.rows_superseded < counted.rows_superseded)
        """
    )


def remember_billed(con: duckdb.DuckDBPyConnection) -> None:
    """Notes which months this run has computed; before publishing, so that readers see it."""
    con.execute(
        "insert or replace into ops.billed_months "
        "select scope.org, scope.invoice_month, run.run_id, run.as_of "
        "from intermediate.int_periods__scope_months as scope cross join ops.run as run"
    )
    con.execute(
        "insert or ignore into ops.kept_months "
        "select org, invoice_month from intermediate.int_periods__scope_months"
    )


def forget_news(con: duckdb.DuckDBPyConnection) -> None:
    """Notes that what was new or changed is published.

    After publishing: a run that follows a killed one finds its news still new.
    """
    con.begin()
    con.execute("update ops.files set is_new = false where is_new")
    con.execute("delete from ops.changed_orgs")
    con.execute(
        """
        update ops.issued_invoices
        set is_new = false
        where
            is_new
            and (org, invoice_month) in (
                select (org, invoice_month) from intermediate.int_periods__scope_months
            )
        """
    )
    con.commit()


def _copy_marts(con: duckdb.DuckDBPyConnection, call_relations: Sequence[str]) -> dict[str, int]:
    views = dict(
        con.execute(
            "select schema_name || '.' || view_name, sql from duckdb_views() "
            "where database_name = 'cxledger'"
        ).fetchall()
    )
    existing = _tables(con)
    marts = sorted(name for name in existing if name.startswith("marts."))
    ops = [f"ops.{name}" for name in _PUBLISHED_OPS]
    wanted = list(dict.fromkeys([*marts, *ops, *call_relations, "marts.rated_calls"]))
    for schema in sorted({name.partition(".")[0] for name in wanted}):
        con.execute(f"create schema if not exists fresh.{schema}")
    # views name what they read with the database, `cxledger`: in the file its own is meant
    con.execute("use fresh")
    rows = {}
    for name in wanted:
        if name in views:
            con.execute(views[name])
        elif name in existing:
            copied = f"create table fresh.{name} as from cxledger.{name}"
            ((count,),) = con.execute(copied).fetchall()
            rows[name] = int(count)
    _copy_comments(con, marts)
    return rows


def _copy_comments(con: duckdb.DuckDBPyConnection, names: Collection[str]) -> None:
    """Carries the descriptions of tables and columns over, so that a client can show them."""
    comments = con.execute(
        "select schema_name || '.' || table_name, column_name, comment from duckdb_columns() "
        "where database_name = 'cxledger' and comment is not null"
    ).fetchall()
    for name, column, comment in comments:
        if name in names:
            text = comment.replace("'", "''")
            con.execute(f"comment on column fresh.{name}.{column} is '{text}'")


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        name
        for (name,) in con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where database_name = 'cxledger'"
        ).fetchall()
    }


def _config(settings: Settings) -> dict[str, str | int]:
    return {
        "threads": settings.threads,
        "memory_limit": f"{settings.memory_limit}B",
        "temp_directory": str(settings.spill),
        "storage_compatibility_version": STORAGE_VERSION,
    }


def _open(
    path: Path, config: dict[str, str | int], *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), config=config, read_only=read_only)
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise WarehouseError(
                f"{path} is in use by another run: wait until it ends (readers use "
                "warehouse/cxledger.duckdb, which is never locked)"
            ) from error
        raise WarehouseError(f"{path} cannot be opened: {error}") from error


def _schema_version(con: duckdb.DuckDBPyConnection) -> int | None:
    """None of a new file, and where making the schema was not finished."""
    try:
        found = con.execute("select version from ops.schema_version").fetchone()
    except duckdb.CatalogException:
        return None
    return int(found[0]) if found else None


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _remove(path: Path) -> None:
    for leftover in (path, path.with_name(path.name + ".wal")):
        with suppress(FileNotFoundError):
            leftover.unlink()
