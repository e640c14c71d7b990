"""The contract file's keys, each with its type and its default (inputs.md 'Contract').

Only syntactic defaults are filled in here. Defaults that are rules (the on-demand rate, the end of
a trial, the ramp rate) belong to dbt and stay null.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from dagster_project.contracts import scalars as s


class Keys(BaseModel):
    """A mapping of the file: unknown keys are errors, a null is a key that is not there."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise s.wrong("must be a mapping of keys")
        known = keys_of(cls)
        return {key: value for key, value in data.items() if value is not None or key not in known}


def keys_of(model: type[BaseModel]) -> frozenset[str]:
    """The keys of a mapping, as the file writes them."""
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def _as_list(value: Any) -> Any:
    if not isinstance(value, list):
        raise s.wrong("must be a list")
    return value


Listed = BeforeValidator(_as_list)


def _address(value: Any) -> Any:
    return [value] if isinstance(value, str) else _as_list(value)


class BillTo(Keys):
    """Whom the invoice is addressed to."""

    name: s.Text | None = None
    address: Annotated[tuple[s.Text, ...], BeforeValidator(_address)] | None = None
    email: s.Text | None = None


class Peak(Keys):
    """How the concurrent peak is read (LIC-7, LIC-8)."""

    minutes: s.Positive = Decimal(30)
    mode: s.PeakMode = "cumulative_at_least"
    accept_daily_report: s.Flag = False


class Agreement(Keys):
    """The key `contract`: dates, term, subscription and licence model."""

    number: s.Text | None = None
    purchase_order: s.Text | None = None
    effective_date: s.Anchor
    ramp_months: s.Months = 0
    ramp_policy: s.RampPolicy = "software_free"
    term_months: s.TermMonths = 12
    auto_renew: s.Flag = True
    terminated_on: s.Day | None = None
    subscription: s.Subscription
    licence_model: s.LicenceModel
    payment_terms_days: s.Days = 30
    mixed_tiers: s.MixedTiers = "allowed"
    peak: Peak = Peak()


class Entry(Keys):
    """An entry of a list that the ramp may treat on its own (CON-15)."""

    billed_in_ramp: s.Flag | None = None


class Committed(Entry):
    """What can be committed: a licence, an add-on, a part of an app (CON-1, APP-2)."""

    committed: s.Quantity = Decimal(0)
    prepay_rate: s.Rate | None = None
    on_demand_rate: s.Rate | None = None


class LicenceEntry(Committed):
    """A base licence or an add-on."""

    licence: s.Licence | None = None
    licence_model: s.LicenceModel | None = None
    add_on: s.AddOn | None = None
    charge_name: s.Text | None = None
    ramp_rate: s.Rate | None = None


class ResourceEntry(Entry):
    """The price of a resource's overage, and what the contract changes of the catalogue."""

    resource: s.Resource
    overage_rate: s.Rate | None = None
    unit: s.Text | None = None
    combine: s.Combination | None = None
    allocation: dict[s.Licence, s.Quantity] = Field(default_factory=dict)


class ShortCall(Entry):
    """The short-call surcharge (VOX-7); without this key there is none."""

    rate: s.Rate
    min_calls: s.Count = 100
    min_share: s.Share = Decimal("0.15")


class NumberPrices(Entry):
    """Prices of one type of numbers (VOX-8)."""

    recurring_rate: s.Rate | None = None
    setup_rate: s.Rate | None = None


class Numbers(Keys):
    """Prices of numbers, and whether they are billed ahead (VOX-8)."""

    billing: s.NumbersBilling = "arrears"
    did: NumberPrices | None = None
    toll_free: NumberPrices | None = None


class Voice(Keys):
    """The key `voice` (VOX)."""

    cutoff_utc: s.SecondsOfDay | None = None
    rating: s.Rating = "cdr"
    rate_sheet: s.Text | None = None
    rounding: s.Rounding = "up"
    increment_seconds: s.Increment = 6
    telco_commit_discount: s.Share | None = None
    short_call: ShortCall | None = None
    numbers: Numbers = Numbers()


class DeviceEntry(Entry):
    """The monthly price of a device type (DEV-1)."""

    device_type: s.Name
    charge_name: s.Text | None = None
    rate: s.Rate | None = None


class AppPart(Committed):
    """A part of an AppFoundry application (APP-1)."""

    app: s.Name
    part: s.Name
    type: s.PartType
    charge_name: s.Text | None = None
    count_model: s.LicenceModel = "named"


class OneTime(Entry):
    """An item of an order invoice (CON-9); a negative amount is a credit."""

    name: s.Name
    amount: s.Number | None = None
    date: s.Day


class Recurring(Entry):
    """Another charge of the subscription, or a credit (CON-15)."""

    name: s.Name
    section: s.Section = "core"
    quantity: s.Quantity = Decimal(1)
    rate: s.Number | None = None
    from_date: s.Day | None = Field(default=None, alias="from")
    to_date: s.Day | None = Field(default=None, alias="to")
    in_advance: s.Flag = False


class Fee(Entry):
    """A fee (TAX-2)."""

    name: s.Name
    basis: s.Basis
    rate: s.Rate | None = None


class Tax(Keys):
    """A tax (TAX-1)."""

    name: s.Name
    rate: s.Share
    sections: Annotated[tuple[s.Section, ...], Listed] | None = None


class Terms(Keys):
    """One complete version of a contract: the file's base, or the base as amended (CON-14)."""

    org: s.Text
    name: s.Text | None = None
    country: s.Country | None = None
    currency: s.Currency
    customer: s.Text | None = None
    time_zone: s.Zone = "UTC"
    channel: s.Channel = "direct"
    trial: s.Flag = False
    trial_ends_on: s.Day | None = None
    payment_url: s.Text | None = None
    statement_recipients: Annotated[tuple[s.Text, ...], Listed] | None = None
    bill_to: BillTo = BillTo()
    contract: Agreement
    licences: Annotated[tuple[LicenceEntry, ...], Listed] = ()
    resources: Annotated[tuple[ResourceEntry, ...], Listed] = ()
    voice: Voice = Voice()
    devices: Annotated[tuple[DeviceEntry, ...], Listed] = ()
    appfoundry: Annotated[tuple[AppPart, ...], Listed] = ()
    one_time: Annotated[tuple[OneTime, ...], Listed] = ()
    recurring: Annotated[tuple[Recurring, ...], Listed] = ()
    fees: Annotated[tuple[Fee, ...], Listed] = ()
    taxes: Annotated[tuple[Tax, ...], Listed] = ()


def known_keys(path: tuple[str | int, ...]) -> frozenset[str]:
    """The keys that a mapping of the file knows, for hints.

    Args:
        path: where the mapping stands in a version; () is the file itself.
    """
    model: type[BaseModel] = Terms
    for step in path:
        if isinstance(step, str):
            model = _MAPPINGS[step]
    return keys_of(model) | ({"amendments"} if model is Terms else frozenset())


_MAPPINGS: dict[str, type[BaseModel]] = {
    "bill_to": BillTo,
    "contract": Agreement,
    "peak": Peak,
    "licences": LicenceEntry,
    "resources": ResourceEntry,
    "voice": Voice,
    "short_call": ShortCall,
    "numbers": Numbers,
    "did": NumberPrices,
    "toll_free": NumberPrices,
    "devices": DeviceEntry,
    "appfoundry": AppPart,
    "one_time": OneTime,
    "recurring": Recurring,
    "fees": Fee,
    "taxes": Tax,
}
