"""The landing: which files there are, in what order they were received, and what was loaded.

A file is known by organization, report and content. `books/files.jsonl` remembers every file as it
was first seen (received order, REC-5) and every name it was seen under, so that an unchanged file
is not read again; it is append-only and outlives the warehouse. ops.files says what the warehouse
holds of them. A file is loaded in one transaction: killed half way, it is not loaded.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from dagster_project.books import append_to_book, read_book
from dagster_project.errors import LandingError, UsageError
from dagster_project.genesys import REPORTS
from dagster_project.genesys.containers import (
    CHUNK,
    by_name,
    content_hash,
    contents,
    is_ignored,
    is_readable,
    is_zip,
)
from dagster_project.genesys.header import Aliases, FileRejectedError
from dagster_project.genesys.parts import Parts, Piece
from dagster_project.genesys.reading import (
    Batch,
    Tally,
    count_lines,
    read_pieces,
    read_rows,
    write_rows,
)
from dagster_project.genesys.report import Report
from dagster_project.nearest import nearest_names
from dagster_project.settings import Settings

ORG_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")

# Small files that are in memory at a time, however many processors there are.
_BESIDE = 4

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LandedFile:
    """A file in the landing, as it lies there now.

    Attributes:
        org: organization slug.
        report: a key of REPORTS.
        path: absolute.
        size: bytes.
        modified_at: modification time, UTC without a zone, microseconds.
    """

    org: str
    report: str
    path: Path
    size: int
    modified_at: datetime


@dataclass(frozen=True)
class LoadSummary:
    """What became of the landed files of one report."""

    files_new: int = 0
    files_skipped: int = 0
    files_rejected: int = 0
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_duplicate: int = 0


@dataclass(frozen=True)
class BookEntry:
    """A line of books/files.jsonl: a file under a name; the first line of a file_id counts.

    Attributes:
        file_id: first 16 hex digits of sha256(org/report/sha256).
        path: relative to the data directory.
        received_at: modification time, ISO 8601, UTC.
        size: bytes.
    """

    file_id: str
    org: str
    report: str
    path: str
    sha256: str
    received_at: str
    size: int


@dataclass(frozen=True)
class Acceptance:
    """A line of books/accepted.jsonl: who lifted the hold of a file, when and why."""

    file_id: str
    accepted_by: str
    accepted_at: str
    reason: str


@dataclass
class _Folder:
    """The files of one organization's report: which one continues which."""

    report: Report
    aliases: Aliases
    paths: list[Path]
    _parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        self.paths = sorted(
            (path for path in self.paths if not is_zip(path)), key=lambda path: by_name(path.name)
        )
        self._parts = Parts(
            [content for path in self.paths for content in contents(path)],
            self.report,
            self.aliases,
        )

    def pieces(self, path: Path) -> list[Piece]:
        """The contents of a file, ready to be read."""
        if is_zip(path):
            members = contents(path)
            parts = Parts(members, self.report, self.aliases)
            return [parts.piece(place) for place in range(len(members))]
        return [self._parts.piece(self.paths.index(path))]

    def neighbours(self, path: Path) -> Iterator[Path]:
        """The files whose reading depends on this one being there."""
        if is_zip(path):
            return
        place = self.paths.index(path)
        is_before_part = place + 1 < len(self.paths) and self._parts.continues(place + 1)
        if place and (is_before_part or self._parts.taken_by_previous(place)):
            yield self.paths[place - 1]
        for later in range(place + 1, len(self.paths)):
            if not self._parts.continues(later):
                return
            yield self.paths[later]


Hasher = Callable[[LandedFile], str]
"""Gives the SHA-256 of a landed file, in hex: `sha256_of`, or `hashed_ahead.HashedAhead`."""


def sha256_of(file: LandedFile) -> str:
    """The hash of a landed file, read now.

    Raises:
        OSError: it cannot be read.
    """
    return content_hash(file.path)


def discover(settings: Settings, orgs: Collection[str] | None = None) -> list[LandedFile]:
    """The landed files that can be read, by organization, report and name.

    Warns of whatever lies in the landing and is none: nothing is passed over in silence, except
    hidden files and unfinished downloads.

    Args:
        settings: where the landing is.
        orgs: only these organizations; None: all.
    """
    return _landed(settings, orgs, _log.warning)


def new_files(settings: Settings) -> list[LandedFile]:
    """What `discover` finds and the book does not know as it is; says nothing of anything else."""
    book = _Book(settings)
    return [file for file in _landed(settings, None, lambda *_: None) if book.seen(file) is None]


