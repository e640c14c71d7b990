"""Random organizations: contracts and usage near every boundary that the rulebook draws.

`write(data, seed, count)` writes a data directory in the layout of the scenarios and returns the
months to run. An organization depends on its seed and number only, so that one can be made again.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import zipfile
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import yaml
import zstandard

from tests.reference import facts, resources
from tests.reference.biller import Biller, commitments, committed
from tests.reference.contract import Contract, Period, add_months
from tests.reference.reports import read_usage

Tree = dict[str, Any]
Row = dict[str, str]

ZONES = (
    "UTC",
    "UTC",
    "America/New_York",
    "EST",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "America/Havana",
    "Europe/Berlin",
    "Asia/Beirut",
    "America/Santiago",
)
CLOCK_CHANGES = {  # zone → days of the months to run on which its clocks change
    "America/New_York": (8, 2),
    "Australia/Lord_Howe": (5,),
    "America/Havana": (8, 1),
    "Europe/Berlin": (29,),
    "Asia/Beirut": (29,),
    "America/Santiago": (5,),
}
PLACES = (
    ("US", "USD"),
    ("US", "USD"),
    ("CA", "CAD"),
    ("DE", "EUR"),
    ("GB", "GBP"),
    ("JP", "JPY"),
    ("AU", "AUD"),
    ("BR", "BRL"),
    ("NZ", "NZD"),
)
MONTHS = (date(2025, 11, 1), date(2026, 3, 1), date(2026, 4, 1))
SHEETS = ("gen-a", "gen-b")
NUMBERS = (
    "+12125550199",
    "+13175550100",
    "+14165550100",
    "+18765550100",
    "+18005550100",
    "+18885550123",
    "3175550100",
    "13175550100",
    "(604) 555-0100",
    "+33140000000",
    "+442071838750",
    "+441481555010",
    "+4930901820",
    "+81312345678",
    "+819012345678",
    "+77272500000",
    "+74951234567",
    "+61291234567",
    "+5511987654321",
    "sip:+442071838750@host.example",
    "tel:+13175550100",
    "SIP:anonymous@10.0.0.1",
    "+99912345678",
)
CURRENCIES = tuple(facts.MINOR_UNITS)
COMBINATIONS = tuple(
    (model, subscription, policy, is_ramp)
    for is_ramp in (False, True)
    for model in ("concurrent", "hourly", "named")
    for subscription in ("annual_prepay", "annual_monthly", "monthly")
    for policy in ("software_free", "actual_usage")
)
STORIES = (
    *("",) * 9,
    "raise",
    "raise",
    "raise",
    "to_prepay",
    "from_prepay",
    "renewal",
    "ends",
    "no_renewal",
    "trial_ends",
    "moves",
    "partner_leaves",
    "future",
    "only_apps",
    "cutoffs",
)
APP_NAMES = ("Vendor X", "Vendor Y", "Coach & Co", "Übersetzer", "Guard Dog")
MODEL_WORDS = {
    "named": ("{} User", "{}"),
    "concurrent": ("{} Concurrent User", "{} Concurrent", "{}"),
    "hourly": ("{} Hourly User", "{} Hourly", "{}"),
}
OTHER_NAMES = {
    "communicate": ("Genesys Cloud Communicate User", "Communicate"),
    "collaborate": ("Genesys Cloud Collaborate User", "Collaborate"),
    "ex": ("Genesys Cloud EX User",),
}


def text(value: Fraction, decimals: int = 6) -> str:
    """Write an exact decimal without trailing zeros."""
    scaled = resources.half_away(value, decimals)
    sign, scaled = ("-" if scaled < 0 else ""), abs(scaled)
    whole, rest = divmod(scaled, 1)
    tail = str(int(rest * 10**decimals)).zfill(decimals).rstrip("0")
    return f"{sign}{int(whole)}" + (f".{tail}" if tail else "")


class Maker:
    """Makes one organization."""

    def __init__(self, seed: int, number: int, months: tuple[date, ...] = MONTHS) -> None:
        self.random = Random(f"{seed}/{number}")  # noqa: S311
        self.org = f"g{seed}-{number:03d}"
        self.months = months
        self.target = self.random.choice(months)
        self.country, self.currency = self.random.choice(PLACES)
        if self.chance(0.2):
            self.currency = self.random.choice(CURRENCIES)
        self.model, self.subscription, self.policy, self.is_ramp = COMBINATIONS[
            number % len(COMBINATIONS)
        ]
        self.story = self.random.choice(STORIES)
        self.is_clean = self.chance(0.75)  # nothing that must hold an invoice, as a rule
        self.seed_label = f"{seed}/{number}"

    # --- small choices --------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        """Throw a coin."""
        return self.random.random() < share

    def rate(self, top: int, decimals: int = 4) -> str:
        """Choose a rate."""
        if self.chance(0.03):
            return "0"
        if self.currency == "JPY" and self.chance(0.3):
            return text(Fraction(self.random.randrange(1, 1500), 1000))
        return text(Fraction(self.random.randrange(1, top * 10**decimals), 10**decimals))

    def mangled(self, name: str) -> str:
        """Change case and spaces now and then."""
        if self.chance(0.1):
            name = name.upper()
        if self.chance(0.05):
            name = name.replace(" ", "  ")
        return f" {name} " if self.chance(0.05) else name

    # --- the contract ---------------------------------------------------------------------

    def contract(self) -> Tree:
        """Choose a contract that the rulebook allows."""
        while True:
            tree = self._draft()
            contract = Contract(tree)
            if contract.period(0).in_force and is_lawful(contract):
                return tree

    def _draft(self) -> Tree:
        effective, index, ramp, term = self._times()
        tree = self._terms(effective, index, ramp, term)
        if self.story != "only_apps":
            tree["licences"] = self._licences(tree)
        elif self.chance(0.5):
            tree["licences"] = []
        self._optional_parts(tree, effective, index)
        at = add_months(effective, max(1, index))
        if self.story in ("to_prepay", "from_prepay"):
            at = add_months(effective, ramp + term)
        amendments = []
        changes = self._story(tree, at)
        if changes:
            amendments.append({"effective_from": str(at), **changes})
        if self.chance(0.4):
            amendments += self._amendments(tree, effective, index, ramp, term)
        if amendments:
            unique = {a["effective_from"]: a for a in amendments}
            tree["amendments"] = [unique[day] for day in sorted(unique)]
        return tree

    def _times(self) -> tuple[date, int, int, int]:
        """Choose effective date, ramp and term, so that period `index` ends in the target month."""
        r = self.random
        term = r.choice((1, 3, 6, 12, 12, 24))
        if self.is_ramp:
            ramp = r.choice((1, 2, 3, 14))
            index = r.choice((0, 1, ramp - 1, ramp - 1))
        else:
            ramp = r.choice((0, 0, 0, 1, 2, 3))
            index = ramp + r.choice((0, 0, 1, 2, term - 1, term, 2 * term))
        if self.story in ("renewal", "to_prepay", "from_prepay"):
            index = ramp + term - r.choice((0, 0, 1))
        elif self.story == "no_renewal":
            index = ramp + term - r.choice((0, 1, 1))
        elif self.story == "future":
            index = -r.choice((0, 1, 2))
        self.zone = r.choice(ZONES)
        anchor_day = r.choice((1, 1, 1, 15, 2, 28, 29, 30, 31))
        if self.zone in CLOCK_CHANGES and self.chance(0.5):
            anchor_day = r.choice(CLOCK_CHANGES[self.zone])
        month = add_months(self.target, -index - (anchor_day != 1))
        last = add_months(month, 1) - timedelta(days=1)
        return min(last, month + timedelta(days=anchor_day - 1)), index, ramp, term

    def _terms(self, effective: date, index: int, ramp: int, term: int) -> Tree:
        """Choose what a contract has besides its entries."""
        r = self.random
        own: Tree = {
            "number": f"C-{self.org}",
            "effective_date": str(effective),
            "ramp_months": str(ramp),
            "ramp_policy": self.policy,
            "term_months": str(term),
            "subscription": self.subscription,
            "licence_model": self.model,
            "mixed_tiers": "forbidden" if self.chance(0.1) else "allowed",
        }
        if self.chance(0.8):
            own["peak"] = {
                "minutes": r.choice(("5", "10", "15", "20", "30", "45", "7.5")),
                "mode": r.choice(("cumulative_at_least", "cumulative_exact", "contiguous")),
                "accept_daily_report": r.choice(("true", "false")),
            }
        if self.chance(0.2):
            own["auto_renew"] = r.choice(("true", "false"))
        if self.chance(0.15):
            start = add_months(effective, index)
            ends = start + timedelta(days=r.choice((-1, 0, 1, 9)))
            own["terminated_on"] = str(max(effective, ends))
        if self.chance(0.3):
            own["payment_terms_days"] = r.choice(("0", "15", "45"))
        tree: Tree = {
            "org": self.org,
            "name": self.org.upper(),
            "country": self.country,
            "currency": self.currency,
            "time_zone": self.zone,
            "channel": "partner" if self.chance(0.12) else "direct",
            "trial": "true" if self.chance(0.06) else "false",
            "contract": own,
        }
        if tree["trial"] == "true" and self.chance(0.5):
            tree["trial_ends_on"] = str(add_months(effective, max(1, index)))
        return tree

    def _story(self, tree: Tree, at: date) -> Tree:
        """Tell one of the stories that chance alone rarely tells; return its amendment's keys."""
        own: Tree = tree["contract"]
        other = self.random.choice(("monthly", "annual_monthly"))
        if self.story == "no_renewal":
            own["auto_renew"] = "false"
        elif self.story == "ends":
            own["terminated_on"] = str(at)
        elif self.story == "trial_ends":
            tree["trial"] = "true"
        elif self.story == "partner_leaves":
            tree["channel"] = "partner"
        elif self.story == "to_prepay":
            own["subscription"] = other
        elif self.story == "from_prepay":
            own["subscription"] = "annual_prepay"
        elif self.story == "cutoffs":
            tree.setdefault("voice", {})["cutoff_utc"] = self.random.choice(("07:00", "15:00"))
        now_direct = {**tree, "channel": "direct"}
        country = self.random.choice([c for c, _ in PLACES])
        cutoff = self.random.choice(("13:30", "00:00", "23:59", None))
        changes: dict[str, Tree] = {
            "raise": {"licences": self._raised(tree)},
            "to_prepay": {"contract": {"subscription": "annual_prepay"}},
            "from_prepay": {"contract": {"subscription": other}},
            "trial_ends": {"trial": "false"},
            "moves": {"country": country},
            "partner_leaves": {
                "channel": "direct",
                "licences": self._licences(now_direct),
                "appfoundry": self._apps(partner=False),
            },
            "cutoffs": {"voice": {"cutoff_utc": cutoff}},
        }
        return changes.get(self.story, {})

    def _raised(self, tree: Tree) -> list[Tree]:
        """Raise the commitments of a contract, some at a new rate."""
        raised = [dict(e) for e in tree.get("licences", [])]
        for entry in raised:
            more = self.random.choice((0, 1, 5))
            entry["committed"] = str(int(entry.get("committed", "0")) + more)
            if "prepay_rate" not in entry or self.chance(0.4):
                entry["prepay_rate"] = self.rate(200, 2)
        return raised

    def _licences(self, tree: Tree) -> list[Tree]:
        r = self.random
        codes = r.sample(facts.TIERS[4:], r.choice((1, 1, 2)))
        codes += r.sample(facts.TIERS[:4], r.choice((0, 0, 1, 2)))
        partner = tree["channel"] == "partner"
        entries = []
        for code in codes:
            entry: Tree = {"licence": code}
            if self.chance(0.65):
                entry["committed"] = str(r.randrange(0, 9))
                if self.model == "hourly" and facts.is_cx(code):
                    entry["committed"] = str(r.choice((0, 5, 40, 111)))
            entries.append(self._rates(entry, partner, ramp=True))
        if self.chance(0.4):
            entry = {"add_on": "wem", "charge_name": "Genesys Cloud CX 2 WEM Add-On I"}
            if self.chance(0.5):
                entry["committed"] = str(r.randrange(0, 4))
            entries.append(self._rates(entry, partner, ramp=True))
        return entries

    def _rates(self, entry: Tree, partner: bool, ramp: bool = False) -> Tree:
        if partner and self.chance(0.5):
            return entry
        if "committed" in entry or self.chance(0.8):
            entry["prepay_rate"] = self.rate(200, 2)
        if self.chance(0.7) or "prepay_rate" not in entry:
            entry["on_demand_rate"] = self.rate(200, 2)
        if ramp and self.chance(0.3):
            entry["ramp_rate"] = self.rate(200, 2)
        return self._in_ramp(entry)

    def _in_ramp(self, entry: Tree) -> Tree:
        if self.chance(0.1):
            entry["billed_in_ramp"] = self.random.choice(("true", "false"))
        return entry

    def _optional_parts(self, tree: Tree, effective: date, index: int) -> None:
        for name, make in (
            ("resources", lambda: self._resources(tree)),
            ("voice", self._voice),
            ("devices", self._devices),
            ("appfoundry", lambda: self._apps(tree["channel"] == "partner")),
            ("recurring", lambda: self._recurring(effective, index)),
            ("one_time", lambda: self._one_time(effective)),
            ("fees", self._fees),
            ("taxes", self._taxes),
        ):
            is_priced_usage = name in ("resources", "voice", "devices")
            needed = self.is_clean and is_priced_usage
            needed |= name == "appfoundry" and self.story == "only_apps"
            if needed or self.chance(0.9 if is_priced_usage else 0.75):
                tree[name] = make()

    def _resources(self, tree: Tree) -> list[Tree]:
        r = self.random
        names = [n for n in facts.RESOURCES if self.is_clean or self.chance(0.93)]
        entries = []
        for name in names:
            entry: Tree = {"resource": name}
            if self.is_clean or tree["channel"] == "direct" or self.chance(0.5):
                entry["overage_rate"] = self.rate(1)
            if self.chance(0.3):
                entry["combine"] = r.choice(("sum", "average", "max", "last"))
            if name not in facts.MESSAGING and self.chance(0.2):
                codes = [e["licence"] for e in tree.get("licences", []) if "licence" in e]
                code = r.choice(codes) if codes else None
                if facts.is_cx(code):
                    entry["allocation"] = {code: r.choice(("0", "12.5", "333"))}
            entries.append(self._in_ramp(entry))
        return entries

    def _voice(self) -> Tree:
        r = self.random
        own: Tree = {}
        if self.chance(0.4):
            own["cutoff_utc"] = r.choice(("07:00", "00:00", "13:30"))
        if self.chance(0.75):
            own["rate_sheet"] = "gen-a" if self.is_clean else r.choice(SHEETS)
            own["rating"] = r.choice(("cdr", "rate_sheet"))
        if self.chance(0.3):
            own["rounding"] = r.choice(("up", "nearest"))
        if self.chance(0.25):
            own["increment_seconds"] = r.choice(("1", "6", "10", "30", "60", "7"))
        if self.chance(0.6):
            own["short_call"] = {"rate": self.rate(1), "min_calls": "100", "min_share": "0.15"}
        if self.is_clean or self.chance(0.9):
            own["numbers"] = self._number_terms()
        return own

    def _number_terms(self) -> Tree:
        terms: Tree = {
            kind: self._in_ramp({"recurring_rate": self.rate(3, 2), "setup_rate": self.rate(3, 2)})
            for kind in ("did", "toll_free")
        }
        if self.chance(0.6):
            terms["billing"] = self.random.choice(("advance", "arrears"))
        return terms

    def _devices(self) -> list[Tree]:
        return [
            self._in_ramp({"device_type": "Polycom VVX 350", "rate": self.rate(9, 2)}),
            {
                "device_type": "Wallboard",
                "charge_name": "Genesys Cloud for Wallboard Device Charge",
                "rate": self.rate(30, 2),
            },
        ]

    def _apps(self, partner: bool) -> list[Tree]:
        r = self.random
        parts = []
        for number in range(r.randrange(1, 6)):
            kind = r.choice(("site", "user", "user", "metered_sum", "metered_high_water", "mimic"))
            part: Tree = {"app": r.choice(APP_NAMES), "part": f"Part {number}/m", "type": kind}
            if kind == "user":
                part["charge_name"] = f"{part['app']} Seat {number}"
                part["count_model"] = r.choice(("named", "hourly", "concurrent"))
                if self.chance(0.2):
                    del part["count_model"]
            if self.chance(0.4):
                part["committed"] = str(r.choice((0, 1, 3, 300)))
            parts.append(self._rates(part, partner))
        return parts

    def _recurring(self, effective: date, index: int) -> list[Tree]:
        r = self.random
        items = []
        for number in range(r.randrange(1, 4)):
            item: Tree = {
                "name": f"Care {number}",
                "quantity": r.choice(("1", "2", "1.5")),
                "rate": r.choice(("250", "-50", "0.335", "99.995")),
            }
            if self.chance(0.5):
                item["section"] = r.choice(("core", "resources", "telco", "appfoundry"))
            if self.chance(0.5):
                item["in_advance"] = r.choice(("true", "false"))
            near = add_months(effective, index + r.choice((-1, 0, 1)))
            if self.chance(0.3):
                item["from"] = str(near + timedelta(days=r.choice((-1, 0, 1, 10))))
            elif self.chance(0.3):
                item["to"] = str(near + timedelta(days=r.choice((-1, 0, 1, 40))))
            items.append(self._in_ramp(item))
        return items

    def _one_time(self, effective: date) -> list[Tree]:
        r = self.random
        return [
            {
                "name": f"Item {number}",
                "amount": r.choice(("5000", "0.005", "-12.345", "1234.5")),
                "date": str(
                    r.choice(
                        (
                            effective,
                            self.target + timedelta(days=r.randrange(0, 28)),
                            self.target,
                            effective - timedelta(days=1),
                        )
                    )
                ),
            }
            for number in range(r.randrange(1, 3))
        ]

    def _fees(self) -> list[Tree]:
        return [
            self._in_ramp({"name": f"{basis} fee", "basis": basis, "rate": self.rate(2)})
            for basis in ("numbers", "users", "calls", "invoice")
            if self.chance(0.6)
        ]

    def _taxes(self) -> list[Tree]:
        r = self.random
        taxes = []
        for number in range(r.randrange(1, 3)):
            tax: Tree = {"name": f"VAT {number}", "rate": r.choice(("0.07", "0.0825", "0.19"))}
            if self.chance(0.6):
                tax["sections"] = r.sample(
                    ["core", "resources", "appfoundry", "devices", "telco", "one_time", "taxes"],
                    r.randrange(1, 5),
                )
            taxes.append(tax)
        return taxes

    def _amendments(
        self, tree: Tree, effective: date, index: int, ramp: int, term: int
    ) -> list[Tree]:
        r = self.random
        amendments = []
        partner = tree["channel"] == "partner"
        for _ in range(r.choice((1, 1, 2))):
            at = r.choice((index - 1, index, index, index + 1, ramp, ramp + term))
            when = add_months(effective, max(0, at)) + timedelta(days=r.choice((-1, 0, 0, 0, 1)))
            amendment: Tree = {"effective_from": str(when)}
            for _ in range(r.choice((1, 1, 2))):
                self._change(amendment, tree, partner, effective, index)
            amendments.append(amendment)
        return amendments

    def _change(
        self, amendment: Tree, tree: Tree, partner: bool, effective: date, index: int
    ) -> None:
        r = self.random
        own: Tree = amendment.setdefault("contract", {})
        ends = add_months(effective, max(1, index)) + timedelta(days=r.choice((-1, 0, 1, 40)))
        subscription = r.choice(("monthly", "annual_monthly", "annual_prepay"))
        peak = {"minutes": "10", "mode": r.choice(("contiguous", "cumulative_exact"))}
        changes = {
            "licences": lambda: amendment.update(licences=self._amended(tree, partner)),
            "model": lambda: own.update(licence_model=r.choice(tuple(MODEL_WORDS))),
            "policy": lambda: own.update(ramp_policy=r.choice(("software_free", "actual_usage"))),
            "subscription": lambda: own.update(subscription=subscription),
            "parts": lambda: self._change_parts(amendment, tree, effective, index),
            "voice": lambda: amendment.update(voice=self._amended_voice()),
            "end": lambda: own.update(terminated_on=str(ends)),
            "renew": lambda: own.update(auto_renew=r.choice(("true", "false"))),
            "trial": lambda: amendment.update(trial=r.choice(("true", "false"))),
            "country": lambda: amendment.update(country=r.choice([c for c, _ in PLACES])),
            "peak": lambda: own.update(peak=peak),
            "apps": lambda: amendment.update(appfoundry=self._apps(partner)),
        }
        often = ["licences", "licences", "licences", "parts", "parts", "voice", "voice"]
        changes[r.choice([*often, *changes])]()
        if not own:
            del amendment["contract"]

    def _amended(self, tree: Tree, partner: bool) -> list[Tree]:
        r = self.random
        entries = [dict(e) for e in tree.get("licences", [])]
        for entry in entries:
            if "prepay_rate" in entry and self.chance(0.8):
                more = int(entry.get("committed", "0")) + r.choice((0, 1, 5, -1))
                entry["committed"] = str(max(0, more))
            if self.chance(0.4):
                self._rates(entry, partner, ramp=True)
        return entries

    def _amended_voice(self) -> Tree:
        return self.random.choice(
            (
                {"cutoff_utc": self.random.choice(("07:00", "15:00", None))},
                {"numbers": self._number_terms()},
                {"rating": "cdr"},
                {"rate_sheet": "gen-a" if self.is_clean else "gen-b"},
                {"increment_seconds": "30"},
            )
        )

    def _change_parts(self, amendment: Tree, tree: Tree, effective: date, index: int) -> None:
        name = self.random.choice(("taxes", "fees", "recurring", "one_time", "resources"))
        amendment[name] = {
            "taxes": self._taxes,
            "fees": self._fees,
            "recurring": lambda: self._recurring(effective, index),
            "one_time": lambda: self._one_time(effective),
            "resources": lambda: self._resources(tree),
        }[name]()

    # --- the usage ------------------------------------------------------------------------

    def usage(self, contract: Contract) -> dict[str, list[list[Row]]]:
        """Make report → files → rows for the periods of the months to run."""
        periods = [p for m in self.months if (p := contract.period_of_month(m))]
        periods = periods or [contract.period(0)]
        reports: dict[str, list[Row]] = {}
        samples: dict[str, list[Row]] = {}
        has_sessions = self.chance(0.65)
        users = [f"user{n}@x.example" for n in range(self.random.randrange(1, 9))]
        users[0] = self.random.choice((users[0], "zoë.ångström@x.example"))
        for period in periods:
            made = {
                "billable_usage": self._billable(period, users),
                "resources_usage": self._resource_rows(period),
                "appfoundry_usage": self._app_rows(period),
                "voice_usage": self._calls(period),
            }
            model = period.terms["contract"]["licence_model"]
            of_apps = {p.get("count_model") for p in period.terms.get("appfoundry") or []}
            if model != "hourly" and "hourly" in of_apps and self.chance(0.5):
                made["user_hours"] = self._hours(period, users)
            share = 0.8 if of_apps & {"concurrent", "hourly"} else 0.3
            if model == "concurrent" or (model == "named" and self.chance(share)):
                if has_sessions and self.chance(0.9):
                    made["login_sessions"] = self._sessions(period, users)
                if self.chance(0.75):
                    made["concurrent_usage"] = self._days(period)
            elif model == "hourly":
                if self.chance(0.7):
                    made["user_hours"] = self._hours(period, users)
                if self.chance(0.6):
                    made["login_sessions"] = self._sessions(period, users)
            for report, rows in made.items():
                if self.chance(0.9):
                    reports.setdefault(report, []).extend(rows)
                    samples[report] = rows
        reports["phone_numbers"] = samples["phone_numbers"] = self._numbers(periods)
        reports["devices"] = samples["devices"] = self._device_files(periods)
        self.damaged = self._damaged(samples)
        return {report: self._split(report, rows) for report, rows in reports.items() if rows}

    def _damaged(self, samples: dict[str, list[Row]]) -> tuple[str, list[Row], str] | None:
        """Choose rows of one period and what is wrong with one more row of their file (CHK)."""
        r = self.random
        full = {report: rows for report, rows in samples.items() if rows}
        if self.is_clean or not full or not self.chance(0.6):
            return None
        report = r.choice(sorted(full))
        rows = [dict(row) for row in r.sample(full[report], min(len(full[report]), 2))]
        kinds = (
            "width",
            "empty",
            "value",
            "negative",
            "alone",
            "blank",
            "nothing",
            "header",
            "zip",
        )
        return report, rows, r.choice(kinds)

    def _instant(self, period: Period, voice: bool = False) -> str:
        r = self.random
        start, end = (
            (period.voice_from, period.voice_to) if voice else (period.starts_at, period.ends_at)
        )
        second = timedelta(seconds=1)
        if self.chance(0.3):
            instant = timedelta(microseconds=1)
            when = r.choice(
                (start, start - second, end, end - second, period.ends_at, end - instant)
            )
        else:
            when = start + timedelta(seconds=r.randrange(int((end - start).total_seconds())))
        return self._moment(when)

    def _moment(self, when: datetime) -> str:
        style = self.random.randrange(12)
        if when.microsecond:
            return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if style == 0:
            return when.strftime("%Y-%m-%d %H:%M:%S")
        if style == 1:
            zone = timedelta(hours=5, minutes=30)
            return (when + zone).strftime("%Y-%m-%dT%H:%M:%S+05:30")
        if style == 2 and when.hour % 12:
            return when.strftime("%m/%d/%Y %I:%M:%S %p")
        return when.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _day(self, period: Period) -> str:
        if self.chance(0.2):
            one = timedelta(days=1)
            when = self.random.choice(
                (period.start, period.last_day, period.next_start, period.start - one)
            )
        else:
            days = (period.next_start - period.start).days
            when = period.start + timedelta(days=self.random.randrange(days))
        return str(when) if self.chance(0.9) else when.strftime("%m/%d/%Y")

    def _user(self, user: str) -> str:
        return self.random.choice((user, user, user, user.upper(), f" {user.title()} "))

    def _charge_name(self, period: Period, code: str | None = None) -> str:
        r = self.random
        own = [e["licence"] for e in period.terms.get("licences") or [] if "licence" in e]
        code = code or (r.choice(own) if own and not self._stray() else r.choice(facts.TIERS))
        if code in OTHER_NAMES:
            return self.mangled(r.choice(OTHER_NAMES[code]))
        model = period.terms["contract"]["licence_model"]
        if code == "cx1" and model == "named" and self.chance(0.1):
            return self.mangled("Legacy Seat")
        if not self.is_clean and self.chance(0.01):
            model = r.choice(tuple(MODEL_WORDS))
        family = r.choice(("Genesys Cloud CX", "Cloud CX", "PureCloud"))
        base = f"{family} {code[2]}" + (" Digital" if code.endswith("digital") else "")
        return self.mangled(r.choice(MODEL_WORDS[model]).format(base))

    def _stray(self) -> bool:
        """Now and then a licence that the contract lacks."""
        return self.chance(0.002 if self.is_clean else 0.06)

    def _billable(self, period: Period, users: list[str]) -> list[Row]:
        r = self.random
        rows = []

        def add(name: str, entity: str, share_empty: float = 0.05) -> None:
            stamp = "" if self.chance(share_empty) else self._instant(period)
            rows.append({"Charge Name": name, "Entity": entity, "Timestamp": stamp})

        for user in users:
            for _ in range(r.choice((0, 1, 1, 1, 2, 3))):
                add(self._charge_name(period), self._user(user))
        for entry in period.terms.get("licences") or []:
            if "add_on" in entry:
                for user in r.sample([*users, "nobody@x.example"], r.randrange(0, len(users) + 1)):
                    add(self.mangled(entry["charge_name"]), self._user(user))
        for part in period.terms.get("appfoundry") or []:
            if "charge_name" in part:
                for user in r.sample([*users, "nobody@x.example"], r.randrange(0, len(users) + 1)):
                    add(self.mangled(part["charge_name"]), self._user(user))
        for entry in period.terms.get("devices") or []:
            if "charge_name" in entry:
                for _ in range(r.randrange(0, 4)):
                    add(self.mangled(entry["charge_name"]), r.choice(("Wall-1", "wall-2", "VVX-1")))
        if not self.is_clean and self.chance(0.08):
            add("Mystery Charge", users[0], 0.3)
        return rows

    def _sessions(self, period: Period, users: list[str]) -> list[Row]:
        r = self.random
        rows = []
        busy = period.starts_at + timedelta(days=r.randrange(28), hours=9)
        for user in users:
            for _ in range(r.randrange(0, 5)):
                spread = r.randrange(0, 12) * 5
                login = r.choice(
                    (
                        busy + timedelta(minutes=spread),
                        busy + timedelta(minutes=spread),
                        busy + timedelta(days=1, minutes=spread),
                        period.starts_at - timedelta(minutes=spread),
                        period.ends_at - timedelta(minutes=spread),
                    )
                )
                length = timedelta(minutes=r.choice((0, 5, 5, 10, 20, 30, 31, 45)))
                if self.chance(0.04):
                    length += timedelta(days=r.choice((1, 29, 45, 70)))
                if self.chance(0.1):
                    length += timedelta(milliseconds=r.choice((1, 999)))
                name = "" if self.chance(0.3) else self._charge_name(period)
                row = {
                    "User": self._user(user),
                    "Login At": self._moment(login),
                    "Logout At": "" if self.chance(0.04) else self._moment(login + length),
                    "Charge Name": name,
                    "Client": r.choice(("web", "Web", "Tempo iOS", "genesys tempo", "", "desk")),
                }
                rows.append(row)
        return rows

    def _days(self, period: Period) -> list[Row]:
        r = self.random
        return [
            {
                "Date": self._day(period),
                "Peak Concurrent Users": str(r.choice((0, 3, 4, 5, 5, 6, 7))),
                "Minutes": str(r.choice((0, 5, 10, 15, 20, 29, 30, 31, 60))),
            }
            for _ in range(r.randrange(0, 12))
        ]

    def _hours(self, period: Period, users: list[str]) -> list[Row]:
        r = self.random
        rows = []
        for user in users:
            for _ in range(r.randrange(0, 4)):
                clock = (r.randrange(0, 30), r.choice((0, 59, 30)), r.choice((0, 59, 7)))
                if self.chance(0.5):
                    clock = (r.randrange(1, 9), 0, 0)
                millis = r.choice((0, 0, 0, 1, 999))
                rows.append(
                    {
                        "User": self._user(user),
                        "Date": self._day(period),
                        "Logged In Duration": "{}:{:02d}:{:02d}:{:03d}".format(*clock, millis),
                        "Charge Name": "" if self.chance(0.3) else self._charge_name(period),
                    }
                )
        return rows

    def _resource_rows(self, period: Period) -> list[Row]:
        r = self.random
        names = {
            "IVR Minutes": 900,
            "Basic Routing / IVR": 900,
            "IVR Overage Minutes": 50,
            "Data Storage": 200,
            "Data Storage Overage": 30,
            "API Requests": 90_000,
            "API Overage": 900,
            "BYOC Cloud Minutes": 3000,
            "BYOC Cloud Overage": 90,
            "Voice Transcription Minutes": 900,
            "SMS Segments": 200,
            "Third-Party Messages": 90,
            "Archived Storage": 900,
        }
        if not self.is_clean and self.chance(0.08):
            names["Quantum Minutes"] = 9
        if self.chance(0.2):
            names["Voice Bot Minutes"] = 900
        rows = []
        for name, top in names.items():
            if self.chance(0.45):
                continue
            for _ in range(r.randrange(1, 7)):
                top_here = top * r.choice((1, 1, 6))
                quantity = Fraction(r.randrange(0, top_here * 1000), 1000)
                if self.chance(0.5):
                    quantity = resources.half_away(quantity, 0)
                shown = text(quantity)
                if quantity >= 1000 and quantity.denominator == 1 and self.chance(0.1):
                    shown = f"{int(quantity):,}"
                rows.append(
                    {"Date": self._day(period), "Resource": self.mangled(name), "Quantity": shown}
                )
        return rows

    def _app_rows(self, period: Period) -> list[Row]:
        r = self.random
        rows = []
        for part in period.terms.get("appfoundry") or []:
            if part["type"].startswith("metered"):
                for _ in range(r.randrange(0, 8)):
                    rows.append(
                        {
                            "App": self.mangled(part["app"]),
                            "Part": self.mangled(part["part"]),
                            "Date": self._day(period),
                            "Quantity": r.choice(("0", "1", "79", "12.5", "100", "3.333333")),
                        }
                    )
        if not self.is_clean and self.chance(0.08):
            rows.append(
                {"App": "Stranger", "Part": "x", "Date": self._day(period), "Quantity": "0"}
            )
        return rows

    def _calls(self, period: Period) -> list[Row]:
        r = self.random
        own = period.terms.get("voice") or {}
        count = r.choice((0, 3, 12, 25, 40))
        rows = []
        for number in range(count):
            seconds = r.choice((0, 1, 3, 5, 6, 6, 7, 30, 34, 55, 59, 60, 61, 113, 749, 3601))
            inbound = self.chance(0.3)
            adjusted = -(-seconds // 6) * 6 if self.chance(0.95) else seconds
            rate = Fraction(r.choice((0, 119, 181, 470, 1234, 9)), 10_000)
            cost = resources.half_away(Fraction(adjusted, 60) * rate, 4)
            if self.chance(0.05):
                cost = Fraction(r.randrange(0, 99_999), 1_000_000)
            group = r.choice(("UG1", "UG2", "UG2", "Extended Out", "BYOC Cloud", "Sales"))
            group = group if self.chance(0.5) else "UG1"
            kind = r.choice(("DID", "DID", "Toll Free", "toll-free", "TOLL FREE in", "Freephone"))
            if not inbound:
                kind = r.choice(("Domestic", "Domestic", "International", "Premium", "extended x"))
            start = self._instant(period, voice=True)
            row = {
                "SIP Call Id": r.choice(("sip", "sip", 'a "b", c')) + f"-{period.index}-{number}",
                "Origin": "" if self.chance(0.02) else r.choice(NUMBERS),
                "Destination": r.choice(NUMBERS),
                "Usage Group": group,
                "Usage Group Display": r.choice((f"{group} display", "", "Byoc x"))
                if self.chance(0.1)
                else "plain",
                "Call Type": kind,
                "Direction": r.choice(
                    ("Inbound", "INBOUND") if inbound else ("Outbound", "outbound")
                ),
                "Start time": start,
                "End Time": "",
                "Duration (Seconds)": text(Fraction(seconds)),
                "Adjusted Duration (seconds)": text(Fraction(adjusted)),
                "Adjusted Duration (minutes)": text(Fraction(adjusted, 60)),
                "Usage Rate Per Minute": "" if self.chance(0.03) else text(rate),
                "Total cost": text(cost),
                "Currency": "" if self.chance(0.1) else self.currency,
                "Rate Sheet": own.get("rate_sheet", ""),
            }
            is_priceable = own.get("rate_sheet") or not self.is_clean
            if is_priceable and self.chance(0.06):
                row["Total cost"] = ""
                if self.chance(0.7):
                    row["Adjusted Duration (seconds)"] = ""
                    row["Adjusted Duration (minutes)"] = ""
                    row["Usage Rate Per Minute"] = ""
            if not self.is_clean and self.chance(0.006):
                row["Currency"] = "USD" if self.currency != "USD" else "EUR"
            rows.append(row)
        return rows

    def _edges(self, periods: list[Period]) -> date:
        period = self.random.choice(periods)
        days = (-40, -1, 0, 1, 10)
        base = self.random.choice((period.start, period.next_start))
        return base + timedelta(days=self.random.choice(days))

    def _numbers(self, periods: list[Period]) -> list[Row]:
        r = self.random
        rows = []
        for number in range(r.choice((0, 0, 2, 6))):
            starts, ends = sorted((self._edges(periods), self._edges(periods)))
            kind = r.choice(("DID", "did", "Toll-Free", "toll free", "TOLL-FREE", "Fax"))
            if not self.is_clean and self.chance(0.03):
                kind = "Short Code"
            rows.append(
                {
                    "Number": f"+1317555{number:04d}",
                    "Type": kind,
                    "Active From": str(starts),
                    "Active To": "" if self.chance(0.5) else str(ends),
                    "Country": "US",
                    "Ported": r.choice(("true", "false")),
                }
            )
        return rows

    def _device_files(self, periods: list[Period]) -> list[Row]:
        r = self.random
        rows = []
        for device in r.sample(
            ("VVX-1", "vvx-2", "vvx-3", "wall-1", "edge-9"), r.choice((0, 2, 4))
        ):
            starts, ends = sorted((self._edges(periods), self._edges(periods)))
            kind = "Wallboard" if device.startswith("wall") else "Polycom VVX 350"
            if device == "edge-9" and not self.is_clean and self.chance(0.2):
                kind = "Edge Nine"
            rows.append(
                {
                    "Device Id": device,
                    "Device Type": self.mangled(kind),
                    "Active From": str(starts),
                    "Active To": "" if self.chance(0.5) else str(ends),
                }
            )
        return rows

    def _split(self, report: str, rows: list[Row]) -> list[list[Row]]:
        """Spread rows over files; send some again, a few of them restated."""
        r = self.random
        r.shuffle(rows)
        cut = r.randrange(len(rows) + 1)
        files = [rows[:cut], rows[cut:]] if self.chance(0.5) else [rows]
        if self.chance(0.4):
            again = [dict(row) for row in r.sample(rows, min(len(rows), r.randrange(1, 6)))]
            for row in again:
                if self.chance(0.5):
                    self._restate(report, row)
            files.append(again)
        return [f for f in files if f or self.chance(0.2)]

    def _restate(self, report: str, row: Row) -> None:
        column, value = {
            "billable_usage": ("Entity", row.get("Entity", "").upper()),
            "concurrent_usage": ("Minutes", "45"),
            "resources_usage": ("Quantity", "17.25"),
            "voice_usage": self.random.choice(
                (
                    ("Total cost", "0.5"),
                    ("Direction", row.get("Direction", "").upper()),
                    ("Call Type", "Toll Free"),
                    ("Currency", ""),
                )
            ),
            "user_hours": ("Logged In Duration", "2:00:00:001"),
            "login_sessions": ("Client", row.get("Client", "").upper()),
            "appfoundry_usage": ("Quantity", "50"),
            "phone_numbers": ("Type", "DID"),
            "devices": ("Active To", ""),
        }[report]
        row[column] = value

    # --- files ----------------------------------------------------------------------------

    def write(self, data: Path) -> None:
        """Write the contract and the landing files."""
        tree = self.contract()
        contract = Contract(tree)
        for report, files in self.usage(contract).items():
            folder = data / "landing" / self.org / report
            folder.mkdir(parents=True, exist_ok=True)
            for number, rows in enumerate(files):
                self._write_file(folder / f"{report}-{number:02d}", report, rows)
        if self.damaged:
            self._write_damaged(data, *self.damaged)
        self._move_thresholds(tree, data)
        path = data / "contracts" / f"{self.org}.yml"
        path.write_text(
            f"# seed {self.seed_label}, made for {self.target:%Y-%m}\n"
            + yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
        )

    def _write_file(self, stem: Path, report: str, rows: list[Row]) -> None:
        buffer = io.StringIO()
        header = list(rows[0]) if rows else list(HEADERS[report])
        if self.chance(0.2):
            self.random.shuffle(header)
        end = self.random.choice(("\n", "\r\n"))
        writer = csv.writer(buffer, lineterminator=end)
        writer.writerow([h.upper() for h in header] if self.chance(0.1) else header)
        for row in rows:
            writer.writerow(row[h] for h in header)
            if self.chance(0.01):
                buffer.write(end)
        raw = buffer.getvalue().encode("utf-8-sig" if self.chance(0.1) else "utf-8")
        style = self.random.randrange(12)
        if style == 10 and len(rows) > 1:
            self._write_parts(stem, raw)
        elif style == 11 and len(rows) > 1:
            head, *lines = raw.decode("utf-8-sig").splitlines(keepends=True)
            cut = self.random.randrange(1, len(lines))
            with zipfile.ZipFile(stem.with_suffix(".zip"), "w") as archive:
                for name, some in (("a.csv", lines[:cut]), ("b.csv", lines[cut:])):
                    archive.writestr(zipfile.ZipInfo(name), head + "".join(some))
                archive.writestr(zipfile.ZipInfo("read me.txt"), "not a table")
        elif style == 0:
            stem.with_suffix(".csv.gz").write_bytes(gzip.compress(raw, mtime=0))
        elif style == 1:
            stem.with_suffix(".csv.zst").write_bytes(zstandard.ZstdCompressor().compress(raw))
        elif style == 2:
            with zipfile.ZipFile(stem.with_suffix(".zip"), "w") as archive:
                archive.writestr(zipfile.ZipInfo(f"{stem.name}.csv"), raw)
        else:
            stem.with_suffix(".csv").write_bytes(raw)

    def _write_parts(self, stem: Path, raw: bytes) -> None:
        """Cut a file in two, at a line's end or inside a row."""
        ends = [n + 1 for n, byte in enumerate(raw) if byte == ord("\n")]
        cut = self.random.choice(ends[1:-1])
        if self.chance(0.4):
            cut = self.random.randrange(ends[0] + 1, len(raw) - 2)
            if raw[cut:].lstrip().upper().startswith(b"USER"):
                cut += 4  # else its rest begins as a header would
        stem.with_name(f"{stem.name}.part1.csv").write_bytes(raw[:cut])
        stem.with_name(f"{stem.name}.part2.csv").write_bytes(raw[cut:])

    def _write_damaged(self, data: Path, report: str, rows: list[Row], kind: str) -> None:
        """Write one more file that cannot be loaded as a whole (CHK `rejected_rows`)."""
        header = list(rows[0])
        bad = dict(rows[0])
        if kind == "empty":
            bad[header[1]] = "" if report != "voice_usage" else bad[header[1]]
            bad[header[0]] = ""
        elif kind == "value":
            bad[PARSED[report][0]] = "n/a"
        elif kind == "negative":
            bad[PARSED[report][1]] = "-1"
        cells = ["too", "few"] if kind == "width" else [bad[h] for h in header]
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(header)
        for row in rows if kind not in ("alone", "header") else []:
            writer.writerow(row[h] for h in header)
        if kind == "alone":
            writer.writerow(["", *cells])
        elif kind != "header":
            writer.writerow(cells)
        stem = data / "landing" / self.org / report / f"{report}-damaged"
        stem.parent.mkdir(parents=True, exist_ok=True)
        if kind == "zip":
            with zipfile.ZipFile(stem.with_suffix(".zip"), "w") as archive:
                archive.writestr(zipfile.ZipInfo("read me.txt"), "not a table")
            return
        raw = {"blank": "\n\r\n\n", "nothing": ""}.get(kind, buffer.getvalue())
        stem.with_suffix(".csv").write_text(raw, newline="")

    def _move_thresholds(self, tree: Tree, data: Path) -> None:
        """Put the short-call thresholds where the calls of a period just reach them (VOX-7)."""
        terms = (tree.get("voice") or {}).get("short_call")
        if not terms:
            return
        usage = read_usage(data / "landing" / self.org)
        terms.update(min_calls="0", min_share="0")
        rates = read_rates(data)
        biller = Biller(tree, usage, rates)
        for month in self.months:
            period = biller.contract.period_of_month(month)
            outbound, short = biller.outbound(period) if period else (0, 0)
            if short and outbound:
                share = text(Fraction(short, outbound))
                terms["min_calls"] = str(outbound + self.random.choice((-1, 0, 0, 0, 1)))
                terms["min_share"] = self.random.choice((share, share, "0.01", "0.15"))
                break
        else:
            terms.update(min_calls="100", min_share="0.15")


PARSED = {  # report → a column whose value is parsed, a column that has no negative value
    "billable_usage": ("Timestamp", "Timestamp"),
    "concurrent_usage": ("Date", "Peak Concurrent Users"),
    "resources_usage": ("Date", "Quantity"),
    "voice_usage": ("Start time", "Duration (Seconds)"),
    "user_hours": ("Logged In Duration", "Logged In Duration"),
    "login_sessions": ("Login At", "Logout At"),
    "appfoundry_usage": ("Quantity", "Quantity"),
    "phone_numbers": ("Active From", "Active To"),
    "devices": ("Active To", "Active From"),
}
HEADERS = {
    "billable_usage": ["Charge Name", "Entity", "Timestamp"],
    "concurrent_usage": ["Date", "Peak Concurrent Users", "Minutes"],
    "resources_usage": ["Date", "Resource", "Quantity"],
    "voice_usage": [
        "SIP Call Id",
        "Origin",
        "Destination",
        "Call Type",
        "Direction",
        "Start time",
        "Duration (Seconds)",
    ],
    "user_hours": ["User", "Date", "Logged In Duration"],
    "login_sessions": ["User", "Login At"],
    "appfoundry_usage": ["App", "Part", "Date", "Quantity"],
    "phone_numbers": ["Number", "Type", "Active From"],
    "devices": ["Device Id", "Device Type", "Active From"],
}


def is_lawful(contract: Contract) -> bool:
    """Say whether CON-14 allows what the amendments do to an `annual_prepay` term."""
    for index in range(1, contract.horizon):
        before, period = contract.period(index - 1), contract.period(index)
        if contract.term_of(index) != contract.term_of(index - 1):
            continue
        kinds = {p.terms["contract"]["subscription"] for p in (before, period)}
        if "annual_prepay" not in kinds:
            continue
        if len(kinds) > 1:
            return False
        old, new = commitments(before.terms), commitments(period.terms)
        if any(committed(new.get(code, {})) < committed(entry) for code, entry in old.items()):
            return False
    return all(
        committed(entry) == 0 or "prepay_rate" in entry
        for index in range(contract.horizon)
        if (terms := contract.period(index).terms).get("channel") == "direct"
        for entry in commitments(terms).values()
    )


def read_rates(data: Path) -> list[Row]:
    """Read the rate sheets of a data directory."""
    path = data / "reference" / "voice_rates.csv"
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def write_rates(data: Path, seed: int) -> None:
    """Write rate sheets with overlapping prefixes, versions, groups and call types."""
    random = Random(f"rates {seed}")  # noqa: S311
    rows = []
    seen = set()
    for sheet in SHEETS:
        for direction, service in (
            ("outbound", "outbound"),
            ("outbound", "extended_outbound"),
            ("inbound", "inbound"),
            ("inbound", "toll_free"),
        ):
            prefixes = [
                "1",
                "1317",
                "1416",
                "33",
                "44",
                "4420",
                "49",
                "81",
                "8190",
                "7",
                "61",
                "55",
            ]
            if sheet == "gen-a":
                rate = text(Fraction(random.randrange(0, 999), 10_000))
                rows.append([sheet, direction, service, "", "", rate, "2024-01-01", "", "", ""])
                seen.add((sheet, service, "", False, "2024-01-01"))
            if random.random() < 0.75:
                prefixes.append("")
            for prefix in prefixes:
                for _ in range(random.choice((0, 1, 1, 2, 3))):
                    starts = random.choice(("2024-01-01", "2025-11-10", "2026-03-15", "2026-04-01"))
                    group = random.choice(("", "", "", "ug2", "Sales"))
                    kind = random.choice(("", "", "", "premium", "International"))
                    ends = random.choice(("", "", "", "2026-03-20"))
                    filled = bool(group) + bool(kind)
                    if (sheet, service, prefix, filled, starts) in seen:
                        continue
                    seen.add((sheet, service, prefix, filled, starts))
                    rows.append(
                        [
                            sheet,
                            direction,
                            service,
                            prefix,
                            "",
                            text(Fraction(random.randrange(0, 999), 10_000)),
                            starts,
                            "" if starts > (ends or "9") else ends,
                            group,
                            kind,
                        ]
                    )
    path = data / "reference" / "voice_rates.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "rate_sheet",
                "direction",
                "service",
                "prefix",
                "country",
                "rate_per_minute",
                "effective_from",
                "effective_to",
                "usage_group",
                "call_type",
            ]
        )
        writer.writerows(rows)


