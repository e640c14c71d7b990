"""The small daily and inventory reports: resources, apps, numbers, devices."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl

from dagster_project.demo.calendar import add_months, by_month
from dagster_project.demo.landing import Landing, write_dates
from dagster_project.demo.organizations import Organization, Resource
from dagster_project.demo.phone_numbers import POOLS

_FOUNDED = date(2024, 3, 4)


def write_resources(
    landing: Landing, organization: Organization, days: list[date], seed: list[int]
) -> None:
    """Resources Usage, one download a month; in the US with thousands separators."""
    rng = np.random.default_rng(seed)
    for month, month_days in by_month(days):
        rows: list[tuple[date, str, str, str]] = []
        for resource in organization.resources:
            months_before_last = (month.year - days[-1].year) * 12 + month.month - days[-1].month
            for day in month_days:
                quantity = _daily(resource, day, months_before_last, rng)
                text = f"{quantity:,}" if organization.us_dates else str(quantity)
                rows.append((day, resource.name, text, resource.unit))
        frame = pl.DataFrame(
            {
                "Date": write_dates([day for day, _, _, _ in rows], organization.us_dates),
                "Resource": [name for _, name, _, _ in rows],
                "Quantity": [quantity for _, _, quantity, _ in rows],
                "Unit": [unit for _, _, _, unit in rows],
            }
        )
        received_at = datetime.combine(add_months(month, 1), time(8, 10))
        name = f"resources_usage_{month:%Y-%m}.csv"
        landing.table(organization.slug, "resources_usage", name, received_at, frame)


def _daily(resource: Resource, day: date, months_before_last: int, rng: np.random.Generator) -> int:
    level: float = resource.daily * (1 + resource.growth) ** (months_before_last + day.day / 31)
    if resource.busy_month == day.replace(day=1):
        level *= resource.busy_factor
    if resource.is_level:
        return round(level)
    if day.weekday() >= 5:
        level *= resource.weekend
    return round(level * float(rng.uniform(0.9, 1.1)))


def write_apps(
    landing: Landing, organization: Organization, days: list[date], seed: list[int]
) -> None:
    """AppFoundry usage, one download a month; each corrects the day before it (APP-2)."""
    if not organization.apps:
        return
    rng = np.random.default_rng(seed)
    for month, month_days in by_month(days):
        sent = month_days if month_days[0] == days[0] else [month - timedelta(days=1), *month_days]
        rows = [
            (app.app, app.part, day, int(app.daily * rng.uniform(0.6, 1.4)))
            for app in organization.apps
            for day in sent
        ]
        frame = pl.DataFrame(
            {
                "App": [app for app, _, _, _ in rows],
                "Part": [part for _, part, _, _ in rows],
                "Date": write_dates([day for _, _, day, _ in rows], organization.us_dates),
                "Quantity": [quantity for _, _, _, quantity in rows],
            }
        )
        received_at = datetime.combine(add_months(month, 1), time(8, 40))
        name = f"appfoundry_usage_{month:%Y-%m}.csv"
        landing.table(organization.slug, "appfoundry_usage", name, received_at, frame)


def write_numbers(landing: Landing, organization: Organization, days: list[date]) -> None:
    """The inventory of numbers: most are old, some bought or ported in lately, some given back."""
    last_month = days[-1].replace(day=1)
    own = POOLS[organization.did_numbers]
    rows: list[tuple[str, str, date, date | None, bool]] = []
    for place, number in enumerate(own):
        bought = _FOUNDED + timedelta(days=place)
        given_back = None
        if place % 20 == 7:
            given_back = last_month + timedelta(days=place % 9)
        elif place % 10 == 3:
            bought = last_month + timedelta(days=place % 11)
        rows.append((number, "DID", bought, given_back, place % 10 == 3 and place % 20 == 3))
    rows += [
        (number, "Toll-Free", _FOUNDED, None, True)
        for number in POOLS[organization.toll_free_numbers]
    ]
    us = organization.us_dates
    frame = pl.DataFrame(
        {
            "Number": [number for number, _, _, _, _ in rows],
            "Type": [number_type for _, number_type, _, _, _ in rows],
            "Active From": write_dates([bought for _, _, bought, _, _ in rows], us),
            "Active To": [
                write_dates([given_back], us)[0] if given_back else ""
                for _, _, _, given_back, _ in rows
            ],
            "Country": [organization.country] * len(rows),
            "Ported": ["true" if ported else "false" for _, _, _, _, ported in rows],
        }
    )
    received_at = datetime.combine(days[-1] + timedelta(days=1), time(8, 45))
    landing.table(organization.slug, "phone_numbers", "phone_numbers.csv", received_at, frame)


def write_devices(landing: Landing, organization: Organization, days: list[date]) -> None:
    """The inventory of devices; a few were taken out of use before the last month."""
    if not organization.fleets:
        return
    rows: list[tuple[str, str, date, date | None]] = []
    for fleet in organization.fleets:
        for place in range(fleet.count):
            retired = days[-1] - timedelta(days=70) if place % 11 == 5 else None
            since = _FOUNDED + timedelta(days=3 * place)
            rows.append((f"{fleet.prefix}-{place + 1:03d}", fleet.device_type, since, retired))
    us = organization.us_dates
    frame = pl.DataFrame(
        {
            "Device Id": [device for device, _, _, _ in rows],
            "Device Type": [device_type for _, device_type, _, _ in rows],
            "Active From": write_dates([since for _, _, since, _ in rows], us),
            "Active To": [
                write_dates([retired], us)[0] if retired else "" for _, _, _, retired in rows
            ],
        }
    )
    received_at = datetime.combine(days[-1] + timedelta(days=1), time(8, 50))
    landing.table(organization.slug, "devices", "devices.csv", received_at, frame)
