"""The suites: one module a family, each with its invariants as typed expectation classes.

`FAMILIES` costs nothing to import; `load` imports Great Expectations, which takes seconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import great_expectations as gx

FAMILIES = (
    "conservation",
    "periods",
    "licences",
    "resources",
    "telco",
    "commitments",
    "invoicing",
    "vendor",
)
"""The families in the order of the calculation."""


def load() -> list[gx.ExpectationSuite]:
    """A fresh suite a family: running one gives it an identity, so none is run twice."""
    return [import_module(f"expectations.suites.{family}").suite() for family in FAMILIES]
