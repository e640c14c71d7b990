"""Contracts as the rows of contracts.* (warehouse_schema.sql), every version complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import polars as pl

from dagster_project.contracts.loading import Contract, ContractsLoad
from dagster_project.contracts.model import Committed, Terms
from dagster_project.contracts.slugs import slug
from dagster_project.contracts.versions import Version

_Row = dict[str, Any]

_TEXT, _FLAG, _DAY, _INT, _BIGINT = pl.String(), pl.Boolean(), pl.Date(), pl.Int32(), pl.Int64()
_EXACT, _TEXTS = pl.Decimal(18, 6), pl.List(pl.String())
_KEY: dict[str, pl.DataType] = {"org": _TEXT, "version": _INT}
_ENTRY = {**_KEY, "position": _INT}
_RATES: dict[str, pl.DataType] = {
    "committed": _EXACT,
    "prepay_rate": _EXACT,
    "on_demand_rate": _EXACT,
}
_RAMP: dict[str, pl.DataType] = {"is_billed_in_ramp": _FLAG}
_NAME: dict[str, pl.DataType] = {"name": _TEXT, "name_slug": _TEXT}

TABLES: Mapping[str, Mapping[str, pl.DataType]] = {
    "organizations": {
        "org": _TEXT,
        "time_zone": _TEXT,
        "effective_date": _DAY,
        "ramp_months": _INT,
        "term_months": _INT,
        "path": _TEXT,
        "sha256": _TEXT,
    },
    "versions": {
        **_KEY,
        "effective_from": _DAY,
        "name": _TEXT,
        "country": _TEXT,
        "currency": _TEXT,
        "customer": _TEXT,
        "channel": _TEXT,
        "is_trial": _FLAG,
        "trial_ends_on": _DAY,
        "payment_url": _TEXT,
        "statement_recipients": _TEXTS,
        "bill_to_name": _TEXT,
        "bill_to_address": _TEXTS,
        "bill_to_email": _TEXT,
        "contract_number": _TEXT,
        "purchase_order": _TEXT,
        "ramp_policy": _TEXT,
        "auto_renew": _FLAG,
        "terminated_on": _DAY,
        "subscription": _TEXT,
        "licence_model": _TEXT,
        "payment_terms_days": _INT,
        "mixed_tiers": _TEXT,
        "peak_minutes": _EXACT,
        "peak_mode": _TEXT,
        "accept_daily_report": _FLAG,
        "voice_cutoff_seconds": _INT,
        "voice_rating": _TEXT,
        "rate_sheet": _TEXT,
        "rounding": _TEXT,
        "increment_seconds": _INT,
        "telco_commit_discount": _EXACT,
        "short_call_rate": _EXACT,
        "short_call_min_calls": _BIGINT,
        "short_call_min_share": _EXACT,
        "is_short_call_billed_in_ramp": _FLAG,
        "numbers_billing": _TEXT,
    },
    "licences": {**_ENTRY, "licence": _TEXT, **_RATES, "ramp_rate": _EXACT, **_RAMP},
    "add_ons": {
        **_ENTRY,
        "add_on": _TEXT,
        "charge_name": _TEXT,
        **_RATES,
        "ramp_rate": _EXACT,
        **_RAMP,
    },
    "resources": {
        **_ENTRY,
        "resource": _TEXT,
        "overage_rate": _EXACT,
        "unit": _TEXT,
        "combine": _TEXT,
        **_RAMP,
    },
    "allocations": {**_KEY, "resource": _TEXT, "licence": _TEXT, "allocation": _EXACT},
    "numbers": {
        **_KEY,
        "number_type": _TEXT,
        "recurring_rate": _EXACT,
        "setup_rate": _EXACT,
        **_RAMP,
    },
    "devices": {
        **_ENTRY,
        "device_type": _TEXT,
        "device_slug": _TEXT,
        "charge_name": _TEXT,
        "rate": _EXACT,
        **_RAMP,
    },
    "app_parts": {
        **_ENTRY,
        "app": _TEXT,
        "part": _TEXT,
        "app_slug": _TEXT,
        "part_slug": _TEXT,
        "part_type": _TEXT,
        "charge_name": _TEXT,
        "count_model": _TEXT,
        **_RATES,
        **_RAMP,
    },
    "one_time": {**_ENTRY, **_NAME, "amount": _EXACT, "item_date": _DAY},
    "recurring": {
        **_ENTRY,
        **_NAME,
        "section": _TEXT,
        "quantity": _EXACT,
        "rate": _EXACT,
        "from_date": _DAY,
        "to_date": _DAY,
        "is_in_advance": _FLAG,
        **_RAMP,
    },
    "fees": {**_ENTRY, **_NAME, "basis": _TEXT, "rate": _EXACT, **_RAMP},
    "taxes": {**_ENTRY, **_NAME, "rate": _EXACT, "sections": _TEXTS},
}
"""The tables of contracts.*, with their columns and types in order."""


def contract_rows(*contracts: Contract) -> dict[str, pl.DataFrame]:
    """The rows of contracts.*, by table, in the columns and types of the tables."""
    rows: dict[str, list[_Row]] = {table: [] for table in TABLES}
    for contract in contracts:
        rows["organizations"].append(
            {
                "org": contract.org,
                "time_zone": contract.base.time_zone,
                "effective_date": contract.effective_date,
                "ramp_months": contract.base.contract.ramp_months,
                "term_months": contract.base.contract.term_months,
                "path": contract.path,
                "sha256": contract.sha256,
            }
        )
        for version in contract.versions:
            key = {"org": contract.org, "version": version.number}
            for table, row in _version_rows(contract.org, version):
                rows[table].append({**key, **row})
    return {
        table: pl.DataFrame(
            [tuple(row[column] for column in columns) for row in rows[table]],
            schema=dict(columns),
            orient="row",
        )
        for table, columns in TABLES.items()
    }


def write_contracts(con: duckdb.DuckDBPyConnection, load: ContractsLoad) -> None:
    """Replaces contracts.* by what was loaded, in one transaction.

    An organization of the load whose file is wrong keeps no row, so that nothing is billed by a
    contract that no longer stands; its history stays. An organization without a file loses its
    rows when all files were read, and is left alone when only some organizations were asked for.

    An organization that was billed before and whose file differs from the one last written, or
    whose last one was wrong, goes to ops.changed_orgs: its drafted months are computed again.
    """
    frames = contract_rows(*load.contracts.values())
    con.begin()
    try:
        con.register("loaded_organizations", frames["organizations"].to_arrow())
        con.execute(
            """
            insert into ops.changed_orgs
            select distinct loaded.org
            from loaded_organizations as loaded
            inner join ops.billed_months as billed on loaded.org = billed.org
            left join contracts.organizations as written on loaded.org = written.org
            where
                loaded.sha256 is distinct from written.sha256
                and loaded.org not in (select org from ops.changed_orgs)
            """
        )
        con.unregister("loaded_organizations")
        replaced = [*load.contracts, *load.errors]
        for table, frame in frames.items():
            con.execute(
                f"delete from contracts.{table} where ? or list_contains(?::varchar[], org)",
                [load.is_complete, replaced],
            )
            con.register("loaded_rows", frame.to_arrow())
            con.execute(f"insert into contracts.{table} by name from loaded_rows")
            con.unregister("loaded_rows")
        con.commit()
    except duckdb.Error:
        con.rollback()
        raise


def _version_rows(org: str, version: Version) -> Iterator[tuple[str, _Row]]:
    """Table and row, for each row of one version."""
    terms = version.terms
    yield "versions", _scalars(org, version)
    for place, licence in enumerate(terms.licences, 1):
        row = {"position": place, "ramp_rate": licence.ramp_rate, **_committed(licence)}
        if licence.licence:
            yield "licences", {**row, "licence": licence.licence}
        else:
            yield "add_ons", {**row, "add_on": licence.add_on, "charge_name": licence.charge_name}
    for place, resource in enumerate(terms.resources, 1):
        yield (
            "resources",
            {
                "position": place,
                **resource.model_dump(exclude={"allocation", "billed_in_ramp"}),
                "is_billed_in_ramp": resource.billed_in_ramp,
            },
        )
        for code, allocation in resource.allocation.items():
            yield (
                "allocations",
                {"resource": resource.resource, "licence": code, "allocation": allocation},
            )
    for place, device in enumerate(terms.devices, 1):
        yield (
            "devices",
            {
                "position": place,
                "device_type": device.device_type,
                "device_slug": slug(device.device_type),
                "charge_name": device.charge_name,
                "rate": device.rate,
                "is_billed_in_ramp": device.billed_in_ramp,
            },
        )
    for place, part in enumerate(terms.appfoundry, 1):
        yield (
            "app_parts",
            {
                "position": place,
                "app": part.app,
                "part": part.part,
                "app_slug": slug(part.app),
                "part_slug": slug(part.part),
                "part_type": part.type,
                "charge_name": part.charge_name,
                "count_model": part.count_model,
                **_committed(part),
            },
        )
    yield from _number_rows(terms)
    yield from _item_rows(terms)


def _scalars(org: str, version: Version) -> _Row:
    terms = version.terms
    agreement, voice, surcharge = terms.contract, terms.voice, terms.voice.short_call
    return {
        "effective_from": version.effective_from,
        "name": terms.name or org,
        "country": terms.country,
        "currency": terms.currency,
        "customer": terms.customer or org,
        "channel": terms.channel,
        "is_trial": terms.trial,
        "trial_ends_on": terms.trial_ends_on,
        "payment_url": terms.payment_url,
        "statement_recipients": _list(terms.statement_recipients),
        "bill_to_name": terms.bill_to.name,
        "bill_to_address": _list(terms.bill_to.address),
        "bill_to_email": terms.bill_to.email,
        "contract_number": agreement.number,
        "purchase_order": agreement.purchase_order,
        "ramp_policy": agreement.ramp_policy,
        "auto_renew": agreement.auto_renew,
        "terminated_on": agreement.terminated_on,
        "subscription": agreement.subscription,
        "licence_model": agreement.licence_model,
        "payment_terms_days": agreement.payment_terms_days,
        "mixed_tiers": agreement.mixed_tiers,
        "peak_minutes": agreement.peak.minutes,
        "peak_mode": agreement.peak.mode,
        "accept_daily_report": agreement.peak.accept_daily_report,
        "voice_cutoff_seconds": voice.cutoff_utc,
        "voice_rating": voice.rating,
        "rate_sheet": voice.rate_sheet,
        "rounding": voice.rounding,
        "increment_seconds": voice.increment_seconds,
        "telco_commit_discount": voice.telco_commit_discount,
        "short_call_rate": surcharge.rate if surcharge else None,
        "short_call_min_calls": surcharge.min_calls if surcharge else None,
        "short_call_min_share": surcharge.min_share if surcharge else None,
        "is_short_call_billed_in_ramp": surcharge.billed_in_ramp if surcharge else None,
        "numbers_billing": voice.numbers.billing,
    }


def _number_rows(terms: Terms) -> Iterator[tuple[str, _Row]]:
    for number_type in ("did", "toll_free"):
        prices = getattr(terms.voice.numbers, number_type)
        if prices:
            yield (
                "numbers",
                {
                    "number_type": number_type,
                    "recurring_rate": prices.recurring_rate,
                    "setup_rate": prices.setup_rate,
                    "is_billed_in_ramp": prices.billed_in_ramp,
                },
            )


def _item_rows(terms: Terms) -> Iterator[tuple[str, _Row]]:
    """One-time and recurring items, fees and taxes."""
    for place, order in enumerate(terms.one_time, 1):
        row = {"position": place, **_name(order.name)}
        yield "one_time", {**row, "amount": order.amount, "item_date": order.date}
    for place, item in enumerate(terms.recurring, 1):
        yield (
            "recurring",
            {
                "position": place,
                **_name(item.name),
                "section": item.section,
                "quantity": item.quantity,
                "rate": item.rate,
                "from_date": item.from_date,
                "to_date": item.to_date,
                "is_in_advance": item.in_advance,
                "is_billed_in_ramp": item.billed_in_ramp,
            },
        )
    for place, fee in enumerate(terms.fees, 1):
        row = {"position": place, **_name(fee.name), "is_billed_in_ramp": fee.billed_in_ramp}
        yield "fees", {**row, "basis": fee.basis, "rate": fee.rate}
    for place, tax in enumerate(terms.taxes, 1):
        row = {"position": place, **_name(tax.name)}
        yield "taxes", {**row, "rate": tax.rate, "sections": _list(tax.sections)}


def _committed(entry: Committed) -> _Row:
    return {
        "committed": entry.committed,
        "prepay_rate": entry.prepay_rate,
        "on_demand_rate": entry.on_demand_rate,
        "is_billed_in_ramp": entry.billed_in_ramp,
    }


def _name(name: str) -> _Row:
    return {"name": name, "name_slug": slug(name)}


def _list(texts: tuple[str, ...] | None) -> list[str] | None:
    return list(texts) if texts is not None else None
