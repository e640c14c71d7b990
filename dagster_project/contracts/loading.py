"""Contract files → validated contracts: one call for a file, one for the data directory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from dagster_project.catalogue import Catalogue
from dagster_project.contracts.checks import problems_of
from dagster_project.contracts.document import Document, KeyPath, Problem, read_document
from dagster_project.contracts.model import Terms, known_keys
from dagster_project.contracts.versions import (
    Draft,
    Version,
    changed_currencies,
    drafts,
    early_changes,
)
from dagster_project.errors import ContractError
from dagster_project.nearest import did_you_mean
from dagster_project.settings import Settings

_ORG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True)
class Contract:
    """A valid contract file.

    Attributes:
        org: the organization, as the file is called.
        path: the file, relative to the data directory.
        sha256: of its bytes.
        versions: the base and its amendments, complete, in order of effective_from.
    """

    org: str
    path: str
    sha256: str
    versions: tuple[Version, ...]

    @property
    def base(self) -> Terms:
        """The keys of the file itself, without amendments."""
        return self.versions[0].terms

    @property
    def effective_date(self) -> date:
        """The anchor of the organization's periods (PER-1); no amendment changes it."""
        return self.base.contract.effective_date


@dataclass(frozen=True)
class ContractsLoad:
    """What loading a data directory's contracts came to.

    Attributes:
        contracts: organization → its valid contract.
        errors: organization → what is wrong with its file.
        is_complete: whether all files were read, not only those of some organizations.
    """

    contracts: Mapping[str, Contract]
    errors: Mapping[str, str]
    is_complete: bool


def load_contracts(
    settings: Settings, catalogue: Catalogue, orgs: Iterable[str] | None = None
) -> ContractsLoad:
    """Loads contracts/<org>.yml of all organizations, or of `orgs`; a wrong file costs its own."""
    paths = {
        path.stem: path
        for path in sorted(settings.contracts.glob("*.y*ml"))
        if path.suffix in {".yml", ".yaml"} and not path.name.startswith(".")
    }
    wanted = sorted(paths) if orgs is None else sorted(set(orgs))
    contracts, errors = {}, {}
    for org in wanted:
        path = paths.get(org)
        try:
            if path is None:
                raise ContractError(
                    f"contracts/{org}.yml does not exist: {did_you_mean(org, paths)}"
                )
            contracts[org] = load_contract(path, catalogue)
        except ContractError as error:
            errors[org] = str(error)
    return ContractsLoad(contracts, errors, is_complete=orgs is None)


def load_contract(path: Path, catalogue: Catalogue) -> Contract:
    """Reads and validates one contract file.

    Raises:
        ContractError: everything that is wrong with it, a line each, with file, line and key.
    """
    if path.suffix != ".yml":
        raise ContractError(f"contracts/{path.name}: call it {path.stem}.yml")
    document = read_document(path)
    problems = list(_org_problems(document, path.stem))
    versions = [
        version
        for number, draft in enumerate(drafts(document.tree, problems))
        if (version := _validate(number, draft, catalogue, problems))
    ]
    for version in versions:
        problems += problems_of(version, catalogue)
    if problems:
        raise document.error(problems)
    if changes := [*changed_currencies(versions), *early_changes(versions)]:
        raise document.error(changes)
    return Contract(path.stem, document.label, document.sha256, tuple(versions))


def require_slug(org: str) -> None:
    """An organization is called by a slug, which names its folders too.

    Raises:
        ContractError: it is not.
    """
    if not _ORG.fullmatch(org):
        raise ContractError(
            f"{org!r} is no name for an organization: a-z, 0-9, - and _, at most 63 characters, "
            "a letter or digit first"
        )


def _org_problems(document: Document, stem: str) -> Iterable[Problem]:
    org = document.tree.get("org")
    if org != stem:
        shown = f"{org!r}" if org is not None else "nothing"
        yield Problem(("org",), f"{shown} is not the file's name {stem!r}; they must be equal")
    try:
        require_slug(stem)
    except ContractError as error:
        yield Problem(("org",), str(error))


def _validate(
    number: int, draft: Draft, catalogue: Catalogue, problems: list[Problem]
) -> Version | None:
    try:
        terms = Terms.model_validate(draft.tree, context=catalogue)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = tuple(step for step in detail["loc"] if step != "[key]")
            message = _message(detail["type"], detail["msg"], path)
            problems.append(Problem(draft.written_at(path), message))
        return None
    effective_from = draft.effective_from or terms.contract.effective_date
    return Version(number, effective_from, terms, draft)


def _message(kind: str, message: str, path: KeyPath) -> str:
    if kind == "extra_forbidden":
        return f"unknown key; {did_you_mean(str(path[-1]), known_keys(path[:-1]))}"
    return "is missing" if kind == "missing" else message
