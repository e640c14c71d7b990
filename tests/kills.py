"""When a process is killed: once in each of as many equal stretches of the time that it takes."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

RUNS = int(os.environ.get("KILLED_RUNS", "2"))
"""How often a whole run is killed; `make laws` sets more."""


def moments(count: int, first: float, last: float, seed: int) -> Iterator[float]:
    """Seconds after the start, one in each stretch, in order; the seed is printed.

    Args:
        count: how many stretches.
        first: where the first one begins.
        last: where the last one ends.
        seed: of the places within them.
    """
    print(f"seed {seed}, {count} kills from {first:.2f} to {last:.2f} s")  # noqa: T201
    chance = random.Random(seed)  # noqa: S311
    for stretch in range(count):
        yield first + chance.uniform(stretch, stretch + 1) * (last - first) / count
