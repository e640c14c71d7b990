"""Python: who may import what, who may read the environment, and what may not be caught."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import pytest

from tests.conventions.tree import File, assert_no, files

# Who may touch the environment, and why.
_ENVIRONMENT = {
    "dagster_project/settings.py": "reads it, once, for everybody",
    "dagster_project/dbt_command.py": "lends dbt's profile its path while dbt runs",
}

# What a folder may not import, and why.
_FORBIDDEN_IMPORTS = {
    "dagster_project/genesys/": (
        {"dagster", "duckdb", "dbt"},
        "readers are pure: bytes in, rows out",
    ),
    "dagster_project/contracts/": ({"dagster", "dbt"}, "contracts are read without a run"),
    "dagster_project/documents/": ({"dagster", "dbt"}, "documents render, they compute nothing"),
    "expectations/": ({"dagster", "dbt"}, "the suites know the warehouse only"),
}


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.lineno, node.module


def forbidden_imports(modules: Iterable[File]) -> list[str]:
    return [
        f"{module.path}:{line}: imports {name}: {why}"
        for module in modules
        for folder, (names, why) in _FORBIDDEN_IMPORTS.items()
        if module.path.startswith(folder)
        for line, name in _imports(ast.parse(module.text))
        if name.split(".")[0] in names
    ]


def environment_readers(modules: Iterable[File]) -> list[str]:
    return [
        f"{module.path}:{node.lineno}: the environment is settings.py's: ask Settings"
        for module in modules
        if module.path not in _ENVIRONMENT
        for node in ast.walk(ast.parse(module.text))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "putenv"})
        or (isinstance(node, ast.Name) and node.id in {"environ", "getenv"})
    ]


def swallowed_errors(modules: Iterable[File]) -> list[str]:
    return [
        f"{module.path}:{node.lineno}: catches everything: name the errors that you can answer"
        for module in modules
        for node in ast.walk(ast.parse(module.text))
        if isinstance(node, ast.ExceptHandler)
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
    ]


def foreign_errors(modules: Iterable[File]) -> list[str]:
    """An error that a person is meant to read is a CxLedgerError: it says what to do."""
    return [
        f"{module.path}:{node.lineno}: raises a bare Exception: raise a child of CxLedgerError"
        for module in modules
        for node in ast.walk(ast.parse(module.text))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
        and node.exc.func.id in {"Exception", "RuntimeError", "OSError"}
    ]


def money_in_floats(modules: Iterable[File]) -> list[str]:
    """`.df()` and `.fetchdf()` turn decimals into floats without a word."""
    return [
        f"{module.path}:{node.lineno}: .{node.func.attr}() turns decimals into floats: use "
        ".pl(), and .to_pandas() from there"
        for module in modules
        for node in ast.walk(ast.parse(module.text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"df", "fetchdf", "to_df"}
    ]


def _product() -> list[File]:
    return files("dagster_project/**/*.py", "expectations/**/*.py")


def _written_here() -> list[File]:
    """All but the scenarios' own checker, which came with them."""
    return [file for file in files("**/*.py") if file.path != "tests/scenarios/check.py"]


def test_nobody_imports_what_is_not_theirs() -> None:
    assert_no(forbidden_imports(_product()))


def test_settings_alone_reads_the_environment() -> None:
    assert_no(environment_readers(_product()))


def test_nothing_is_caught_in_general() -> None:
    assert_no(swallowed_errors(_written_here()))


def test_errors_are_said_so_that_a_reader_can_act() -> None:
    assert_no(foreign_errors(_product()))


def test_frames_keep_their_decimals() -> None:
    assert_no(money_in_floats(_written_here()))


@pytest.mark.parametrize(
    ("find", "path", "text"),
    [
        (forbidden_imports, "dagster_project/genesys/calls.py", "import duckdb"),
        (forbidden_imports, "dagster_project/genesys/calls.py", "from dagster import asset"),
        (forbidden_imports, "expectations/frames.py", "def f():\n    import dagster as dg"),
        (environment_readers, "dagster_project/cli.py", "import os\nos.environ['X']"),
        (environment_readers, "dagster_project/cli.py", "from os import getenv\ngetenv('X')"),
        (swallowed_errors, "a.py", "try:\n    f()\nexcept Exception:\n    pass"),
        (swallowed_errors, "a.py", "try:\n    f()\nexcept:\n    pass"),
        (foreign_errors, "a.py", "raise RuntimeError('broken')"),
        (money_in_floats, "a.py", "con.sql('select 1').df()"),
    ],
)
def test_a_sin_is_found(find, path: str, text: str) -> None:  # type: ignore[no-untyped-def]
    assert find([File(path, text)])


def test_an_error_that_goes_on_is_not_swallowed() -> None:
    text = "try:\n    f()\nexcept BaseException:\n    tidy()\n    raise"
    assert not swallowed_errors([File("a.py", text)])


def test_settings_may_read_the_environment() -> None:
    assert not environment_readers([File("dagster_project/settings.py", "import os\nos.environ")])
