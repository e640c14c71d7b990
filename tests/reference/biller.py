"""The reference biller: an organization's invoices of one month, straight from the rulebook.

It shares no code and no data with the product: it exists to disagree with it. Written for being
obviously right, one period at a time, in exact fractions. Out of its scope: vendor
reconciliation, issuing and adjustments, documents.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.reference import facts, licences, resources, voice
from tests.reference.contract import Contract, Period, day, flag, number
from tests.reference.reports import File, Usage

SECTIONS = {  # INV-1, by the first word of the charge code
    "licence": "core",
    "add_on": "core",
    "resource": "resources",
    "appfoundry": "appfoundry",
    "device": "devices",
    "telco": "telco",
    "one_time": "one_time",
    "fee": "taxes",
    "tax": "taxes",
}
Terms = dict[str, Any]


@dataclass
class Line:
    """One invoice line; a rate of None is unknown or blended, an amount of None unknown."""

    section: str
    code: str
    quantity: Fraction
    rate: Fraction | None
    amount: Fraction | None
    service_start: date
    service_end: date
    is_blended: bool = False


@dataclass
class Invoice:
    """One invoice; `key` is the order's date or the period's first day."""

    kind: str
    key: date
    invoice_date: date
    due_date: date
    currency: str
    status: str = "draft"
    holds: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)


@dataclass
class Charge:
    """A quantity at a rate before the ramp gate and the price.

    `period` is the one whose contract and phase decide: the one that is served.
    """

    code: str
    quantity: Fraction
    rate: Fraction | None
    start: date
    end: date
    terms: Terms
    period: Period | None = None
    billed_in_ramp: Any = None
    section: str | None = None
    given: Fraction | None = None
    is_given: bool = False


def is_trial(terms: Terms) -> bool:
    """Say whether nothing is priced (CON-12)."""
    return flag(terms.get("trial"), False)


def on_demand_rate(entry: Terms) -> Fraction | None:
    """Give the rate above the commitment (CON-1)."""
    rate = number(entry.get("on_demand_rate"))
    return number(entry.get("prepay_rate")) if rate is None else rate


def ramp_rate(entry: Terms) -> Fraction | None:
    """Give the rate of actual usage in the ramp (CON-8)."""
    for name in ("ramp_rate", "prepay_rate", "on_demand_rate"):
        rate = number(entry.get(name))
        if rate is not None:
            return rate
    return None


def committed(entry: Terms) -> Fraction:
    """Give the commitment (CON-1)."""
    return number(entry.get("committed")) or Fraction(0)


def commitments(terms: Terms) -> dict[str, Terms]:
    """Give what can be committed: licences, add-ons and app parts by charge code."""
    found: dict[str, Terms] = {}
    for entry in terms.get("licences") or []:
        kind, name = (
            ("licence", entry.get("licence"))
            if entry.get("licence")
            else (
                "add_on",
                entry["add_on"],
            )
        )
        found[f"{kind}.{name}"] = entry
    for part in terms.get("appfoundry") or []:
        found[f"appfoundry.{facts.slug(part['app'])}.{facts.slug(part['part'])}"] = part
    return found


def gate(charge: Charge) -> bool:
    """Say whether the ramp lets a charge through (CON-7, CON-8, CON-15)."""
    period = charge.period
    if period is None or period.phase != "ramp":
        return True
    if period.terms["contract"].get("ramp_policy") == "actual_usage":
        return True
    return flag(charge.billed_in_ramp, facts.is_billed_in_ramp(charge.code))


def price(charge: Charge) -> Line | None:
    """Turn a charge into a line, None if it is none (Conventions, INV-2)."""
    decimals = facts.MINOR_UNITS[charge.terms["currency"]]
    rate = None if charge.is_given else charge.rate
    if is_trial(charge.terms):
        rate, amount = None, None
    elif charge.is_given:
        amount = None if charge.given is None else resources.half_away(charge.given, decimals)
    else:
        amount = None if rate is None else resources.half_away(charge.quantity * rate, decimals)
    if charge.quantity == 0 and not amount:
        return None
    first, second, *_ = *charge.code.split("."), ""
    catalogue = (
        "resources" if second == "guard_dog" else SECTIONS.get(first, "core")
    )  # the generator's own row
    return Line(
        charge.section or catalogue,
        charge.code,
        charge.quantity,
        rate,
        amount,
        charge.start,
        charge.end,
        charge.is_given,
    )


class Biller:
    """Bills one organization."""

    def __init__(self, contract: Terms, usage: Usage, rates: list[dict[str, str]]) -> None:
        self.contract = Contract(contract)
        self.usage = usage
        self.rates = rates

    def bill(self, month: date) -> list[Invoice]:
        """Compute the invoices of a calendar month (its first day)."""
        orders: dict[date, list[Charge]] = defaultdict(list)
        for when, charge in self.order_charges():
            if when.replace(day=1) == month:
                orders[when].append(charge)
        invoices = [i for d, c in sorted(orders.items()) if (i := self._order_invoice(d, c))]
        period = self.contract.period_of_month(month)
        if period:
            invoice = self._period_invoice(period)
            if invoice.lines or invoice.holds:  # INV-5
                invoices.append(invoice)
        return invoices

    def outbound(self, period: Period) -> tuple[int, int]:
        """Count a period's completed and short outbound calls, for choosing thresholds."""
        rated = voice.rate_calls(self.usage, period, self.rates)
        return rated.completed, rated.short

    # --- order invoices -------------------------------------------------------------------

    def order_charges(self) -> Iterator[tuple[date, Charge]]:
        """Yield every order line of the contract's life, with its date (CON-3, 4, 9, 14, 15)."""
        contract = self.contract
        first = contract.period(0)
        if first.in_force:
            if first.in_term and first.terms["contract"]["subscription"] == "annual_monthly":
                for code, entry in commitments(first.terms).items():
                    yield first.start, self._prepay(code, entry, first)
            yield from ((first.start, c) for c in self._recurring(first, in_advance=True))
            if first.terms["contract"]["subscription"] == "annual_prepay":
                yield from self._term_prepay(first, 0)
        for index in range(1, contract.horizon):
            period = contract.period(index)
            if not period.in_force:
                break
            before = contract.period(index - 1)
            if period.terms["contract"]["subscription"] != "annual_prepay":
                continue
            term = contract.term_of(index)
            starts_term = index == contract.first_of_term(term)
            was_prepay = before.terms["contract"]["subscription"] == "annual_prepay"
            if starts_term and (term > 0 or not was_prepay):
                yield from self._term_prepay(period, term)
            elif was_prepay:
                yield from self._raises(before, period, term)
        yield from self._one_time()

    def _term_days(self, term: int) -> tuple[date, date]:
        first = self.contract.first_of_term(term)
        end = self.contract.start(first + self.contract.term_months)
        return self.contract.start(first), end - timedelta(days=1)

    def _prepay(self, code: str, entry: Terms, served: Period) -> Charge:
        return Charge(
            f"{code}.prepay",
            committed(entry),
            number(entry.get("prepay_rate")),
            served.start,
            served.last_day,
            served.terms,
        )

    def _term_prepay(self, on: Period, term: int) -> Iterator[tuple[date, Charge]]:
        if not self.contract.period(self.contract.first_of_term(term)).in_force:
            return
        start, end = self._term_days(term)
        for code, entry in commitments(on.terms).items():
            quantity = committed(entry) * self.contract.term_months
            rate = number(entry.get("prepay_rate"))
            yield on.start, Charge(f"{code}.prepay", quantity, rate, start, end, on.terms)

    def _raises(self, before: Period, on: Period, term: int) -> Iterator[tuple[date, Charge]]:
        first = self.contract.first_of_term(term)
        if not self.contract.period(first).in_force:
            return
        start, end = self._term_days(term)
        months = self.contract.term_months - max(0, on.index - first)
        old = commitments(before.terms)
        for code, entry in commitments(on.terms).items():
            more = committed(entry) - committed(old.get(code, {}))
            if more > 0:
                rate = number(entry.get("prepay_rate"))
                yield (
                    on.start,
                    Charge(
                        f"{code}.prepay", more * months, rate, max(start, on.start), end, on.terms
                    ),
                )

    def _one_time(self) -> Iterator[tuple[date, Charge]]:
        files = [self.contract.base, *self.contract.amendments]
        dates = {day(item["date"]) for f in files for item in f.get("one_time") or []}
        for when in sorted(d for d in dates if d):
            terms = self.contract.terms_on(when)
            for item in terms.get("one_time") or []:
                if day(item["date"]) == when:
                    yield (
                        when,
                        Charge(
                            f"one_time.{facts.slug(item['name'])}",
                            Fraction(1),
                            number(item["amount"]),
                            when,
                            when,
                            terms,
                        ),
                    )

    def _order_invoice(self, when: date, charges: list[Charge]) -> Invoice | None:
        terms = self.contract.terms_on(when)
        invoice = self._invoice("order", when, when, terms)
        invoice.lines = [line for c in charges if (line := price(c))]
        self._tax(invoice, terms, when, when)
        if any(line.rate is None for line in invoice.lines) and self._must_price(terms):
            invoice.holds.add("unpriced_usage")
        self._close(invoice)
        return invoice if invoice.lines else None

    # --- period invoices ------------------------------------------------------------------

    def _period_invoice(self, period: Period) -> Invoice:
        following = self.contract.period(period.index + 1)
        evidence = licences.Evidence(self.usage, period)
        counted = licences.count(evidence)
        owned, number_holds = voice.numbers_owned(self.usage, period.start, period.last_day)
        rated = voice.rate_calls(self.usage, period, self.rates)
        used, resource_holds = resources.overages(self.usage, period, counted.actual)
        app_quantities, app_holds = self._app_quantities(period, evidence, counted)

        charges = [
            *self._licence_charges(period, counted),
            *self._app_charges(period, app_quantities),
            *self._prepays(following),
            *self._recurring(period, in_advance=False),
            *self._recurring(following, in_advance=True),
            *self._resource_charges(period, used),
            *self._voice_charges(period, rated),
            *self._number_charges(period, following, owned),
            *self._device_charges(period, counted),
        ]
        invoice = self._invoice("period", period.start, period.next_start, period.terms)
        invoice.holds = (
            counted.holds | number_holds | rated.holds | resource_holds | app_holds
        ) | self._rejects(period)
        unpriced = False
        for charge in filter(gate, charges):
            line = price(charge)
            if line:
                invoice.lines.append(line)
                unpriced |= (
                    line.rate is None and not line.is_blended and self._must_price(charge.terms)
                )
        self._fees(invoice, period, counted, sum(owned.values()), rated)
        self._tax(invoice, period.terms, period.start, period.last_day)
        if unpriced:
            invoice.holds.add("unpriced_usage")
        self._close(invoice)
        return invoice

    def _licence_charges(self, period: Period, counted: licences.Counted) -> Iterator[Charge]:
        quantities = Counter({f"licence.{c}": q for c, q in counted.actual.items()})
        quantities.update({f"add_on.{c}": q for c, q in counted.add_ons.items()})
        entries = {
            code: entry
            for code, entry in commitments(period.terms).items()
            if not code.startswith("appfoundry.")
        }
        for code in {**dict.fromkeys(quantities), **entries}:
            entry = entries.get(code, {})
            yield from self._usage_charges(
                period, code, entry, Fraction(quantities[code]), ramp_rate(entry)
            )

    def _usage_charges(
        self,
        period: Period,
        code: str,
        entry: Terms,
        actual: Fraction,
        rate_in_ramp: Fraction | None,
    ) -> Iterator[Charge]:
        """Charge one commitable thing's period in arrears (CON-1, 5, 8)."""

        def charge(suffix: str, quantity: Fraction, rate: Fraction | None) -> Charge:
            return Charge(
                f"{code}.{suffix}",
                quantity,
                rate,
                period.start,
                period.last_day,
                period.terms,
                period,
                entry.get("billed_in_ramp"),
            )

        if period.phase == "ramp":
            yield charge("on_demand", actual, rate_in_ramp)
            return
        over = max(Fraction(0), actual - committed(entry))
        yield charge("on_demand", over, on_demand_rate(entry))
        if period.terms["contract"]["subscription"] == "monthly":
            yield charge("committed", committed(entry), number(entry.get("prepay_rate")))

    def _prepays(self, following: Period) -> Iterator[Charge]:
        """Prepay the next period, if its contract says so (CON-2)."""
        if following.in_term and following.terms["contract"]["subscription"] == "annual_monthly":
            for code, entry in commitments(following.terms).items():
                yield self._prepay(code, entry, following)

    def _recurring(self, served: Period, in_advance: bool) -> Iterator[Charge]:
        """Charge the recurring items that serve a period (CON-15)."""
        if not served.in_force:
            return
        for item in served.terms.get("recurring") or []:
            starts, ends = day(item.get("from")), day(item.get("to"))
            if flag(item.get("in_advance"), False) != in_advance:
                continue
            if (starts and starts > served.last_day) or (ends and ends < served.start):
                continue
            charge = Charge(
                f"recurring.{facts.slug(item['name'])}",
                number(item["quantity"]) or Fraction(0),
                number(item.get("rate")),
                served.start,
                served.last_day,
                served.terms,
                served,
                item.get("billed_in_ramp"),
                item.get("section") or "core",
            )
            if gate(charge):
                yield charge

    def _resource_charges(self, period: Period, used: dict[str, Fraction]) -> Iterator[Charge]:
        entries = {e["resource"]: e for e in period.terms.get("resources") or []}
        for resource, quantity in used.items():
            entry = entries.get(resource, {})
            yield self._plain(
                period, f"resource.{resource}", quantity, number(entry.get("overage_rate")), entry
            )

    def _plain(
        self, period: Period, code: str, quantity: Any, rate: Fraction | None, entry: Terms
    ) -> Charge:
        return Charge(
            code,
            Fraction(quantity),
            rate,
            period.start,
            period.last_day,
            period.terms,
            period,
            entry.get("billed_in_ramp"),
        )

    def _voice_charges(self, period: Period, rated: voice.Voice) -> Iterator[Charge]:
        for (service, market), line in rated.lines.items():
            charge = self._plain(period, f"telco.{service}.{market}", line.minutes, None, {})
            charge.is_given, charge.given = True, line.cost
            yield charge
        short = (period.terms.get("voice") or {}).get("short_call") or {}
        yield self._plain(
            period, "telco.short_calls", rated.charged, number(short.get("rate")), short
        )

    def _number_charges(
        self, period: Period, following: Period, owned: dict[str, int]
    ) -> Iterator[Charge]:
        """Charge numbers (VOX-8)."""

        def entries(of: Period) -> Terms:
            return (of.terms.get("voice") or {}).get("numbers") or {}

        def recurring(of: Period, quantities: dict[str, int]) -> Iterator[Charge]:
            for kind, quantity in quantities.items():
                entry = entries(of).get(kind) or {}
                rate = number(entry.get("recurring_rate"))
                yield self._plain(of, f"telco.number_recurring.{kind}", quantity, rate, entry)

        if entries(period).get("billing") != "advance":
            yield from recurring(period, owned)
        if following.in_force and entries(following).get("billing") == "advance":
            last, _ = voice.numbers_owned(self.usage, period.last_day, period.last_day)
            yield from recurring(following, last)
        for kind, quantity in voice.numbers_bought(self.usage, period).items():
            entry = entries(period).get(kind) or {}
            rate = number(entry.get("setup_rate"))
            yield self._plain(period, f"telco.number_setup.{kind}", quantity, rate, entry)

    def _device_charges(self, period: Period, counted: licences.Counted) -> Iterator[Charge]:
        """Charge devices (DEV-1)."""
        entries = {facts.key(e["device_type"]): e for e in period.terms.get("devices") or []}
        units: Counter[str] = Counter()
        named: set[str] = set()
        for row in self.usage.latest("devices", "device_id"):
            named.add(row["device_id"].strip().lower())
            if row["active_from"] <= period.last_day and (
                row["active_to"] is None or row["active_to"] >= period.start
            ):
                units[facts.key(row["device_type"])] += 1
        for kind, entry in entries.items():
            name = facts.key(entry.get("charge_name"))
            units[kind] += len(counted.device_rows.get(name, set()) - named)
        for kind, quantity in units.items():
            entry = entries.get(kind, {})
            code = f"device.{facts.slug(kind)}"
            yield self._plain(period, code, quantity, number(entry.get("rate")), entry)

    def _app_quantities(
        self, period: Period, evidence: licences.Evidence, counted: licences.Counted
    ) -> tuple[dict[str, Fraction], set[str]]:
        """Count the app parts (APP-1, APP-2)."""
        parts = {
            (facts.key(p["app"]), facts.key(p["part"])): p
            for p in period.terms.get("appfoundry") or []
        }
        daily: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
        holds: set[str] = set()
        for row in self.usage.latest("appfoundry_usage", "app", "part", "date"):
            if period.holds(row["date"]):
                name = (facts.key(row["app"]), facts.key(row["part"]))
                daily[name].append(row["quantity"])
                if name not in parts:
                    holds.add("unknown_app")
        quantities: dict[str, Fraction] = {}
        for name, part in parts.items():
            kind = part["type"]
            if kind == "site":
                quantity = Fraction(1)
            elif kind == "metered_sum":
                quantity = sum(daily[name], Fraction(0))
            elif kind == "metered_high_water":
                quantity = max(daily[name], default=Fraction(0))
            elif kind == "mimic":
                quantity = Fraction(sum(counted.actual.values()))
            else:
                quantity, is_proved = self._holders(part, evidence, counted)
                if not is_proved:
                    holds.add("concurrency_evidence")
            code = f"appfoundry.{facts.slug(part['app'])}.{facts.slug(part['part'])}"
            quantities[code] = quantity
        return quantities, holds

    def _holders(
        self, part: Terms, evidence: licences.Evidence, counted: licences.Counted
    ) -> tuple[Fraction, bool]:
        """Count a part's holders by its model, and say whether the count is proved (LIC-8)."""
        holders = counted.apps.get(facts.key(part["charge_name"]), set())
        model = part.get("count_model") or "named"
        if model == "hourly":
            return Fraction(evidence.hours_of(holders)), True
        if model == "concurrent":
            low, high = evidence.peak_of(holders)
            return Fraction(low), low == high or evidence.accept_daily
        return Fraction(len(holders)), True

    def _app_charges(self, period: Period, quantities: dict[str, Fraction]) -> Iterator[Charge]:
        entries = commitments(period.terms)
        for code, quantity in quantities.items():
            entry = entries[code]
            yield from self._usage_charges(period, code, entry, quantity, on_demand_rate(entry))

    def _fees(
        self,
        invoice: Invoice,
        period: Period,
        counted: licences.Counted,
        numbers: int,
        rated: voice.Voice,
    ) -> None:
        """Add the fees (TAX-2); those on the invoice itself last."""
        fees = period.terms.get("fees") or []
        for fee in sorted(fees, key=lambda f: f["basis"] == "invoice"):
            quantity = {
                "numbers": numbers,
                "users": sum(counted.actual.values()),
                "calls": sum(line.calls for line in rated.lines.values()),
                "invoice": int(bool([x for x in invoice.lines if x.section != "invoice_fee"])),
            }[fee["basis"]]
            code = f"fee.{facts.slug(fee['name'])}"
            charge = self._plain(period, code, quantity, number(fee["rate"]), fee)
            line = price(charge) if gate(charge) else None
            if line:
                line.section = "invoice_fee" if fee["basis"] == "invoice" else line.section
                invoice.lines.append(line)
        for line in invoice.lines:
            line.section = "taxes" if line.section == "invoice_fee" else line.section

    def _tax(self, invoice: Invoice, terms: Terms, start: date, end: date) -> None:
        """Add the taxes (TAX-1); a trial's invoice may carry the first paid period's prepay."""
        untaxed = list(invoice.lines)
        for tax in terms.get("taxes") or []:
            base = sum(
                (
                    line.amount
                    for line in untaxed
                    if line.amount is not None
                    and (not tax.get("sections") or line.section in tax["sections"])
                ),
                Fraction(0),
            )
            code, rate = f"tax.{facts.slug(tax['name'])}", number(tax["rate"])
            line = price(Charge(code, base, rate, start, end, {**terms, "trial": "false"}))
            if line:
                invoice.lines.append(line)

    # --- the invoice ----------------------------------------------------------------------

    def _must_price(self, terms: Terms) -> bool:
        return (terms.get("channel") or "direct") == "direct" and not is_trial(terms)

    def _invoice(self, kind: str, key: date, when: date, terms: Terms) -> Invoice:
        days = number(terms["contract"].get("payment_terms_days"))
        due = when + timedelta(days=30 if days is None else int(days))
        return Invoice(kind, key, when, due, terms["currency"])

    def _close(self, invoice: Invoice) -> None:
        """Settle the status (INV-7)."""
        if invoice.holds:
            invoice.status = "held"
        elif invoice.lines and all(line.amount is None for line in invoice.lines):
            invoice.status = "usage_only"

    def _rejects(self, period: Period) -> set[str]:
        """Hold for files with rejected rows (CHK)."""
        for report, files in self.usage.files.items():
            for file in files:
                is_touched = any(touches(report, row, period) for row in file.rows)
                if file.is_empty or (file.rejected and (not file.rows or is_touched)):
                    return {"rejected_rows"}
        return set()


def touches(report: str, row: dict[str, Any], period: Period) -> bool:
    """Say whether a loaded row touches a period."""
    if report == "billable_usage":
        return period.contains(row["timestamp"])
    if report == "voice_usage":
        return bool(period.voice_from <= row["start_time"] < period.voice_to)
    if report == "login_sessions":
        end = row["logout_at"] or period.ends_at
        return bool(row["login_at"] < min(end, period.ends_at) and end > period.starts_at)
    if report in ("phone_numbers", "devices"):
        return bool(
            row["active_from"] <= period.last_day
            and (row["active_to"] is None or row["active_to"] >= period.start)
        )
    return period.holds(row["date"])


__all__ = ["Biller", "Charge", "File", "Invoice", "Line", "touches"]
