from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
import zstandard

from dagster_project.genesys.containers import by_name, contents, is_ignored, is_readable
from dagster_project.genesys.header import FileRejectedError

TEXT = b"Date,Resource,Quantity\n2026-01-01,IVR Minutes,5\n" * 50


def gzipped(text: bytes) -> bytes:
    """Without the time of day: its bytes are part of a test's name, the same in every process."""
    return gzip.compress(text, mtime=0)


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def with_a_flaw(packed: bytes) -> bytes:
    """A zip whose directory is whole and whose data is not."""
    inside = packed.index(b"x.csv") + 10
    return packed[:inside] + b"\xff\xff\xff\xff" + packed[inside + 4 :]


def plain(path: Path) -> bytes:
    return b"".join(chunk for content in contents(path) for chunk in content.open())


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("a.csv", TEXT),
        ("a.CSV.GZ", gzipped(TEXT)),
        ("a.csv.gz", gzipped(TEXT[:100]) + gzipped(TEXT[100:])),
        ("a.csv.zst", zstandard.compress(TEXT)),
        ("a.csv.zst", zstandard.compress(TEXT[:100]) + zstandard.compress(TEXT[100:])),
        ("a.zip", zipped({"x.csv": TEXT})),
    ],
)
def test_every_wrapping_gives_the_plain_bytes(tmp_path: Path, name: str, packed: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(packed)
    assert plain(path) == TEXT
    (content,) = contents(path)
    assert content.name == ("x.csv" if name == "a.zip" else name)
    assert content.start() == TEXT
    assert content.end() == TEXT


def test_a_zip_gives_its_csv_members_in_name_order(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(
        zipped(
            {
                "b/part-10.csv": b"3",
                "b/part-2.CSV": b"2",
                "a.csv": b"1",
                "readme.txt": b"-",
                "__MACOSX/b/._a.csv": b"-",
                "b/.hidden.csv": b"-",
            }
        )
    )
    assert [content.name for content in contents(path)] == [
        "a.csv",
        "b/part-2.CSV",
        "b/part-10.csv",
    ]
    assert plain(path) == b"123"


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("a.csv.gz", gzipped(TEXT)[:-20]),
        ("a.csv.gz", b"not gzip at all"),
        ("a.csv.gz", gzipped(TEXT) + b"rubbish"),
        ("a.csv.gz", gzipped(TEXT)[:-8] + b"\0" * 8),
        ("a.csv.zst", zstandard.compress(TEXT)[:-5]),
        ("a.csv.zst", b"not zstd at all"),
        ("a.zip", zipped({"x.csv": TEXT})[:-30]),
        ("a.zip", b"not a zip at all"),
        ("a.zip", zipped({"x.txt": TEXT})),
        ("a.zip", with_a_flaw(zipped({"x.csv": TEXT}))),
    ],
)
def test_a_damaged_archive_rejects_the_file(tmp_path: Path, name: str, packed: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(packed)
    with pytest.raises(FileRejectedError):
        plain(path)


def test_parts_are_in_the_order_of_their_numbers() -> None:
    assert sorted(["p10.csv", "p9.csv", "p010.csv", "a", "10", "9x"], key=by_name) == [
        "9x",
        "10",
        "a",
        "p9.csv",
        "p010.csv",
        "p10.csv",
    ]


@pytest.mark.parametrize("name", [".x.csv", "x.csv.crdownload", "x.csv.part", "x.csv.TMP"])
def test_hidden_files_and_unfinished_downloads_are_ignored(name: str) -> None:
    assert is_ignored(name)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("x.csv", True),
        ("x.CSV.GZ", True),
        ("x.csv.zst", True),
        ("x.ZIP", True),
        ("x.gz", False),
        ("x.xlsx", False),
        ("csv", False),
    ],
)
def test_a_report_is_csv_plain_or_packed(name: str, answer: bool) -> None:
    assert is_readable(name) is answer
