"""What a version of a contract must hold beyond the type of each key; cites the rule ids it keeps.

CON-1 (a commitment has a prepay rate), LIC-10 (one licence model), and that nothing is listed
twice, no two entries share a charge code, and dates are in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from dagster_project.catalogue import Catalogue, name_key
from dagster_project.contracts.document import KeyPath, Problem
from dagster_project.contracts.model import Recurring, Terms
from dagster_project.contracts.slugs import slug
from dagster_project.contracts.versions import Version

_Check = Callable[[Terms, Catalogue], Iterator[tuple[KeyPath, str]]]


def problems_of(version: Version, catalogue: Catalogue) -> Iterator[Problem]:
    """Everything that is wrong with one complete version, told where it was written."""
    for check in _CHECKS:
        for path, message in check(version.terms, catalogue):
            yield version.problem(path, message)


def _commitments_have_a_rate(terms: Terms, _: Catalogue) -> Iterator[tuple[KeyPath, str]]:
    if terms.channel != "direct" or terms.trial:
        return
    for key, entries in (("licences", terms.licences), ("appfoundry", terms.appfoundry)):
        for place, entry in enumerate(entries):
            if entry.committed > 0 and entry.prepay_rate is None:
                yield (
                    (key, place, "committed"),
                    f"{entry.committed} are committed without a prepay_rate (CON-1)",
                )


def _licences_fit(terms: Terms, catalogue: Catalogue) -> Iterator[tuple[KeyPath, str]]:
    for place, entry in enumerate(terms.licences):
        here = ("licences", place)
        if (entry.licence is None) == (entry.add_on is None):
            yield here, "names a licence or an add_on, one of both"
            continue
        if entry.licence is None:
            if entry.licence_model:
                yield (*here, "licence_model"), "is a licence's; add-ons are counted by users"
            continue
        if entry.charge_name:
            yield (*here, "charge_name"), "is an add-on's; names of licences are the catalogue's"
        is_always_named = entry.licence in catalogue.always_named
        model = "named" if is_always_named else terms.contract.licence_model
        if entry.licence_model not in (None, model):
            yield (
                (*here, "licence_model"),
                f"{entry.licence_model} does not fit: "
                + (
                    f"{entry.licence} is always named (LIC-6)"
                    if is_always_named
                    else f"the contract's licence_model is {model}, models cannot mix (LIC-10)"
                ),
            )


def _nothing_is_listed_twice(terms: Terms, _: Catalogue) -> Iterator[tuple[KeyPath, str]]:
    yield from _twice("licences", "licence", [e.licence for e in terms.licences])
    yield from _twice("licences", "add_on", [e.add_on for e in terms.licences])
    yield from _twice("resources", "resource", [e.resource for e in terms.resources])
    yield from _twice("devices", "device_type", [slug(e.device_type) for e in terms.devices])
    yield from _twice(
        "devices", "charge_name", [e.charge_name and name_key(e.charge_name) for e in terms.devices]
    )
    parts = [f"{slug(e.app)}.{slug(e.part)}" for e in terms.appfoundry]
    yield from _twice("appfoundry", "part", parts)
    orders = [f"{slug(e.name)} of {e.date}" for e in terms.one_time]
    yield from _twice("one_time", "name", orders)
    yield from _twice("fees", "name", [slug(e.name) for e in terms.fees])
    yield from _twice("taxes", "name", [slug(e.name) for e in terms.taxes])
    for place, item in enumerate(terms.recurring):
        for earlier in terms.recurring[:place]:
            if slug(item.name) == slug(earlier.name) and _overlap(item, earlier):
                yield (
                    ("recurring", place, "name"),
                    f"{slug(item.name)} is listed twice for the same days; give it another name",
                )
                break


def _twice(key: str, inner: str, names: Sequence[str | None]) -> Iterator[tuple[KeyPath, str]]:
    """Names, as charge codes have them, that an earlier entry of the list has too."""
    for place, name in enumerate(names):
        if name is not None and name in names[:place]:
            yield (key, place, inner), f"{name} is listed twice; keep one, or name them apart"


def _overlap(one: Recurring, other: Recurring) -> bool:
    return (one.from_date or date.min) <= (other.to_date or date.max) and (
        other.from_date or date.min
    ) <= (one.to_date or date.max)


def _parts_can_be_counted(terms: Terms, _: Catalogue) -> Iterator[tuple[KeyPath, str]]:
    for place, part in enumerate(terms.appfoundry):
        if part.type == "user" and part.charge_name is None:
            yield (
                ("appfoundry", place, "charge_name"),
                "is missing: users of the part are found by it in Billable Usage (APP-1)",
            )


def _orders_are_billed_on_their_date(terms: Terms, _: Catalogue) -> Iterator[tuple[KeyPath, str]]:
    for place, item in enumerate(terms.one_time):
        if item.billed_in_ramp is False:
            yield (
                ("one_time", place, "billed_in_ramp"),
                "an order is billed on its own date, in the ramp too (CON-9); change its date",
            )


def _dates_are_in_order(terms: Terms, _: Catalogue) -> Iterator[tuple[KeyPath, str]]:
    start = terms.contract.effective_date
    if terms.contract.terminated_on and terms.contract.terminated_on < start:
        yield (
            ("contract", "terminated_on"),
            f"{terms.contract.terminated_on} is before the effective_date {start}",
        )
    if terms.trial_ends_on and terms.trial_ends_on < start:
        yield ("trial_ends_on",), f"{terms.trial_ends_on} is before the effective_date {start}"
    for place, item in enumerate(terms.recurring):
        if item.from_date and item.to_date and item.to_date < item.from_date:
            yield ("recurring", place, "to"), f"{item.to_date} is before {item.from_date}"


def _tax_sections_are_given(terms: Terms, _: Catalogue) -> Iterator[tuple[KeyPath, str]]:
    for place, tax in enumerate(terms.taxes):
        if tax.sections == ():
            yield ("taxes", place, "sections"), "is empty; leave the key out for all sections"


_CHECKS: tuple[_Check, ...] = (
    _commitments_have_a_rate,
    _licences_fit,
    _nothing_is_listed_twice,
    _parts_can_be_counted,
    _orders_are_billed_on_their_date,
    _dates_are_in_order,
    _tax_sections_are_given,
)
