"""`cxledger` commands as processes of their own, without the ten seconds that each takes to import.

A process imports once what a run imports, and forks for every command: arguments, folder,
environment, output, exit status and a death by signal are each command's own. `python -m
tests.warm SOCKET ARGUMENT …` is such a command for whoever wants an executable.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass
class Command:
    """A command that was started.

    Attributes:
        pid: of its process, which leads a group of its own.
        output: where its standard output and error go.
    """

    pid: int
    output: Path
    _answers: Any

    def wait(self) -> int:
        """Its exit status; minus the signal that ended it."""
        self._answers.write("\n")
        self._answers.flush()
        return int(self._answers.readline())


class Warm:
    """The process that has imported everything. Close it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="warm-"))  # a socket's path must be short
        self.socket = self._folder / "s"
        self._count = 0
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", "--serve", str(self.socket)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        assert self._server.stdout is not None
        assert self._server.stdout.readline() == b"ready\n"

    def start(
        self,
        arguments: Sequence[str],
        cwd: Path = ROOT,
        environment: Mapping[str, str] | None = None,
    ) -> Command:
        """Starts `cxledger` with these arguments; one command at a time."""
        self._count += 1
        output = self._folder / f"{self._count}.txt"
        answers = _ask(self.socket, arguments, cwd, environment or dict(os.environ), output)
        return Command(int(answers.readline()), output, answers)

    def close(self) -> None:
        """Ends the process."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            connection.sendall(b"null\n")
        self._server.communicate()
        shutil.rmtree(self._folder)


def _ask(
    path: Path, arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], output: Path
) -> Any:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    asked = [list(arguments), str(cwd), dict(environment), str(output)]
    connection.sendall(json.dumps(asked).encode() + b"\n")
    return connection.makefile("rw")


def _serve(path: str) -> None:
    import great_expectations  # noqa: F401
    from dbt.cli import main as _

    from dagster_project import cli, console, dbt_manifest, runner, unchanged  # noqa: F401
    from dagster_project.definitions import defs
    from dagster_project.defs.schedule.invoice_run import JOB_NAME

    defs().resolve_job_def(JOB_NAME)
    dbt_manifest.prepared_manifest()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    print("ready", flush=True)  # noqa: T201
    while True:
        connection, _address = listener.accept()
        with connection, connection.makefile("rw") as talk:
            asked = json.loads(talk.readline())
            if asked is None:
                return
            arguments, cwd, environment, output = asked
            pid = os.fork()
            if pid == 0:
                _become(cli.main, arguments, cwd, environment, output)
            talk.write(f"{pid}\n")
            talk.flush()
            talk.readline()  # until it is asked for, its number is no other's
            _, status = os.waitpid(pid, 0)
            talk.write(f"{os.waitstatus_to_exitcode(status)}\n")


def _become(
    main: Any, arguments: list[str], cwd: str, environment: dict[str, str], output: str
) -> None:
    """Runs the command in this process and ends it."""
    status = 1
    try:
        os.setsid()
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(environment)
        written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(written, 1)
        os.dup2(written, 2)
        sys.argv = ["cxledger", *arguments]
        main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _main(path: str, *arguments: str) -> int:
    output = Path(path).with_name(f"{os.getpid()}.out")
    answers = _ask(Path(path), arguments, Path.cwd(), os.environ, output)
    status = Command(int(answers.readline()), output, answers).wait()
    sys.stdout.write(output.read_text())
    return status


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        _serve(sys.argv[2])
    else:
        sys.exit(_main(*sys.argv[1:]))
