"""README's commands work as printed, in the order in which a newcomer meets them."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dagster_project.settings import PROJECT_DIR
from tests.warm import Warm

_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def _commands() -> list[list[str]]:
    readme = (PROJECT_DIR / "README.md").read_text()
    lines = [line for block in _BLOCK.findall(readme) for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def test_the_first_two_commands_are_make_demo_and_make_test() -> None:
    assert _commands()[:2] == [["make", "demo"], ["make", "test"]]


@pytest.mark.slow
def test_every_other_command_works_as_printed(tmp_path: Path, warm: Warm) -> None:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROJECT_DIR), "HOME": str(tmp_path)}
    demo = ["cxledger", "demo", "--calls", "2000"]
    shown = {"run", "replay"}  # the demo has shown that a run imports what it needs
    for words in [demo, *_commands()[2:]]:
        assert words[0] == "cxledger", f"{shlex.join(words)}: README runs cxledger, or say why not"
        if words[1] in shown:
            command = warm.start(words[1:], tmp_path, environment)
            status, said = command.wait(), command.output.read_text()
        else:
            done = subprocess.run(
                [sys.executable, "-m", "dagster_project.cli", *words[1:]],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            status, said = done.returncode, done.stdout + done.stderr
            shown.add(words[1])
        assert status == 0, f"{shlex.join(words)}\n{said}"
