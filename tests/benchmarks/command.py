"""`cxledger run` as a person types it: `command DATA MONTH`."""

import subprocess
import sys

from tests.benchmarks.measure import tell

if __name__ == "__main__":
    command = [sys.executable, "-m", "dagster_project.cli", "run", "--as-of", "2026-11-22"]
    subprocess.run(
        [*command, "--data", sys.argv[1], "--month", sys.argv[2][:7]],
        check=False,
        stdout=subprocess.DEVNULL,
    )
    tell({})
