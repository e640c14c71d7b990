"""Score the tests of the readers and contract checks with mutmut, in a copy of the tree.

    python tests/mutation/score_python.py [--modules GLOB ...] [--one-in N] [--write]

`--one-in N` takes every Nth mutant of each module: a fair sample where all would take hours. What
is shown says how many of a module's mutants were judged. One that took too long is not: on a busy
machine that says nothing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.mutation.register import ROOT, argued_python_mutants, write_module_scores

_COPY = ROOT / "dbt" / "target" / "mutation" / "python"
_KILLED = {"killed", "segfault"}
_COUNTED = {*_KILLED, "survived", "no tests", "suspicious"}


@dataclass(frozen=True)
class ModuleScore:
    """What became of a module's mutants; `survivors` are mutmut's names.

    `too_long` ran out of time and are not counted; `known` is how many mutants there are.
    """

    module: str
    killed: int
    counted: int
    survivors: tuple[str, ...]
    too_long: int
    known: int


def say(text: str) -> None:
    """Print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def copy_tree() -> None:
    """Copies what is tracked: mutmut writes its mutants beside what it reads."""
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in tracked.stdout.splitlines():
        if (ROOT / name).is_file():
            (_COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, _COPY / name)


def mutmut(*arguments: str) -> None:
    """Runs mutmut in the copy."""
    subprocess.run([sys.executable, "-m", "mutmut", *arguments], cwd=_COPY, check=False)


def outcomes() -> dict[str, dict[str, int | None]]:
    """Exit code by mutant, by module; null where a mutant has not been run."""
    found = {}
    for file in sorted((_COPY / "mutants").rglob("*.py.meta")):
        codes = json.loads(file.read_text())["exit_code_by_key"]
        if codes:
            module = file.relative_to(_COPY / "mutants").as_posix().removesuffix(".meta")
            found[module] = codes
    return found


def scored(module: str, codes: Mapping[str, int | None]) -> ModuleScore:
    """Counts a module's mutants as the rules' are counted: what was not run says nothing."""
    from mutmut.stats import status_by_exit_code

    argued = argued_python_mutants()
    status = {name: status_by_exit_code[code] for name, code in codes.items() if name not in argued}
    killed = sum(1 for each in status.values() if each in _KILLED)
    counted = sum(1 for each in status.values() if each in _COUNTED)
    left = tuple(name for name, each in status.items() if each in _COUNTED - _KILLED)
    too_long = sum(1 for each in status.values() if each == "timeout")
    return ModuleScore(module, killed, counted, left, too_long, len(codes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", nargs="*", default=["*"])
    parser.add_argument("--one-in", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    copy_tree()
    if not outcomes():
        mutmut("run", "--max-children", str(options.jobs), "nothing.at.all")  # makes the mutants
    chosen = [
        name
        for module, codes in outcomes().items()
        if any(fnmatch(module, pattern) for pattern in options.modules)
        for name in list(codes)[:: options.one_in]
    ]
    mutmut("run", "--max-children", str(options.jobs), *chosen)
    scores = [scored(module, codes) for module, codes in outcomes().items()]
    for score in scores:
        say(
            f"{score.module:46} {score.killed:5} / {score.counted:5} "
            f"({score.too_long} out of time; {score.counted} of {score.known} mutants judged)"
        )
        for name in score.survivors:
            say(f"    {name}")
    if options.write:
        write_module_scores(
            [
                (score.module, score.killed, score.counted, score.known)
                for score in scores
                if score.counted
            ],
            measured_on=datetime.now(UTC).date(),
        )


if __name__ == "__main__":
    main()
