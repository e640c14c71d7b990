"""The heavy imports of a run, without what they prepare for others: a second of every run."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn

from dagster_project.replacing import replaced

_UNUSED = ("sqlglot",)
"""Packages that are imported for a feature that no run has: the lineage of columns."""


@contextmanager
def spared_imports() -> Iterator[None]:
    """What is imported until this ends costs its own import and little else.

    Packages that no run uses stay unloaded, serializers are compiled when they are first needed,
    and nobody looks for garbage among what lives as long as the process, then or later.
    """
    from mashumaro.config import BaseConfig

    is_looked_for = gc.isenabled()
    gc.disable()
    stand_ins = _StandIns([package for package in _UNUSED if package not in sys.modules])
    sys.meta_path.insert(0, stand_ins)
    try:
        with replaced(BaseConfig, "lazy_compilation", by=True):
            yield
    finally:
        sys.meta_path.remove(stand_ins)
        # whoever does use one of them imports it as it is
        for name in [name for name, module in sys.modules.items() if isinstance(module, _StandIn)]:
            del sys.modules[name]
        gc.freeze()
        # an interpreter that ends by itself puts everything away
        atexit.register(gc.unfreeze)
        if is_looked_for:
            gc.enable()


class _StandIn(ModuleType):
    """A module of which names are taken and nothing is used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def unused(*_: object, **__: object) -> NoReturn:
            msg = f"a run does not load {self.__name__}: {name} is not there"
            raise NotImplementedError(msg)

        return unused


class _StandIns(MetaPathFinder, Loader):
    """Finds a stand-in for each module of some packages."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = packages

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """The module's, if it is of one of the packages."""
        if fullname.split(".", maxsplit=1)[0] not in self._packages:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty one."""
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing."""
