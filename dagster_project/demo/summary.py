"""What the generator put into the landing: the known answers of the demo.

Each figure is counted by the generator from its own plan (which route a call was drawn from, who
was on shift), never by reading back the files or by running the ledger.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)


class DemoFile(_Fact):
    """One landed file: its path in the data directory and its data rows, damaged ones included."""

    path: str
    org: str
    report: str
    rows: int


class KnownVoice(_Fact):
    """Calls of one organization, invoice month, service and market, each call once (VOX-10).

    `minutes` are adjusted minutes; `cost` is what the vendor's report shows, null where it shows
    none; `billed_cost` is what is to be billed: that, or what the partner's price list makes of it.
    """

    org: str
    invoice_month: date
    service: str
    market: str
    calls: int
    minutes: Decimal
    cost: Decimal | None
    billed_cost: Decimal
    currency: str
    completed_outbound_calls: int = 0
    short_calls: int = 0  # of six seconds, outbound (VOX-7)


class KnownUnits(_Fact):
    """Billable units of one organization, invoice month and licence or add-on.

    Named: users. Concurrent: the billed peak. Hourly: hours, rounded up once (LIC-11).
    """

    org: str
    invoice_month: date
    licence: str
    licence_model: str
    quantity: int


class KnownHold(_Fact):
    """An invoice the demo holds on purpose: which check, because of which file, and what to do."""

    org: str
    invoice_month: date
    check_name: str
    path: str
    rejected_rows: int
    what_to_do: str


class KnownVendorError(_Fact):
    """An error of a vendor's invoice: the line, its cause (REC-4), vendor's amount minus ours."""

    org: str
    invoice_month: date
    description: str
    cause: str
    amount: Decimal


class DemoSummary(_Fact):
    """Everything a caller may want to show, run or verify.

    Attributes:
        as_of: the "today" to run with (PER-6): the day after the last day with usage.
        months: the invoice months with data, first day of each, oldest first.
        calls: distinct calls that can be loaded; equals the number asked for.
        voice_rows: data rows in the voice files = calls + duplicate_rows + rejected_rows.
        duplicate_rows: rows that a later download repeats, restated ones included.
        restated_calls: repeated rows whose figures differ; the later file wins (VOX-10).
        rejected_rows: damaged rows, all in the file that `holds` names.
    """

    calls: int
    seed: int
    as_of: date
    months: tuple[date, ...]
    organizations: dict[str, str]
    voice_rows: int
    duplicate_rows: int
    restated_calls: int
    rejected_rows: int
    files: tuple[DemoFile, ...]
    known_voice: tuple[KnownVoice, ...]
    known_units: tuple[KnownUnits, ...]
    holds: tuple[KnownHold, ...]
    vendor_errors: tuple[KnownVendorError, ...] = ()

    @property
    def last_month(self) -> date:
        """The month to run: the last complete calendar month before `as_of`."""
        return self.months[-1]
