"""The scenario organizations: every line of every expected invoice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.slow
def test_every_scenario_organization_gets_the_expected_invoice() -> None:
    command = f"{sys.executable} -m dagster_project.cli"
    check = subprocess.run(
        [sys.executable, str(HERE / "check.py"), "--cxledger", command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout[-6000:] + check.stderr[-2000:]
    assert check.stdout.strip().endswith("30 passed, 0 failed")
