"""Great Expectations in a process of its own, begun before it is needed.

Its import takes seconds of one core. A run that the command line starts has another one, idle while
Dagster is imported and dbt builds small tables.
"""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO, Self

from dagster_project.errors import WarehouseError
from expectations.validate import Prover, prove

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    import polars as pl

    from expectations.validate import QualityReport


class ProverAhead(Prover):
    """A prover whose process begins with the context and ends with it, at latest.

    A process that ends before it has answered (killed, out of memory) is no loss: what it was asked
    is proved here instead; so is what differs from what it began with. Where Great Expectations is
    imported already, there is no process.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = ThreadPoolExecutor(1)
        self._begun: tuple[pl.DataFrame, Path, Future[tuple[bytes, bytes]]] | None = None

    def __enter__(self) -> Self:
        """Begins the process; nobody waits for it."""
        if "great_expectations" not in sys.modules:
            self._process = subprocess.Popen(
                # nothing of the working directory is imported
                [sys.executable, "-P", "-m", __spec__.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # an interrupt from the keyboard is the run's, which ends this one
                start_new_session=True,
            )
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._thread.shutdown()
            if self._begun is None:
                self._process.communicate()

    def begin(self, outcomes: pl.DataFrame, docs_dir: Path) -> None:
        """Gives the process its work; it is asked once, for what comes first."""
        if self._process is not None and self._begun is None:
            request = pickle.dumps((outcomes, docs_dir))
            answer = self._thread.submit(self._process.communicate, request)
            self._begun = outcomes, docs_dir, answer

    def __call__(self, outcomes: pl.DataFrame, docs_dir: Path) -> QualityReport:
        """As `prove`."""
        self.begin(outcomes, docs_dir)
        found = self._answer(outcomes, docs_dir)
        if isinstance(found, WarehouseError):
            raise found
        return super().__call__(outcomes, docs_dir) if found is None else found

    def _answer(
        self, outcomes: pl.DataFrame, docs_dir: Path
    ) -> QualityReport | WarehouseError | None:
        """What the process found; None if it was asked something else, or has ended without."""
        if self._process is None or self._begun is None:
            return None
        asked, asked_docs_dir, answer = self._begun
        is_asked = asked_docs_dir == docs_dir and asked.equals(outcomes)
        if not is_asked:
            # two must not write the same folder
            self._process.kill()
        pickled, _ = answer.result()
        if not is_asked or self._process.returncode != 0:
            return None
        found: QualityReport | WarehouseError = pickle.loads(pickled)  # noqa: S301 (our own)
        return found


def main(asked: BinaryIO, answer: BinaryIO) -> None:
    """Imports, waits for what to prove, and answers once; asked nothing, it ends.

    Args:
        asked: gives the arguments of `prove`, pickled.
        answer: takes its report or its WarehouseError, pickled; any other error ends the process.
    """
    from expectations.suites import load

    load()
    request = asked.read()
    if not request:
        return
    found: QualityReport | WarehouseError
    try:
        found = prove(*pickle.loads(request))  # noqa: S301 (the parent's)
    except WarehouseError as error:
        found = error
    answer.write(pickle.dumps(found))


if __name__ == "__main__":
    # little of what is made here is garbage before the process ends: looking for it takes as long
    # as half of the proof, and so would the interpreter's last look, which freezing spares
    gc.disable()
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints is no answer
    main(sys.stdin.buffer, out)
    gc.freeze()
