"""The demo's data directory, without a run: `demo_data DATA`."""

import sys
from pathlib import Path

from dagster_project.demo import make_demo
from tests.benchmarks.measure import tell

if __name__ == "__main__":
    make_demo(Path(sys.argv[1]), calls=20_000, seed=7)
    tell({})
