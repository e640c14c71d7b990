"""Texts of a contract as exact values: one validator for each type a key can have.

Each takes the text that was written and says in a few words what is wrong with it. Codes are
looked up in the catalogue, which arrives as pydantic's validation context.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from dagster_project.catalogue import (
    COMBINATIONS,
    LICENCE_MODELS,
    SECTIONS,
    Catalogue,
    name_key,
)
from dagster_project.contracts.slugs import slug
from dagster_project.nearest import did_you_mean

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_TRUE = {"true", "yes", "on"}
_FALSE = {"false", "no", "off"}
_LARGEST = Decimal(10) ** 12
_FIRST_DAY = date(1900, 1, 1)


def wrong(message: str) -> PydanticCustomError:
    """An error whose text is shown as it is."""
    return PydanticCustomError("contract", "{message}", {"message": message})


def text(value: object) -> str:
    """One line of text, repeated spaces collapsed."""
    if not isinstance(value, str):
        raise wrong("must be a single value, not a list or a mapping")
    return " ".join(value.split())


def _named(value: object) -> str:
    name = text(value)
    if not slug(name):
        raise wrong(f"{name!r} needs an ASCII letter or digit: charge codes are made of it")
    return name


def _number(value: object) -> Decimal:
    written = text(value)
    if not _NUMBER.fullmatch(written):
        raise wrong(f"{written!r} is not a number (with a point, without separators)")
    number = Decimal(written)
    if abs(number) >= _LARGEST:
        raise wrong(f"{written} is too large: below a million millions")
    if number != round(number, 6):
        raise wrong(f"{written} has more than 6 decimals")
    return Decimal(f"{number:f}")


def _not_negative(value: object) -> Decimal:
    number = _number(value)
    if number < 0:
        raise wrong(f"{text(value)} is negative; credits are recurring items (CON-15)")
    return abs(number)


def _share(value: object) -> Decimal:
    number = _not_negative(value)
    if number > 1:
        raise wrong(f"{text(value)} is above 1; write 7 % as 0.07")
    return number


def _positive(value: object) -> Decimal:
    number = _number(value)
    if number <= 0:
        raise wrong(f"{text(value)} is not above 0")
    return number


def _whole(least: int, most: int) -> PlainValidator:
    def whole(value: object) -> int:
        number = _number(value)
        if number != int(number):
            raise wrong(f"{text(value)} is not a whole number")
        if not least <= number <= most:
            raise wrong(f"{text(value)} is not between {least} and {most}")
        return int(number)

    return PlainValidator(whole)


def _boolean(value: object) -> bool:
    written = text(value)
    if written.lower() in _TRUE:
        return True
    if written.lower() in _FALSE:
        return False
    raise wrong(f"{written!r} is neither true nor false")


def _day(value: object) -> date:
    written = text(value)
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written, re.ASCII):
            raise ValueError(written)
        day = date.fromisoformat(written)
    except ValueError:
        raise wrong(f"{written!r} is not a date as 2026-01-31") from None
    if day < _FIRST_DAY:
        raise wrong(f"{written} is before {_FIRST_DAY}")
    return day


def _anchor(value: object) -> date:
    day = _day(value)
    if day.year >= 3000:
        raise wrong(f"{day} is not this millennium's")
    return day


def _seconds_of_day(value: object) -> int:
    written = text(value)
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", written, re.ASCII)
    if match:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        if hours < 24 and minutes < 60 and seconds < 60:
            return (hours * 60 + minutes) * 60 + seconds
    raise wrong(f"{written!r} is not a time of day as 07:00")


def _one_of(*choices: str) -> PlainValidator:
    def one_of(value: object) -> str:
        written = text(value)
        if written.lower() not in choices:
            raise wrong(f"{written!r} is unknown: {did_you_mean(written, choices)}")
        return written.lower()

    return PlainValidator(one_of)


def _code(
    kind: str, codes: Callable[[Catalogue], frozenset[str]], case: Callable[[str], str]
) -> PlainValidator:
    def code(value: object, info: ValidationInfo[Catalogue]) -> str:
        written = text(value)
        known = codes(info.context)
        if case(written) not in known:
            raise wrong(f"unknown {kind} {written!r}: {did_you_mean(case(written), known)}")
        return case(written)

    return PlainValidator(code)


def _country(value: object, info: ValidationInfo[Catalogue]) -> str:
    written = text(value)
    if written.upper() not in info.context.countries:
        raise wrong(f"unknown country {written!r}: write its ISO 3166 code, as GB")
    return written.upper()


def _licence(value: object, info: ValidationInfo[Catalogue]) -> str:
    catalogue = info.context
    written = text(value)
    if written.lower() in catalogue.licences:
        return written.lower()
    code, _model = catalogue.licence_names.get(name_key(written), (None, None))
    hint = f"write its code {code}" if code else did_you_mean(written, catalogue.licences)
    raise wrong(f"unknown licence {written!r}: {hint}")


@cache
def _zones() -> frozenset[str]:
    """IANA names; those that only say what this machine has chosen are none."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


