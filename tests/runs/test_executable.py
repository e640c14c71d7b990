"""The executable ends at once, with its own status, and everything that it said is out."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dagster_project import cli
from tests.warm import ROOT


def _cxledger(*arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "dagster_project.cli", *arguments]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def test_what_it_said_is_out() -> None:
    done = _cxledger("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "new-org" in done.stdout


def test_an_error_has_its_status() -> None:
    done = _cxledger("run", "--month", "2026-13")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: --month 2026-13: write it as YYYY-MM, e.g. 2026-10\n"


def test_what_is_registered_for_the_end_is_done() -> None:
    # dbt's locks: whoever leaves them behind is told so on the terminal, after the end
    code = """
import atexit, multiprocessing
from dagster_project import cli
lock = multiprocessing.get_context("spawn").RLock()
atexit.register(print, "the end")
cli.leave(0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "the end\n", "")


@pytest.mark.parametrize(("code", "status"), [(None, 0), (0, 0), (3, 3)])
def test_the_status_is_the_commands(
    monkeypatch: pytest.MonkeyPatch, code: int | None, status: int
) -> None:
    left: list[int] = []

    def main() -> None:
        raise SystemExit(code)

    monkeypatch.setattr(cli, "main", main)
    # what this process has registered is not for now
    monkeypatch.setattr("atexit._run_exitfuncs", lambda: None)
    monkeypatch.setattr("os._exit", left.append)
    cli.command()
    assert left == [status]


def test_an_end_in_words_is_pythons() -> None:
    code = "from dagster_project import cli; cli.main = lambda: exit('no'); cli.command()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "no\n")
