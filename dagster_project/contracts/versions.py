"""Amendments (CON-14): complete versions of a contract, and what an amendment may do.

Version 0 is the base; each amendment, in order of `effective_from`, is one more, merged over the
earlier ones. All of them are validated as if they were files of their own, and every problem is
told where it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pydantic import TypeAdapter, ValidationError

from dagster_project.contracts import scalars
from dagster_project.contracts.document import KeyPath, Problem, Tree
from dagster_project.contracts.model import Agreement, AppPart, LicenceEntry, Terms, Voice
from dagster_project.contracts.slugs import slug
from dagster_project.periods import add_months

_MERGED = {"contract": Agreement, "voice": Voice}
_FIXED = {("org",), ("time_zone",)} | {
    ("contract", key) for key in ("effective_date", "ramp_months", "term_months")
}


@dataclass(frozen=True)
class Draft:
    """One version before validation.

    Attributes:
        effective_from: from when it counts; null for the base.
        tree: its keys, complete.
        origins: merged key → where it was written, for keys that an amendment brought.
        source: where the version itself was written.
    """

    effective_from: date | None
    tree: dict[str, Tree]
    origins: dict[KeyPath, KeyPath]
    source: KeyPath

    def written_at(self, path: KeyPath) -> KeyPath:
        """The place in the file of a path of the merged version."""
        for length in (2, 1):
            if path[:length] in self.origins:
                return self.origins[path[:length]] + path[length:]
        return path


@dataclass(frozen=True)
class Version:
    """One complete version of a contract.

    Attributes:
        number: 0 for the base, then in order of effective_from.
        effective_from: it is in force for the periods that start on or after it.
        terms: its keys, typed.
        draft: where they were written.
    """

    number: int
    effective_from: date
    terms: Terms
    draft: Draft

    def problem(self, path: KeyPath, message: str) -> Problem:
        """A problem of this version, told where it was written."""
        return Problem(self.draft.written_at(path), message)


def drafts(tree: dict[str, Tree], problems: list[Problem]) -> list[Draft]:
    """The base and the merged amendments, in order of effective_from.

    Args:
        tree: the file.
        problems: takes what is wrong with the amendments themselves.
    """
    base = {key: value for key, value in tree.items() if key != "amendments"}
    merged = [Draft(None, base, {}, ())]
    amendments = tree.get("amendments")
    if amendments is None:
        return merged
    if not isinstance(amendments, list):
        problems.append(Problem(("amendments",), "must be a list"))
        return merged
    dated: dict[date, tuple[KeyPath, dict[str, Tree]]] = {}
    for place, amendment in enumerate(amendments):
        here: KeyPath = ("amendments", place)
        if not isinstance(amendment, dict):
            problems.append(Problem(here, "must be a mapping of keys"))
            continue
        effective_from = _effective_from(amendment, here, problems)
        problems += _fixed(amendment, here)
        if effective_from in dated:
            problems.append(
                Problem(
                    (*here, "effective_from"),
                    f"{effective_from} has an amendment already; write both as one",
                )
            )
        elif effective_from:
            dated[effective_from] = (here, amendment)
    for effective_from, (here, amendment) in sorted(dated.items()):
        merged.append(_merge(merged[-1], amendment, effective_from, here, problems))
    return merged


@lru_cache(maxsize=1)
def _days() -> TypeAdapter[date]:
    return TypeAdapter(scalars.Anchor)


def _effective_from(
    amendment: dict[str, Tree], here: KeyPath, problems: list[Problem]
) -> date | None:
    if amendment.get("effective_from") is None:
        problems.append(Problem((*here, "effective_from"), "is missing"))
        return None
    try:
        return _days().validate_python(amendment["effective_from"])
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        problems.append(Problem((*here, "effective_from"), message))
        return None


def _fixed(amendment: dict[str, Tree], here: KeyPath) -> Iterator[Problem]:
    """The keys that no amendment may carry."""
    for path in sorted(_FIXED):
        branch: Tree = amendment
        for step in path:
            branch = branch.get(step, _ABSENT) if isinstance(branch, dict) else _ABSENT
        if branch is not _ABSENT:
            yield Problem((*here, *path), "cannot be amended (CON-14); it is a new contract's")


_ABSENT: Tree = []


def _merge(
    earlier: Draft,
    amendment: dict[str, Tree],
    effective_from: date,
    here: KeyPath,
    problems: list[Problem],
) -> Draft:
    """`contract` and `voice` merge over the earlier ones, one level deep; other keys replace."""
    tree = dict(earlier.tree)
    origins = dict(earlier.origins)
    for key, value in amendment.items():
        if key == "effective_from":
            continue
        if key in _MERGED:
            if not isinstance(value, dict | None):
                problems.append(Problem((*here, key), "must be a mapping of keys"))
                continue
            before = tree.get(key)
            tree[key] = {**(before if isinstance(before, dict) else {}), **(value or {})}
            for inner in value or {}:
                origins[key, inner] = (*here, key, inner)
        else:
            tree[key] = value
            origins[key,] = (*here, key)
    return Draft(effective_from, tree, origins, here)


# ---- What an amendment may do


def changed_currencies(versions: Sequence[Version]) -> Iterator[Problem]:
    """An invoice has one currency (CON-14): the last one before would prepay in the next one's."""
    currency = versions[0].terms.currency
    for version in versions[1:]:
        if version.terms.currency != currency:
            yield version.problem(
                ("currency",),
                f"{currency} changes to {version.terms.currency}, which an amendment cannot do "
                "(CON-14); it is a new contract's",
            )


