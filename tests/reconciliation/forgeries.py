"""A vendor's invoice made from ours, and what a vendor can get wrong on it, one function a mistake.

A forgery changes the lines of a case as the mistake would, computed here from calls, days and
users with plain decimals, and returns what it has done to which line: charge code → cause → money.
It says nothing of how the mistake is found.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

Money = Decimal
Named = dict[str, dict[str, Decimal]]  # charge code → cause → amount


@dataclass
class Line:
    """A line of the vendor's invoice; `charge_code` is ours, the vendor does not know it."""

    charge_code: str
    description: str
    service_start: date
    service_end: date
    quantity: Decimal
    rate: Decimal | None
    amount: Decimal
    currency: str
    section: str


@dataclass(frozen=True)
class Call:
    """A call row: a counted one, or one that a later file replaced."""

    charge_code: str
    start_at: datetime
    seconds: int
    minutes: Decimal
    rate: Decimal
    cost: Decimal
    sheet_cost: Decimal | None
    is_short: bool
    file: str
    is_replaced: bool = False


@dataclass
class Case:
    """A period of an organization: our lines as the vendor would print them, and our evidence."""

    org: str
    period_start: date
    next_period_start: date
    currency: str
    zone: str
    window: tuple[datetime, datetime]
    lines: list[Line]
    calls: list[Call]  # of the whole book, of all periods
    users: list[tuple[str, str, datetime]]  # entity, charge name, first login
    days: dict[str, dict[date, Decimal]]  # resource → day → quantity
    terms: dict[str, Any] = field(default_factory=dict)
    _own_calls: list[Call] = field(default_factory=list)  # shared by copies

    @property
    def cent(self) -> Decimal:
        """The currency's smallest unit."""
        return Decimal(1) if self.currency == "JPY" else Decimal("0.01")

    def rounded(self, amount: Decimal) -> Decimal:
        """An amount as a line shows it."""
        return amount.quantize(self.cent, ROUND_HALF_UP)

    def line(self, charge_code: str) -> Line:
        """The first line of a charge code."""
        return next(line for line in self.lines if line.charge_code == charge_code)

    def has(self, charge_code: str) -> bool:
        """Whether the invoice has a line of the code."""
        return any(line.charge_code == charge_code for line in self.lines)

    def own_calls(self) -> list[Call]:
        """The calls that our lines are made of."""
        if not self._own_calls:
            first, last = self.window
            self._own_calls.extend(
                call
                for call in self.calls
                if first <= call.start_at < last and not call.is_replaced
            )
        return list(self._own_calls)

    @property
    def call_lines(self) -> list[Line]:
        """The lines of the calling services."""
        return [
            line
            for line in self.lines
            if line.charge_code.startswith("telco.") and line.charge_code.count(".") == 2
            and not line.charge_code.startswith("telco.number")
        ]  # fmt: skip


Forgery = Callable[[Case], Named]
Pricing = Callable[[Case, list[Call]], tuple[Decimal, Decimal]]  # → minutes, exact money


# ------------------------------------------------------------------------------ any priced line


def more(charge_code: str, by: str, cause: str) -> Forgery:
    """Another quantity at our rate."""

    def forge(case: Case) -> Named:
        line = case.line(charge_code)
        assert line.rate is not None
        before, line.quantity = line.amount, line.quantity + Decimal(by)
        line.amount = case.rounded(line.quantity * line.rate)
        return {charge_code: {cause: line.amount - before}}

    return forge


def price(charge_code: str, rate: str, *, shown: bool = True, cause: str = "price") -> Forgery:
    """Another rate for the quantity that the line has."""

    def forge(case: Case) -> Named:
        line = case.line(charge_code)
        before, line.rate = line.amount, Decimal(rate)
        line.amount = case.rounded(line.quantity * line.rate)
        if not shown:
            line.rate = None
        return {charge_code: {cause: line.amount - before}}

    return forge


def slip(charge_code: str, by: str) -> Forgery:
    """An amount that its own quantity and rate do not give."""

    def forge(case: Case) -> Named:
        case.line(charge_code).amount += Decimal(by)
        return {charge_code: {"unexplained": Decimal(by)}}

    return forge


