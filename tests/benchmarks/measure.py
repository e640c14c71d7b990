"""What is measured of a piece of work: wall and CPU seconds, by stage, and the peak of memory.

Each measurement is a process of its own, so that its memory and its imports are its own; its
numbers come back as JSON on the last line of its output.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass
class Measurement:
    """Seconds and bytes of one piece of work.

    Attributes:
        wall: seconds on the clock.
        cpu: seconds of processor, user and system, children included; 0 if another process that is
            no child did the work.
        work: of `wall`, what is compared; a script's start-up is not its work, a product's is.
        peak_bytes: the most memory that was resident, here and in its largest child, added up.
        stages: seconds of processor by stage, in order.
        answer: what came out, to be compared with others.
    """

    wall: float = 0.0
    cpu: float = 0.0
    work: float = 0.0
    peak_bytes: int = 0
    stages: dict[str, float] = field(default_factory=dict)
    answer: Any = None


class StageClock:
    """The product's progress, as a clock of processor seconds, by the stages of the budgets.

    The time until the next stage is the stage's; the time before a model is told of is the model's.
    """

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._current, self._since = "start-up", 0.0

    def stage(self, title: str, total: int | None = None) -> None:
        """The last stage ends, the next begins."""
        del total
        self._lap(self._current)
        self._current = _STAGES.get(title, title)

    def step(self, label: str) -> None:
        """A model is done: it counts as what it is for."""
        if self._current == "marts":
            self._lap(next((name for start, name in _MODELS if label.startswith(start)), "marts"))

    def _lap(self, name: str) -> None:
        now = sum(os.times()[:4])  # of children that have ended as well
        self.stages[name] = self.stages.get(name, 0.0) + now - self._since
        self._since = now


_STAGES = {
    "Preparing the warehouse": "start-up",
    "Reading contracts": "load",
    "Loading files": "load",
    "Loading the catalogue": "load",
    "Computing": "marts",
    "Proving": "checks",
    "Issuing": "publish",
    "Publishing": "publish",
    "Writing documents": "documents",
}
_MODELS = (
    ("int_telco__superseded_calls", "dedupe"),
    ("int_telco__", "rate"),
    ("reconciliation_", "checks"),
    ("invariants", "checks"),
)


def in_process_of_its_own(*words: str, environment: dict[str, str] | None = None) -> Measurement:
    """Runs `python -m tests.benchmarks.<words>` and returns what it measured."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    wall = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(
            f"{' '.join(words)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        )
    measured = Measurement(**json.loads(done.stdout.splitlines()[-1]))
    measured.wall = wall
    measured.work = measured.work or wall
    return measured


def tell(
    stages: dict[str, float], answer: Any = None, *, work: float = 0.0, cpu: float | None = None
) -> None:
    """Prints what this process took, as the last line.

    Args:
        stages: seconds of processor by stage.
        answer: to be compared with others.
        work: seconds on the clock of what is compared, if not all of the process.
        cpu: seconds of processor of what is compared, if not all of the process.
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1 if sys.platform == "darwin" else 1024
    told = Measurement(
        cpu=sum(usage.ru_utime + usage.ru_stime for usage in used) if cpu is None else cpu,
        work=work,
        peak_bytes=sum(usage.ru_maxrss for usage in used) * unit,
        stages=stages,
        answer=answer,
    )
    sys.stdout.write("\n" + json.dumps(asdict(told), default=str) + "\n")