def _landed(
    settings: Settings, orgs: Collection[str] | None, warn: Callable[..., None]
) -> list[LandedFile]:
    found: list[LandedFile] = []
    for org_dir in _entries(settings.landing):
        if orgs is not None and org_dir.name not in orgs:
            continue
        if not org_dir.is_dir() or not ORG_SLUG.fullmatch(org_dir.name):
            warn(
                "%s is not read: landing/ holds one folder per organization, named with a-z, 0-9, "
                "_ and -.",
                _relative(settings, org_dir),
            )
            continue
        for report_dir in _entries(org_dir):
            if not report_dir.is_dir() or report_dir.name not in REPORTS:
                warn(
                    "%s is not read: it is no report folder. Reports: %s.",
                    _relative(settings, report_dir),
                    ", ".join(REPORTS),
                )
                continue
            found += _files_of(settings, report_dir, warn)
    return found


def load_report(
    settings: Settings,
    con: duckdb.DuckDBPyConnection,
    report: str,
    landed: Sequence[LandedFile],
    aliases: Aliases,
    *,
    hasher: Hasher = sha256_of,
    on_progress: Callable[[LandedFile], None] | None = None,
) -> LoadSummary:
    """Load the files of one report that the warehouse does not hold yet.

    A file rejected for its header is tried again once an alias explains it. A part that arrives
    later has its neighbours read again: the row cut between them, or the
    header it brings, is theirs too. So the warehouse never depends on the order of arrival.

    Args:
        settings: the data directory.
        con: the working file, with warehouse_schema.sql applied.
        report: a key of REPORTS.
        landed: what `discover` found (of any report).
        aliases: more spellings of headers.
        hasher: hashes the files that the book does not know as they are.
        on_progress: called with each file when it is done.

    Raises:
        LandingError: a file cannot be opened, or the reader breaks conservation.
    """
    book = _Book(settings)
    files = [file for file in landed if file.report == report]
    entries = {file.path: book.entry(file, hasher) for file in files}
    book.keep()
    files.sort(key=lambda file: _received_order(entries[file.path]))
    known, held, headless = _known_ids(con, report)
    folders = _folders(files, aliases)

    due: dict[str, LandedFile] = {}
    for file in files:
        file_id = entries[file.path].file_id
        if file_id not in held or (
            file_id in headless and _has_header(folders[file.org], file.path)
        ):
            due.setdefault(file_id, file)
    by_path = {file.path: file for file in files}
    pruned = _pruned_ids(con, report)
    for file in list(due.values()):
        for path in folders[file.org].neighbours(file.path):
            if entries[path].file_id not in pruned:
                due.setdefault(entries[path].file_id, by_path[path])

    total = dict.fromkeys(LoadSummary.__dataclass_fields__, 0)
    total["files_skipped"] = len(files) - len(due)
    loads = [
        _Load(settings, con, book.first(file_id), file, folders[file.org], file_id in known)
        for file_id, file in due.items()
    ]
    for load, outcome in _run_all(loads, settings.threads):
        for name, count in asdict(outcome).items():
            total[name] += count
        if on_progress:
            on_progress(load.file)
    return LoadSummary(**total)


def refresh_received_ranks(con: duckdb.DuckDBPyConnection) -> None:
    """Number each organization's files by when they were received, then by name."""
    con.execute(
        """
        update ops.files
        set received_rank = ranked.received_rank
        from (
            select
                file_id,
                row_number() over (
                    partition by org order by received_at, parse_filename(path), path, file_id
                ) as received_rank
            from ops.files
        ) as ranked
        where
            files.file_id = ranked.file_id
            and files.received_rank <> ranked.received_rank
        """
    )


def refresh_calls_view(con: duckdb.DuckDBPyConnection) -> None:
    """Point genesys.voice_usage at the Parquet files of all loaded voice files."""
    call_reports = [report for report in REPORTS.values() if report.is_call_records]
    for report in call_reports:
        rows = con.execute(
            "select storage_path from ops.files where report = ? and storage_path is not null "
            "order by storage_path",
            [report.name],
        ).fetchall()
        columns = _columns_and_types(report)
        if rows:
            paths = ", ".join(_literal(path) for (path,) in rows)
            source = f"read_parquet([{paths}], hive_partitioning = false)"
            selected = ", ".join(columns)
            con.execute(
                f"create or replace view genesys.{report.name} as select {selected} from {source}"
            )
        else:
            selected = ", ".join(f"null::{kind} as {name}" for name, kind in columns.items())
            con.execute(
                f"create or replace view genesys.{report.name} as select {selected} where false"
            )