def left_out(charge_code: str) -> Forgery:
    """A line that the vendor forgot."""

    def forge(case: Case) -> Named:
        line = case.line(charge_code)
        case.lines.remove(line)
        return {charge_code: {"missing_line": -line.amount}}

    return forge


def added(description: str, charge_code: str, quantity: str, rate: str) -> Forgery:
    """A line that we know nothing of."""

    def forge(case: Case) -> Named:
        amount = case.rounded(Decimal(quantity) * Decimal(rate))
        case.lines.append(
            Line(
                charge_code, description, case.period_start,
                case.next_period_start - timedelta(1), Decimal(quantity), Decimal(rate), amount,
                case.currency, "",
            )
        )  # fmt: skip
        return {charge_code: {"extra_line": amount}}

    return forge


def in_currency(currency: str, factor: str, *charge_codes: str) -> Forgery:
    """Lines in another currency: converted, or (factor 1) with the amounts left as they were."""

    def forge(case: Case) -> Named:
        named: Named = {}
        for line in case.lines:
            if charge_codes and line.charge_code not in charge_codes:
                continue
            before, line.currency = line.amount, currency
            if line.rate is not None:
                line.rate = line.rate * Decimal(factor)
                line.amount = (line.quantity * line.rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
            else:
                line.amount = (line.amount * Decimal(factor)).quantize(
                    Decimal("0.01"), ROUND_HALF_UP
                )
            named[line.charge_code] = {"currency": line.amount - before}
        return named

    return forge


# ------------------------------------------------------------------------------ commitments


def prepay(charge_code: str, quantity: str) -> Forgery:
    """A prepay or committed line of another size: doubled, zero, anything."""

    def forge(case: Case) -> Named:
        line = case.line(charge_code)
        return more(charge_code, str(Decimal(quantity) - line.quantity), "commitment")(case)

    return forge


def commitment_ignored(licence: str) -> Forgery:
    """All users on demand, those that are prepaid too."""

    def forge(case: Case) -> Named:
        code = f"licence.{licence}.on_demand"
        line = case.line(code)
        return more(code, str(case.terms["actual"][licence] - line.quantity), "commitment")(case)

    return forge


# ------------------------------------------------------------------------------ resources


def _overage(case: Case, resource: str, pool: str, *, extra_day: bool = False) -> Decimal:
    days = [
        quantity
        for day, quantity in case.days[resource].items()
        if case.period_start <= day < case.next_period_start + timedelta(int(extra_day))
    ]
    used = sum(days, Decimal(0))
    if resource == "storage_gb":
        used /= len(days)
    allowance = Decimal(0)
    for licence, allocation in case.terms["allocation"][resource].items():
        actual = case.terms["actual"].get(licence, Decimal(0))
        committed = case.terms["committed"].get(licence, Decimal(0))
        units = {
            "greater": max(actual, committed), "actual": actual, "committed": committed,
            "both": actual + committed, "none": Decimal(0),
        }[pool]  # fmt: skip
        allowance += Decimal(allocation) * units
    places = Decimal(1) if resource in {"api_requests", "sms_segments"} else Decimal("0.01")
    return max(used - allowance, Decimal(0)).quantize(places, ROUND_HALF_UP)


def pool_from(resource: str, pool: str, *, extra_day: bool = False) -> Forgery:
    """The allowance from other units, the day after the period counted too, or both."""

    def forge(case: Case) -> Named:
        own = _overage(case, resource, "greater")
        if not case.has(f"resource.{resource}"):
            # all of it was within the allowance, so that a line alone betrays the pool
            added(case.terms["shown_as"][resource], f"resource.{resource}", "0",
                  case.terms["overage_rate"][resource])(case)  # fmt: skip
        line = case.line(f"resource.{resource}")
        assert line.rate is not None
        assert own == line.quantity, f"{case.org}: the test reckons {own}, we {line.quantity}"
        before = line.amount
        first = _overage(case, resource, "greater", extra_day=extra_day)
        middle = case.rounded(first * line.rate)
        line.quantity = _overage(case, resource, pool, extra_day=extra_day)
        line.amount = case.rounded(line.quantity * line.rate)
        named = {"period_cutoff": middle - before, "allowance_base": line.amount - middle}
        return {line.charge_code: {cause: money for cause, money in named.items() if money}}

    return forge


# ------------------------------------------------------------------------------ calls


def as_billed(case: Case, calls: list[Call]) -> tuple[Decimal, Decimal]:
    """Our own pricing: each call's minutes and cost as they stand."""
    return sum((c.minutes for c in calls), Decimal(0)), sum((c.cost for c in calls), Decimal(0))


def _adjusted(call: Call, mode: str) -> Decimal:
    seconds = -(-call.seconds // 6) * 6 if mode == "up" else (call.seconds + 3) // 6 * 6
    return Decimal(seconds)


def rounding(mode: str, *, per_call: str | None = "0.0001") -> Pricing:
    """Durations rounded up or to the nearest increment, costs rounded per call or not at all."""

    def reckon(case: Case, calls: list[Call]) -> tuple[Decimal, Decimal]:
        minutes = money = Decimal(0)
        for call in calls:
            seconds = call.minutes * 60 if mode == "as_billed" else _adjusted(call, mode)
            cost = seconds * call.rate / 60
            if per_call is not None:
                place = case.cent if per_call == "cent" else Decimal(per_call)
                cost = (
                    call.cost
                    if mode == "as_billed"
                    else cost.quantize(Decimal("0.0001"), ROUND_HALF_UP)
                ).quantize(place, ROUND_HALF_UP)
            minutes, money = minutes + seconds / 60, money + cost
        return minutes, money

    return reckon


def at_other_costs(case: Case, calls: list[Call]) -> tuple[Decimal, Decimal]:
    """The rate sheet's costs instead of the records'."""
    return as_billed(case, calls)[0], sum((c.sheet_cost or Decimal(0) for c in calls), Decimal(0))


def discounted(case: Case, calls: list[Call]) -> tuple[Decimal, Decimal]:
    """The commit discount of a tenth, which the records' rates have already."""
    minutes, money = as_billed(case, calls)
    return minutes, money * Decimal("0.9")


def _surcharge(case: Case, calls: list[Call], mode: str) -> Decimal:
    terms = case.terms["short_call"]
    outbound = [c for c in calls if "outbound" in c.charge_code]
    seconds = [
        (call.minutes * 60 if mode == "as_billed" else _adjusted(call, mode)) for call in outbound
    ]
    completed = sum(1 for second in seconds if second > 0)
    short = sum(
        1 for second, call in zip(seconds, outbound, strict=True) if second == 6 and call.rate
    )
    if completed < terms["min_calls"] or short < completed * terms["min_share"]:
        return Decimal(0)
    return Decimal(short)


def calls_as(
    *steps: tuple[str, Callable[[Case], list[Call]], Pricing, str], only: str | None = None
) -> Forgery:
    """All call lines (or only one) as other calls or other prices make them, step by step.

    Args:
        steps: cause, the calls that count, their pricing and the rounding that decides which calls
            are short; each step is the whole reading so far, so that its money is what it adds.
        only: a charge code, to leave the other lines as they are.
    """

    def forge(case: Case) -> Named:
        named: Named = defaultdict(dict)
        for line in case.call_lines:
            if only and line.charge_code != only:
                continue
            mine = [c for c in case.own_calls() if c.charge_code == line.charge_code]
            assert case.rounded(as_billed(case, mine)[1]) == line.amount, line
            before = line.amount
            for cause, subset, pricing, _ in steps:
                calls = [c for c in subset(case) if c.charge_code == line.charge_code]
                quantity, money = pricing(case, calls)
                amount = case.rounded(money)
                if (quantity, amount) != (line.quantity, before):
                    named[line.charge_code][cause] = amount - before
                line.quantity, line.amount, before = quantity, amount, amount
        if not only:
            _forge_dependants(case, steps, named)
        return dict(named)

    return forge


def _forge_dependants(case: Case, steps: Iterable[Any], named: Named) -> None:
    """The surcharge and the fee on calls follow the calls that are counted."""
    for cause, subset, _, mode in steps:
        if case.has("telco.short_calls"):
            line = case.line("telco.short_calls")
            assert line.rate is not None
            short = _surcharge(case, subset(case), mode)
            amount = case.rounded(short * line.rate)
            if short != line.quantity:
                named["telco.short_calls"][cause] = amount - line.amount
            line.quantity, line.amount = short, amount
        if case.has("fee.regulatory_fee"):
            line = case.line("fee.regulatory_fee")
            assert line.rate is not None
            calls = Decimal(len(subset(case)))
            amount = case.rounded(calls * line.rate)
            if calls != line.quantity:
                named["fee.regulatory_fee"][cause] = amount - line.amount
            line.quantity, line.amount = calls, amount


def all_calls(case: Case) -> list[Call]:
    """The calls that we bill."""
    return case.own_calls()


def _of_day(case: Case, offset: int, zone: str) -> Callable[[Call], bool]:
    day = case.period_start + timedelta(offset)
    where = ZoneInfo(case.zone if zone == "local" else zone)
    first, last = (
        datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC).replace(tzinfo=None)
        for day in (day, day + timedelta(1))
    )
    return lambda call: first <= call.start_at < last


def without_day(offset: int, zone: str = "UTC") -> Callable[[Case], list[Call]]:
    """Not the calls of a day of the period."""

    def subset(case: Case) -> list[Call]:
        is_of_day = _of_day(case, offset, zone)
        return [c for c in case.own_calls() if not is_of_day(c)]

    return subset


def with_day_twice(offset: int, zone: str = "UTC") -> Callable[[Case], list[Call]]:
    """The calls of a day of the period twice."""

    def subset(case: Case) -> list[Call]:
        own, is_of_day = case.own_calls(), _of_day(case, offset, zone)
        return own + [c for c in own if is_of_day(c)]

    return subset


def both_of(
    one: Callable[[Case], list[Call]], other: Callable[[Case], list[Call]]
) -> Callable[[Case], list[Call]]:
    """The calls of the first that the second has, too."""

    def subset(case: Case) -> list[Call]:
        kept = set(other(case))
        return [call for call in one(case) if call in kept]

    return subset


def _nth_file(case: Case, number: int) -> str:
    return sorted({call.file for call in case.own_calls() if call.file.startswith("week")})[number]


def without_file(number: int) -> Callable[[Case], list[Call]]:
    """Not the calls of a landed file."""

    def subset(case: Case) -> list[Call]:
        file = _nth_file(case, number)
        return [c for c in case.own_calls() if c.file != file]

    return subset


def with_file_twice(number: int) -> Callable[[Case], list[Call]]:
    """The calls of a landed file twice."""

    def subset(case: Case) -> list[Call]:
        own, file = case.own_calls(), _nth_file(case, number)
        return own + [c for c in own if c.file == file]

    return subset


def with_replaced(case: Case) -> list[Call]:
    """The rows that a later file replaced, billed again (VOX-10)."""
    first, last = case.window
    return case.own_calls() + [
        c for c in case.calls if c.is_replaced and first <= c.start_at < last
    ]


def in_window(
    zone: str | None, *, hours: int = 0, extra_days: int = 0
) -> Callable[[Case], list[Call]]:
    """The calls between the midnights of another zone, another hour, or a day more."""

    def subset(case: Case) -> list[Call]:
        first, last = case.window
        if zone:
            edges = [
                datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
                .astimezone(UTC).replace(tzinfo=None)
                for day in (case.period_start, case.next_period_start)
            ]  # fmt: skip
            first, last = edges[0] + timedelta(hours=hours), edges[1] + timedelta(hours=hours)
        last += timedelta(extra_days)
        return [c for c in case.calls if first <= c.start_at < last and not c.is_replaced]

    return subset


def surcharge(short_by: int = 0, *, applied: bool = True, cause: str | None = None) -> Forgery:
    """The surcharge against its threshold, or with one call less."""

    def forge(case: Case) -> Named:
        code, terms = "telco.short_calls", case.terms["short_call"]
        outbound = [c for c in case.own_calls() if "outbound" in c.charge_code]
        short = Decimal(sum(1 for c in outbound if c.minutes * 60 == 6 and c.rate))
        named: dict[str, Decimal] = {}
        if not applied:
            line = case.line(code)
            case.lines.remove(line)
            return {code: {"surcharge_threshold": -line.amount}}
        if not case.has(code):
            added("Short Duration Call Surcharge", code, str(short), str(terms["rate"]))(case)
            named["surcharge_threshold"] = case.line(code).amount
        line = case.line(code)
        assert line.rate is not None
        if short_by:
            before, line.quantity = line.amount, line.quantity - short_by
            line.amount = case.rounded(line.quantity * line.rate)
            named["surcharge_count"] = line.amount - before
        return {code: named}

    return forge


# ------------------------------------------------------------------------------ licences


def users_in_window(*, extra_days: int) -> Forgery:
    """The users of every licence counted with the day after the period."""

    def forge(case: Case) -> Named:
        edges = [
            datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(case.zone))
            .astimezone(UTC).replace(tzinfo=None)
            for day in (case.period_start, case.next_period_start + timedelta(extra_days))
        ]  # fmt: skip
        tiers = case.terms["tiers"]
        of_user: dict[str, str] = {}
        add_on_users: set[str] = set()
        for user, name, at in case.users:
            if not edges[0] <= at < edges[1]:
                continue
            if name not in tiers:
                add_on_users.add(user)
            elif user not in of_user or tiers[name] > tiers[of_user[user]]:
                of_user[user] = name
        named: Named = {}
        for name, licence in case.terms["licence_of"].items():
            code = f"licence.{licence}.on_demand"
            count = Decimal(sum(1 for of in of_user.values() if of == name))
            over = max(count - case.terms["committed"].get(licence, Decimal(0)), Decimal(0))
            if case.has(code) and over != case.line(code).quantity:
                named |= more(code, str(over - case.line(code).quantity), "period_cutoff")(case)
        code = "add_on.wem.on_demand"
        if case.has(code):
            count = Decimal(len(add_on_users & set(of_user)))
            if count != case.line(code).quantity:
                named |= more(code, str(count - case.line(code).quantity), "period_cutoff")(case)
        return named

    return forge


