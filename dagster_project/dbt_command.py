"""One dbt command inside this process, without what dbt does only for people who read its log.

dbt's own command line takes five seconds to start. Here it begins in half a second: it is handed a
manifest that was parsed, validated and prepared before (`dbt_manifest`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster_project.replacing import replaced
from dagster_project.settings import DBT_DIR, TARGET_DIR

if TYPE_CHECKING:
    from dbt.cli.main import dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

TEMPLATE = re.compile(r"{[{%#]|[#}%]}")
"""What dbt renders has one of these in it."""

# a debug log of 70,000 lines a run is half of a small build; what fails is in the results
_QUIETLY = ("--log-level", "none", "--log-level-file", "none", "--cache-selected-only")


def invoke(
    arguments: Sequence[str],
    work_file: Path,
    *,
    target: Path = TARGET_DIR,
    manifest: Manifest | None = None,
    is_prepared: bool = False,
    environment: Mapping[str, str] | None = None,
    on_event: Callable[[Any], None] | None = None,
) -> dbtRunnerResult:
    """Runs one dbt command, and closes dbt's connection behind it. An interrupt stays one.

    Args:
        arguments: the command, its selection and options.
        work_file: the warehouse; only a command that asks it opens it.
        target: the folder that dbt writes to.
        manifest: of the project as it is; dbt parses the project if it is not given.
        is_prepared: whether the manifest is one for runs (`prepared_manifest`): dbt has validated
            it and drawn its graph before, and need not again, nor write down what it read.
        environment: what the profile reads beside the path.
        on_event: called with each of dbt's events that is no debug message.

    Returns:
        dbt's own: whether all went well, one result per node, the exception that stopped it.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    runner = dbtRunner(manifest=manifest, callbacks=[on_event] if on_event else [])
    ctx_set_event_manager(_without_debug_events())
    directories = {"project-dir": DBT_DIR, "profiles-dir": DBT_DIR, "target-path": target}
    options = [*_QUIETLY, *(f"--{name}={path}" for name, path in directories.items())]
    if is_prepared:
        options.append("--no-write-json")
    with (
        _environment({"CXLEDGER_WORK_FILE": str(work_file), **(environment or {})}),
        _spared(is_prepared=is_prepared),
    ):
        try:
            outcome = runner.invoke([*arguments, *options])
        finally:
            # dbt keeps its connection for the life of the process; nobody else could open the file
            DuckDBConnectionManager.close_all_connections()
    if interrupt := _interrupt_behind(outcome.exception):
        raise interrupt
    return outcome


def _interrupt_behind(error: BaseException | None) -> BaseException | None:
    """What interrupted dbt, if something did; dbt's own end may have failed over it."""
    while isinstance(error, Exception):
        error = error.__context__
    return error


@cache
def _without_debug_events() -> Any:
    """dbt's event manager, for a log that nobody keeps: 2,000 events of a small build are debug."""
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.event_manager import EventManager

    class WithoutDebugEvents(EventManager):
        def fire_event(self, e: Any, level: Any = None, *options: Any, **more: Any) -> None:
            if (level or e.level_tag()) != EventLevel.DEBUG:
                super().fire_event(e, level, *options, **more)

    return WithoutDebugEvents()


@contextmanager
def _spared(*, is_prepared: bool) -> Iterator[None]:
    """Takes from dbt what a run has no use for: together a third of the build of a small month."""
    from dbt.compilation import Compiler, Linker
    from dbt_common.behavior_flags import BehaviorFlagRendered
    from dbt_common.clients import agate_helper
    from dbt_common.dataclass_schema import dbtClassMixin
    from dbt_common.events.base_types import DebugLevel

    with ExitStack() as stack:
        # a name that nothing shows, for which dbt reads the source of all that called it
        stack.enter_context(
            replaced(BehaviorFlagRendered, "_default_source", staticmethod(lambda: "dbt"))
        )
        # the words of events that nobody is told
        stack.enter_context(replaced(DebugLevel, "__init__", lambda *_, **__: None))
        # of the same nothing, with all its types, one for every statement
        stack.enter_context(replaced(agate_helper, "empty_table", cache(agate_helper.empty_table)))
        if is_prepared:
            code = _code_as_it_stands(Compiler._compile_code)
            stack.enter_context(replaced(Compiler, "_compile_code", code))
            stack.enter_context(replaced(dbtClassMixin, "validate", classmethod(lambda *_: None)))
            stack.enter_context(replaced(Linker, "find_cycles", lambda _: None))
            stack.enter_context(replaced(Linker, "get_graph_summary", lambda *_: {}))
        yield


def _code_as_it_stands(compile_code: Callable[..., Any]) -> Callable[..., Any]:
    """dbt's own, but for what there is nothing to render in: it would make a context for it."""

    def compiled(self: Any, node: Any, manifest: Any, extra_context: Any = None) -> Any:
        if TEMPLATE.search(node.raw_code):
            return compile_code(self, node, manifest, extra_context)
        node.compiled_code, node.compiled = node.raw_code, True
        return node

    return compiled


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """dbt's profile reads its path from the environment; set only while dbt runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