def early_changes(versions: Sequence[Version]) -> Iterator[Problem]:
    """CON-14: what a prepaid term forbids before its end.

    Within an annual_prepay term no commitment falls and no version changes to or from
    annual_prepay; both may take effect with the first period of the next term. The ramp belongs to
    the first term. Only versions that come into force are compared: of two that start to count
    within one period the later one does.
    """
    agreement = versions[0].terms.contract
    anchor = agreement.effective_date
    by_period = {_first_period(anchor, version): version for version in versions[1:]}
    in_force = by_period.pop(0, versions[0])
    for period, new in sorted(by_period.items()):
        old, in_force = in_force, new
        term = max(0, period - agreement.ramp_months) // agreement.term_months
        term_start = agreement.ramp_months + term * agreement.term_months if term else 0
        if period == term_start or not _is_open(new, anchor, period, term):
            continue
        next_term = add_months(anchor, agreement.ramp_months + (term + 1) * agreement.term_months)
        advice = f"only with the next term, from {next_term} (CON-14)"
        subscriptions = {old.terms.contract.subscription, new.terms.contract.subscription}
        if "annual_prepay" not in subscriptions:
            continue
        if len(subscriptions) > 1:
            yield new.problem(
                ("contract", "subscription"),
                f"{old.terms.contract.subscription} changes to "
                f"{new.terms.contract.subscription} {advice}",
            )
            continue
        yield from _lower_commitments(old, new, advice)


def _first_period(anchor: date, version: Version) -> int:
    """The first period that starts on or after the version's effective_from (PER-1)."""
    day = version.effective_from
    months = max(0, (day.year - anchor.year) * 12 + day.month - anchor.month)
    return months if add_months(anchor, months) >= day else months + 1


def _is_open(version: Version, anchor: date, period: int, term: int) -> bool:
    """Whether the period opens at all under the version (CON-13, auto_renew)."""
    agreement = version.terms.contract
    ends = agreement.terminated_on
    return (agreement.auto_renew or term == 0) and (
        ends is None or add_months(anchor, period) <= ends
    )


def _lower_commitments(old: Version, new: Version, advice: str) -> Iterator[Problem]:
    after = _commitments(new.terms)
    for charge, (_, entry) in _commitments(old.terms).items():
        path, kept = after.get(charge, ((charge[0],), None))
        committed = kept.committed if kept else 0
        if committed < entry.committed:
            yield new.problem(
                (*path, "committed") if kept else path,
                f"{charge[-1]}: {entry.committed} committed fall to {committed} {advice}",
            )


def _commitments(terms: Terms) -> dict[tuple[str, ...], tuple[KeyPath, LicenceEntry | AppPart]]:
    """What is committed, by the list it stands in and its charge code."""
    found: dict[tuple[str, ...], tuple[KeyPath, LicenceEntry | AppPart]] = {}
    for place, licence in enumerate(terms.licences):
        charge = f"licence.{licence.licence}" if licence.licence else f"add_on.{licence.add_on}"
        found["licences", charge] = (("licences", place), licence)
    for place, part in enumerate(terms.appfoundry):
        charge = f"appfoundry.{slug(part.app)}.{slug(part.part)}"
        found["appfoundry", charge] = (("appfoundry", place), part)
    return found