# ------------------------------------------------------------------------------ taxes


def taxes_follow() -> Forgery:
    """The taxes reckoned on the lines as they are forged by now."""

    def forge(case: Case) -> Named:
        named: Named = {}
        for code, (rate, sections) in case.terms["taxes"].items():
            line = case.line(code)
            base = sum(
                (
                    other.amount
                    for other in case.lines
                    if not other.charge_code.startswith("tax.")
                    and (sections is None or other.section in sections)
                ),
                Decimal(0),
            )
            if base != line.quantity:
                before, line.quantity = line.amount, base
                line.amount = case.rounded(base * Decimal(rate))
                named[code] = {"tax": line.amount - before}
        return named

    return forge


def under(description: str, *charge_codes: str) -> Forgery:
    """Our lines under one description of the vendor's, without a rate if they have several."""

    def forge(case: Case) -> Named:
        first, *others = (case.line(code) for code in charge_codes)
        for line in others:
            first.quantity, first.amount = (
                first.quantity + line.quantity,
                first.amount + line.amount,
            )
            first.rate = first.rate if first.rate == line.rate else None
            case.lines.remove(line)
        first.description = description
        return {}

    return forge


def merged(*parts: Named) -> Named:
    """What several forgeries did; a second cause on a line stands beside the first."""
    whole: Named = defaultdict(dict)
    for part in parts:
        for code, causes in part.items():
            for cause, money in causes.items():
                whole[code][cause] = whole[code].get(cause, Decimal(0)) + money
    return dict(whole)


def both(*forgeries: Forgery) -> Forgery:
    """One forgery after the other on the same invoice."""
    return lambda case: merged(*(forge(case) for forge in forgeries))


def apart(*forgeries: Forgery) -> Forgery:
    """Forgeries of different lines of an invoice; what would touch a forged line is left out."""

    def forge(case: Case) -> Named:
        named: Named = {}
        for forgery in forgeries:
            trial = copy.copy(case)
            trial.lines = [copy.copy(line) for line in case.lines]
            done = forgery(trial)
            if not set(done) & set(named):
                case.lines, named = trial.lines, named | done
        return named

    return forge