def read_accepted(settings: Settings) -> list[Acceptance]:
    """All acceptances, oldest first."""
    return [Acceptance(**record) for record in read_book(_accepted_book(settings))[0]]


def refresh_accepted(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    """Make ops.accepted_files what the books say; the last word on a file counts."""
    latest = {accepted.file_id: accepted for accepted in read_accepted(settings)}
    con.begin()
    con.execute("delete from ops.accepted_files")
    for accepted in latest.values():
        _insert_accepted(con, accepted)
    con.commit()


def accept_file(
    settings: Settings, con: duckdb.DuckDBPyConnection, file_id: str, reason: str, by: str
) -> None:
    """Lift the hold of a file's rejected rows, and have its organization computed again.

    Args:
        settings: where the books are.
        con: the working file.
        file_id: of ops.files.
        reason: why it is right to bill without these rows.
        by: who says so.

    Raises:
        UsageError: there is no such file, or no reason.
    """
    found = dict(con.execute("select file_id, org from ops.files").fetchall())
    if file_id not in found:
        hint = f"{nearest_names(file_id, found)} `cxledger status` lists those that hold.".strip()
        msg = f"there is no file {file_id}. {hint}"
        raise UsageError(msg)
    if not reason.strip():
        msg = f"file {file_id} is not accepted without a reason: say --reason TEXT."
        raise UsageError(msg)
    accepted = Acceptance(file_id, by, _iso(datetime.now(UTC).replace(tzinfo=None)), reason)
    append_to_book(_accepted_book(settings), [asdict(accepted)])
    con.begin()
    con.execute("delete from ops.accepted_files where file_id = ?", [file_id])
    _insert_accepted(con, accepted)
    con.execute("insert into ops.changed_orgs values (?)", [found[file_id]])
    con.commit()


class _Book:
    """books/files.jsonl, read once; new lines are kept together."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = settings.books / "files.jsonl"
        self._first: dict[str, BookEntry] = {}
        self._seen: dict[tuple[str, str, str], BookEntry] = {}
        self._new: list[BookEntry] = []
        for record in read_book(self._path)[0]:
            self._take(BookEntry(**record))

    def first(self, file_id: str) -> BookEntry:
        """A file as it was first seen."""
        return self._first[file_id]

    def seen(self, file: LandedFile) -> BookEntry | None:
        """The file's entry under its name, unless it is new or has changed since."""
        entry = self._seen.get((file.org, file.report, _relative(self._settings, file.path)))
        is_same = entry is not None and (entry.size, entry.received_at) == (
            file.size,
            _iso(file.modified_at),
        )
        return entry if is_same else None

    def entry(self, file: LandedFile, hasher: Hasher) -> BookEntry:
        """The file's first entry; one that is new or has changed is hashed and noted."""
        seen = self.seen(file)
        if seen is None:
            try:
                sha256 = hasher(file)
            except OSError as error:
                raise _unreadable(self._settings, file, error) from error
            seen = BookEntry(
                file_id=_file_id(file.org, file.report, sha256),
                org=file.org,
                report=file.report,
                path=_relative(self._settings, file.path),
                sha256=sha256,
                received_at=_iso(file.modified_at),
                size=file.size,
            )
            self._new.append(seen)
        return self._first.get(seen.file_id, seen)

    def keep(self) -> None:
        """Write the new entries, in received order, before anything of them is loaded."""
        self._new.sort(key=_received_order)
        if self._new:
            append_to_book(self._path, [asdict(entry) for entry in self._new])
        for entry in self._new:
            self._take(entry)
        self._new = []

    def _take(self, entry: BookEntry) -> None:
        self._first.setdefault(entry.file_id, entry)
        self._seen[entry.org, entry.report, entry.path] = entry


@dataclass
class _Load:
    """The load of one file."""

    settings: Settings
    con: duckdb.DuckDBPyConnection
    entry: BookEntry
    file: LandedFile
    folder: _Folder
    is_again: bool

    def run(self) -> LoadSummary:
        """Read the file and write what it holds, all or nothing."""
        tally = Tally()
        reason = storage = None
        self.con.begin()
        try:
            if self.is_again:
                self._forget()
                if self._report.is_call_records:
                    # the days that it held before and no longer does are to be rated again as well
                    self.con.execute("insert into ops.changed_orgs values (?)", [self.entry.org])
            try:
                storage = self._read(tally)
            except FileRejectedError as error:
                self._forget()
                tally = self._count_lines()
                reason = f"{_relative(self.settings, self.file.path)}: {error}"
            if reason is None and tally.rows_read and not tally.rows_loaded:
                reason = f"none of its {tally.rows_read} rows could be loaded"
            self._record(tally, reason, storage)
            self.con.commit()
        except BaseException:
            self.con.rollback()
            raise
        return LoadSummary(
            files_new=1,
            files_rejected=int(reason is not None),
            rows_read=tally.rows_read,
            rows_loaded=tally.rows_loaded,
            rows_rejected=tally.rows_rejected,
            rows_duplicate=tally.rows_duplicate,
        )

    @property
    def _report(self) -> Report:
        return REPORTS[self.entry.report]

    def _read(self, tally: Tally) -> Path | None:
        try:
            batches = read_pieces(self.folder.pieces(self.file.path), self._report, tally)
            if self._report.is_call_records:
                return self._write_calls(batches, tally)
            rows, rejects = read_rows(batches, self._report, tally)
        except OSError as error:
            raise _unreadable(self.settings, self.file, error) from error
        self._insert(f"genesys.{self._report.name}", self._placed(rows))
        self._insert_rejects(rejects)
        return None

    def _write_calls(self, batches: Iterator[Batch], tally: Tally) -> Path | None:
        folder = self.settings.calls / self.entry.org
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.entry.file_id}.parquet"
        unfinished = path.with_suffix(".parquet.tmp")

        def rows() -> Iterator[pl.DataFrame]:
            for batch in batches:
                self._insert_rejects(batch.rejects)
                yield self._placed(batch.rows)

        schema = {"org": pl.String(), "file_id": pl.String(), **self._report.schema}
        try:
            write_rows(rows(), schema, unfinished)
            if not tally.rows_loaded:
                path.unlink(missing_ok=True)
                return None
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return path

    def _placed(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.select(
            pl.lit(self.entry.org).alias("org"),
            pl.lit(self.entry.file_id).alias("file_id"),
            pl.all(),
        )

    def _insert_rejects(self, rejects: pl.DataFrame) -> None:
        self._insert(
            "ops.rejected_rows",
            rejects.select(pl.lit(self.entry.file_id).alias("file_id"), pl.all()),
        )

    def _insert(self, table: str, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        self.con.register("landed_rows", rows.to_arrow())
        self.con.execute(f"insert into {table} by name select * from landed_rows")
        self.con.unregister("landed_rows")

    def _forget(self) -> None:
        tables = ["ops.files", "ops.rejected_rows"]
        if not self._report.is_call_records:
            tables.append(f"genesys.{self._report.name}")
        for table in tables:
            self.con.execute(f"delete from {table} where file_id = ?", [self.entry.file_id])

    def _count_lines(self) -> Tally:
        try:
            return count_lines(contents(self.file.path))
        except FileRejectedError:
            return Tally()

    def _record(self, tally: Tally, reason: str | None, storage: Path | None) -> None:
        row: Mapping[str, Any] = {
            "file_id": self.entry.file_id,
            "org": self.entry.org,
            "report": self.entry.report,
            "path": self.entry.path,
            "sha256": self.entry.sha256,
            "received_at": datetime.fromisoformat(self.entry.received_at),
            "received_rank": 0,
            "bytes": self.entry.size,
            "lines": tally.lines,
            "header_lines": tally.header_lines,
            "blank_lines": tally.blank_lines,
            "record_lines": tally.record_lines,
            "rows_read": tally.rows_read,
            "rows_loaded": tally.rows_loaded,
            "rows_rejected": tally.rows_rejected,
            "rows_duplicate": tally.rows_duplicate,
            "rows_superseded": 0,
            "rows_pruned": 0,
            "cost_read": tally.money_read,
            "cost_loaded": tally.money_loaded,
            "cost_rejected": tally.money_rejected,
            "cost_duplicate": tally.money_duplicate,
            "first_at": tally.first_at,
            "last_at": tally.last_at,
            "status": "loaded" if reason is None else "rejected",
            "reason": reason,
            "note": "; ".join(tally.notes) or None,
            "storage_path": None if storage is None else str(storage),
            "is_new": True,
        }
        places = ", ".join("?" for _ in row)
        self.con.execute(
            f"insert into ops.files ({', '.join(row)}) values ({places})", list(row.values())
        )


def _run_all(loads: Sequence[_Load], threads: int) -> Iterator[tuple[_Load, LoadSummary]]:
    """Runs loads, each in a transaction of its own; an error cancels those that have not begun.

    A large file is read alone: it fills the memory that reading may take, and all threads. Of a
    small one a thread waits for the other half of the time.
    """
    for load in loads:
        if load.file.size > CHUNK:
            yield load, load.run()
    small = [load for load in loads if load.file.size <= CHUNK]
    with ThreadPoolExecutor(min(threads, _BESIDE)) as beside:
        yield from zip(small, beside.map(_run_apart, small), strict=True)


def _run_apart(load: _Load) -> LoadSummary:
    """Runs a load on a connection of its own, so that others can run beside it."""
    with load.con.cursor() as con:
        return replace(load, con=con).run()


def _files_of(settings: Settings, report_dir: Path, warn: Callable[..., None]) -> list[LandedFile]:
    found = []
    for path in _entries(report_dir):
        if not path.is_file() or not is_readable(path.name):
            warn(
                "%s is not read: a report is a .csv, .csv.gz, .csv.zst or .zip file.",
                _relative(settings, path),
            )
            continue
        status = path.stat()
        modified_at = datetime.fromtimestamp(status.st_mtime_ns // 1_000_000_000, UTC).replace(
            microsecond=status.st_mtime_ns // 1000 % 1_000_000, tzinfo=None
        )
        found.append(
            LandedFile(report_dir.parent.name, report_dir.name, path, status.st_size, modified_at)
        )
    return found


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, by name; hidden files and unfinished downloads apart."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not is_ignored(path.name))


def _folders(files: Sequence[LandedFile], aliases: Aliases) -> dict[str, _Folder]:
    paths: dict[str, list[Path]] = {}
    for file in files:
        paths.setdefault(file.org, []).append(file.path)
    return {
        org: _Folder(REPORTS[files[0].report], aliases, of_org) for org, of_org in paths.items()
    }


def _known_ids(con: duckdb.DuckDBPyConnection, report: str) -> tuple[set[str], set[str], set[str]]:
    """The files in ops.files; those really held; those rejected for their header.

    Calls whose Parquet file is gone are not held.
    """
    rows = con.execute(
        "select file_id, storage_path, status = 'rejected' and rows_read = 0 and lines > 0 "
        "from ops.files where report = ?",
        [report],
    ).fetchall()
    held = {file_id for file_id, storage, _ in rows if storage is None or Path(storage).is_file()}
    headless = {file_id for file_id, _, is_headless in rows if is_headless}
    return {file_id for file_id, _, _ in rows}, held, headless


def _pruned_ids(con: duckdb.DuckDBPyConnection, report: str) -> set[str]:
    """The files of which rows were dropped by `cxledger prune`: they are not read again."""
    rows = con.execute(
        "select file_id from ops.files where report = ? and rows_pruned > 0", [report]
    ).fetchall()
    return {file_id for (file_id,) in rows}


def _has_header(folder: _Folder, path: Path) -> bool:
    """Whether a file that was rejected for its header has one now: by a new alias."""
    try:
        folder.pieces(path)
    except FileRejectedError:
        return False
    return True


def _columns_and_types(report: Report) -> dict[str, str]:
    """The columns of genesys.<report> and their SQL types."""
    return {
        "org": "varchar",
        "file_id": "varchar",
        "line_number": "bigint",
        **{column.name: column.kind.sql_type for column in report.columns},
    }


def _received_order(entry: BookEntry) -> tuple[str, str, str]:
    return entry.received_at, Path(entry.path).name, entry.path


def _file_id(org: str, report: str, sha256: str) -> str:
    return hashlib.sha256(f"{org}/{report}/{sha256}".encode()).hexdigest()[:16]


def _unreadable(settings: Settings, file: LandedFile, error: OSError) -> LandingError:
    return LandingError(
        f"{_relative(settings, file.path)} cannot be read ({error.strerror or error}). "
        "Make it readable or take it out of the landing."
    )


def _relative(settings: Settings, path: Path) -> str:
    """A path as people see it: relative to the data directory, always text."""
    return os.fsencode(path.relative_to(settings.data)).decode("utf-8", "backslashreplace")


def _iso(instant: datetime) -> str:
    """Always with microseconds, so that text order is time order."""
    return instant.isoformat(timespec="microseconds")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _accepted_book(settings: Settings) -> Path:
    return settings.books / "accepted.jsonl"


def _insert_accepted(con: duckdb.DuckDBPyConnection, accepted: Acceptance) -> None:
    con.execute(
        "insert into ops.accepted_files (file_id, accepted_by, accepted_at, reason) "
        "values (?, ?, ?, ?)",
        [
            accepted.file_id,
            accepted.accepted_by,
            datetime.fromisoformat(accepted.accepted_at),
            accepted.reason,
        ],
    )