def _zone(value: object) -> str:
    written = text(value)
    if written not in _zones():
        raise wrong(f"unknown time zone {written!r}: {did_you_mean(written, _zones())}")
    return written


def _add_on(value: object) -> str:
    return slug(_named(value))


Text = Annotated[str, PlainValidator(text)]
Name = Annotated[str, PlainValidator(_named)]
Number = Annotated[Decimal, PlainValidator(_number)]
Quantity = Annotated[Decimal, PlainValidator(_not_negative)]
Rate = Annotated[Decimal, PlainValidator(_not_negative)]
Share = Annotated[Decimal, PlainValidator(_share)]
Positive = Annotated[Decimal, PlainValidator(_positive)]
Months = Annotated[int, _whole(0, 1200)]
TermMonths = Annotated[int, _whole(1, 1200)]
Days = Annotated[int, _whole(0, 3650)]
Count = Annotated[int, _whole(0, 10**9)]
Increment = Annotated[int, _whole(1, 3600)]
Flag = Annotated[bool, PlainValidator(_boolean)]
Day = Annotated[date, PlainValidator(_day)]
Anchor = Annotated[date, PlainValidator(_anchor)]
SecondsOfDay = Annotated[int, PlainValidator(_seconds_of_day)]
Zone = Annotated[str, PlainValidator(_zone)]
Licence = Annotated[str, PlainValidator(_licence)]
AddOn = Annotated[str, PlainValidator(_add_on)]
Resource = Annotated[str, _code("resource", lambda catalogue: catalogue.resources, str.lower)]
# PAY-3: a currency that is not in the catalogue is a contract error
Currency = Annotated[str, _code("currency", lambda catalogue: catalogue.currencies, str.upper)]
Country = Annotated[str, PlainValidator(_country)]
Channel = Annotated[str, _one_of("direct", "partner")]
RampPolicy = Annotated[str, _one_of("software_free", "actual_usage")]
Subscription = Annotated[str, _one_of("annual_prepay", "annual_monthly", "monthly")]
LicenceModel = Annotated[str, _one_of(*LICENCE_MODELS)]
MixedTiers = Annotated[str, _one_of("allowed", "forbidden")]
PeakMode = Annotated[str, _one_of("cumulative_at_least", "cumulative_exact", "contiguous")]
Combination = Annotated[str, _one_of(*COMBINATIONS)]
Rating = Annotated[str, _one_of("cdr", "rate_sheet")]
Rounding = Annotated[str, _one_of("up", "nearest")]
NumbersBilling = Annotated[str, _one_of("arrears", "advance")]
PartType = Annotated[str, _one_of("site", "user", "metered_sum", "metered_high_water", "mimic")]
Basis = Annotated[str, _one_of("numbers", "users", "calls", "invoice")]
Section = Annotated[str, _one_of(*SECTIONS)]
