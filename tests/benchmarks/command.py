"""`cxledger` as a person types it: `command ARGUMENT…`."""

import subprocess
import sys

from tests.benchmarks.measure import tell

if __name__ == "__main__":
    subprocess.run(
        [sys.executable, "-m", "dagster_project.cli", *sys.argv[1:]],
        check=False,
        stdout=subprocess.DEVNULL,
    )
    tell({})
