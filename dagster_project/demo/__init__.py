"""A believable data directory with known answers: four invented organizations, some months.

`make_demo` writes it, deterministic from a seed, in any size; `DemoSummary` says what it planned,
so that what the ledger finds can be compared with what was put in.
"""

from dagster_project.demo.generator import make_demo
from dagster_project.demo.summary import DemoSummary

__all__ = ["DemoSummary", "make_demo"]
