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
        cpu: seconds of processor, user and system, children included.
        peak_bytes: the most memory that was resident.
        stages: wall seconds by stage, in order.
        answer: what came out, to be compared with others.
    """

    wall: float = 0.0
    cpu: float = 0.0
    peak_bytes: int = 0
    stages: dict[str, float] = field(default_factory=dict)
    answer: Any = None


class StageClock:
    """The product's progress, as a clock: the time between two stages is the first one's."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._current, self._since = "start-up", time.perf_counter()

    def stage(self, title: str, total: int | None = None) -> None:
        """The last stage ends, the next begins."""
        del total
        now = time.perf_counter()
        self.stages[self._current] = self.stages.get(self._current, 0.0) + now - self._since
        self._current, self._since = title, now

    def step(self, label: str) -> None:
        """Steps are not timed."""


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
    return measured


def tell(stages: dict[str, float], answer: Any = None) -> None:
    """Prints what this process took, as the last line."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1 if sys.platform == "darwin" else 1024
    told = Measurement(
        cpu=sum(usage.ru_utime + usage.ru_stime for usage in used),
        peak_bytes=max(usage.ru_maxrss for usage in used) * unit,
        stages=stages,
        answer=answer,
    )
    sys.stdout.write("\n" + json.dumps(asdict(told), default=str) + "\n")
