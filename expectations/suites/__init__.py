"""The suites: one module a family, each with its invariants as typed expectation classes.

`FAMILIES` costs nothing to import; `load` imports Great Expectations, which takes seconds.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec
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


_UNUSED = ("scipy.stats", "altair")
"""What Great Expectations imports for expectations that no suite here has: a third of its time."""


def load() -> list[gx.ExpectationSuite]:
    """A fresh suite a family: running one gives it an identity, so none is run twice."""
    for name in _UNUSED:
        _defer(name)
    return [import_module(f"expectations.suites.{family}").suite() for family in FAMILIES]


def _defer(name: str) -> None:
    """Lets a module load at its first use instead of its import."""
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