CATALOGUE = {  # the user's own rows in reference/; facts.py knows them too
    "charge_names": "charge_name,licence,licence_model\nLegacy  Seat,cx1,named\n",
    "resource_names": "resource_name,resource,basis\nVoice Bot Minutes,ivr_minutes,gross\n",
    "number_types": "type_name,number_type\nFax,did\n",
    "call_services": "service,direction,column_name,word\ntoll_free,inbound,call_type,freephone\n",
    "fair_use": (
        "licence,licence_model,resource,allocation,effective_from\n"
        "collaborate,named,ivr_minutes,120,2024-01-01\n"
    ),
    "charges": (
        "charge_prefix,section,title,billed_in_ramp\n"
        "appfoundry.guard_dog,resources,Guard Dog,true\n"
        "device.wallboard,devices,Wallboards,false\n"
    ),
}


def write_catalogue(data: Path) -> None:
    """Write the user's own catalogue rows."""
    for table, rows in CATALOGUE.items():
        (data / "reference" / f"{table}.csv").write_text(rows)


def write(
    data: Path,
    seed: int,
    count: int,
    only: set[int] | None = None,
    months: tuple[date, ...] = MONTHS,
) -> list[str]:
    """Write `count` organizations; return their names. Files are received in near name order."""
    (data / "contracts").mkdir(parents=True, exist_ok=True)
    write_rates(data, seed)
    write_catalogue(data)
    orgs = []
    for number in range(count):
        if only is None or number in only:
            maker = Maker(seed, number, months)
            maker.write(data)
            orgs.append(maker.org)
    clock = datetime(2026, 5, 20, tzinfo=UTC).timestamp()
    random = Random(f"received {seed}")  # noqa: S311
    for path in sorted((data / "landing").rglob("*")):
        if path.is_file():
            clock += 60
            received = clock + random.choice((0, 0, 0, 0, 90, -90))
            os.utime(path, (received, received))
    return orgs
