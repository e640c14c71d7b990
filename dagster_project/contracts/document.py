"""A YAML file as plain text values that remember their lines.

Every scalar stays the text that was written (`NO`, `07:00`, `1e3`, `010`, quoted or not); what it
means is decided by its key's type, in `scalars`. Only null is a matter of syntax: `~`, `null`,
nothing, or an empty text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from dagster_project.errors import ContractError

KeyPath = tuple[str | int, ...]
"""Keys and places (from 0) from the top of the file to a value."""

Tree = str | None | list["Tree"] | dict[str, "Tree"]
"""A YAML value: text, null, list or mapping."""

_NULLS = {"~", "null", "Null", "NULL"}
_SHOWN = 20
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, at one place of the file.

    Attributes:
        path: the place.
        message: what is wrong there.
        line: where a path would name another line, as for a key that is written twice.
    """

    path: KeyPath
    message: str
    line: int | None = None


@dataclass(frozen=True)
class Document:
    """A contract file, read.

    Attributes:
        label: the file's name in messages, as `contracts/acme.yml`.
        sha256: of its bytes.
        tree: its content.
        lines: path → the line of its key, or of the list entry, from 1.
    """

    label: str
    sha256: str
    tree: dict[str, Tree]
    lines: dict[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """The line of a path, else that of the closest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def error(self, problems: Iterable[Problem]) -> ContractError:
        """All problems as one error, a line each, in the file's order."""
        located = sorted(
            {(p.line or self.line(p.path), dotted(p.path), p.message) for p in problems}
        )
        shown = [
            f"{self.label}:{line}: {f'{key}: ' if key else ''}{message}"
            for line, key, message in located[:_SHOWN]
        ]
        if len(located) > _SHOWN:
            shown.append(f"{self.label}: and {len(located) - _SHOWN} more")
        return ContractError("\n".join(shown))


def dotted(path: KeyPath) -> str:
    """`('licences', 0, 'committed')` → `licences[0].committed`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def read_document(path: Path) -> Document:
    """Reads one file.

    Raises:
        ContractError: it is not UTF-8, not YAML, not a mapping, or says one key twice.
    """
    label = f"{path.parent.name}/{path.name}"
    content = path.read_bytes()
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=_LOADER)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ContractError(f"{label}:{line}: a character is not UTF-8: save it as such") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ContractError(f"{label}:{line}: not readable as YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ContractError(f"{label}:1: not readable as YAML: {error}") from None
    if not isinstance(root, yaml.MappingNode):
        raise ContractError(f"{label}:1: must be a mapping of keys; see `cxledger new-org`")
    lines: dict[KeyPath, int] = {}
    problems: list[Problem] = []
    tree = _mapping(root, (), lines, problems, ())
    document = Document(label, hashlib.sha256(content).hexdigest(), tree, lines)
    if problems:
        raise document.error(problems)
    return document


def _tree(
    node: yaml.Node,
    path: KeyPath,
    lines: dict[KeyPath, int],
    problems: list[Problem],
    around: tuple[yaml.Node, ...],
) -> Tree:
    if isinstance(node, yaml.ScalarNode):
        text: str = node.value.strip()
        is_null = not text or (not node.style and text in _NULLS)
        return None if is_null else text
    if any(node is outer for outer in around):
        problems.append(Problem(path, "refers to something that contains it"))
        return None
    if isinstance(node, yaml.SequenceNode):
        entries: list[Tree] = []
        for place, entry in enumerate(node.value):
            lines[*path, place] = entry.start_mark.line + 1
            entries.append(_tree(entry, (*path, place), lines, problems, (*around, node)))
        return entries
    return _mapping(node, path, lines, problems, around)


def _mapping(
    node: yaml.Node,
    path: KeyPath,
    lines: dict[KeyPath, int],
    problems: list[Problem],
    around: tuple[yaml.Node, ...],
) -> dict[str, Tree]:
    mapping: dict[str, Tree] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(path, "a key must be a single word"))
            continue
        key: str = key_node.value
        here = (*path, key)
        if key in mapping:
            message = f"the key is written twice, first in line {lines[here]}"
            problems.append(Problem(here, message, key_node.start_mark.line + 1))
            continue
        lines[here] = key_node.start_mark.line + 1
        mapping[key] = _tree(value_node, here, lines, problems, (*around, node))
    return mapping
