"""Makes the demo's data directory: landing, contracts, reference, and the summary beside them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from dagster_project.demo.calendar import add_months, billing_periods, days_between
from dagster_project.demo.calls import VoiceDownloads
from dagster_project.demo.landing import Landing, set_modified
from dagster_project.demo.organizations import ORGANIZATIONS, PARTNER_VOICE_RATES
from dagster_project.demo.people import Workforce
from dagster_project.demo.summary import (
    DemoSummary,
    KnownHold,
    KnownUnits,
    KnownVendorError,
    KnownVoice,
)
from dagster_project.demo.things import write_apps, write_devices, write_numbers, write_resources
from dagster_project.demo.vendor_invoices import PDF_FOLDER, VendorPlan, write_vendor_invoices
from dagster_project.errors import UsageError

# The day after the last day with usage. Fixed, so that the demo is the same whenever it is made.
AS_OF = date(2026, 11, 1)
DEFAULT_CALLS = 20_000
FEWEST_CALLS = 1_000
MOST_MONTHS = 12  # the contracts begin before that

MARKER = "demo.json"
_CONTRACTS = Path(__file__).parent / "contracts"
_FROM_INPUT = ("landing", "contracts", "reference", PDF_FOLDER)
_FROM_RUNS = ("warehouse", "books", "quality", "invoices", "exports")

Progress = Callable[[str], None]


def make_demo(
    data: Path,
    calls: int = DEFAULT_CALLS,
    seed: int = 7,
    months: int = 6,
    on_progress: Progress | None = None,
) -> DemoSummary:
    """Write a demo data directory: the same bytes and times for the same arguments.

    A directory that already holds a demo is made anew. If it was made with other arguments, what
    runs derived from it goes too: it would describe data that are no longer there.

    Args:
        data: the data directory; new, empty, or an earlier demo's.
        calls: distinct calls, spread over organizations and months.
        seed: of every random stream.
        months: invoice months, the last one being the month before `AS_OF`.
        on_progress: told, step by step, what has been made, for people to read.

    Raises:
        UsageError: an argument out of range, or `data` holds something that no demo wrote.
    """
    if calls < FEWEST_CALLS or not 1 <= months <= MOST_MONTHS:
        raise UsageError(
            f"A demo has at least {FEWEST_CALLS:,} calls and 1 to {MOST_MONTHS} months; asked for "
            f"{calls:,} and {months}."
        )
    _make_room(data, calls, seed, months)
    say = on_progress or _say_nothing
    last_month = add_months(AS_OF.replace(day=1), -1)
    invoice_months = tuple(add_months(last_month, back) for back in range(1 - months, 1))
    landing = Landing(data)
    voice: list[VoiceDownloads] = []
    vendor_errors: list[KnownVendorError] = []
    known_units: list[KnownUnits] = []
    done = 0

    for place, organization in enumerate(ORGANIZATIONS):
        say(f"{organization.name}: people and small reports")
        periods = billing_periods(organization, invoice_months)
        days = days_between(periods[0].start, AS_OF)

        workforce = Workforce(organization, days, last_month, [seed, place, 1])
        known_units += workforce.write_billable_usage(landing, periods, AS_OF)
        workforce.write_org_users(landing, datetime.combine(AS_OF, time(9, 0)))
        if organization.licence_model == "concurrent":
            known_units += workforce.write_sessions(landing, periods, days)
        if organization.licence_model == "hourly":
            known_units += workforce.write_hours(landing, periods, days)

        write_resources(landing, organization, days, [seed, place, 2])
        write_apps(landing, organization, days, [seed, place, 3])
        write_numbers(landing, organization, days)
        write_devices(landing, organization, days)

        is_last = place == len(ORGANIZATIONS) - 1
        share = calls - done if is_last else round(calls * organization.call_share)
        downloads = VoiceDownloads(landing, organization, periods)
        started = done

        def on_batch(count: int, name: str = organization.name) -> None:
            nonlocal started
            started += count
            say(f"{name}: {started:,} of {calls:,} calls")

        downloads.write(days, share, [seed, place, 4], on_batch)
        voice.append(downloads)
        done += share
        vendor_errors += write_vendor_invoices(
            landing,
            data,
            VendorPlan(
                organization, periods[-1], known_units, downloads.known(), downloads.last_days()
            ),
            datetime.combine(AS_OF, time(9, 30)),
        )

    _write_contracts(data)
    _write_reference(data)
    holds: list[KnownHold] = [hold for downloads in voice for hold in downloads.holds]
    known_voice: list[KnownVoice] = [known for downloads in voice for known in downloads.known()]
    summary = DemoSummary(
        calls=calls,
        seed=seed,
        as_of=AS_OF,
        months=invoice_months,
        organizations={organization.slug: organization.name for organization in ORGANIZATIONS},
        voice_rows=sum(file.rows for file in landing.files if file.report == "voice_usage"),
        duplicate_rows=sum(downloads.duplicate_rows for downloads in voice),
        restated_calls=sum(downloads.restated_calls for downloads in voice),
        rejected_rows=sum(downloads.rejected_rows for downloads in voice),
        files=tuple(landing.files),
        known_voice=tuple(known_voice),
        known_units=tuple(known_units),
        holds=tuple(holds),
        vendor_errors=tuple(vendor_errors),
    )
    arguments = {"calls": calls, "seed": seed, "months": months}
    _mark(data, {"arguments": arguments, "summary": summary.model_dump(mode="json")})
    return summary


def _make_room(data: Path, calls: int, seed: int, months: int) -> None:
    """Take away an earlier demo; refuse to touch anything else."""
    marker = data / MARKER
    if data.is_dir() and any(data.iterdir()) and not marker.is_file():
        raise UsageError(
            f"{data} is not empty and no demo made it: nothing was written. "
            "Choose another directory with --data."
        )
    strangers = [
        path
        for folder in ("landing", "contracts")
        for path in sorted((data / folder).glob("[!.]*"))
        if path.stem not in {organization.slug for organization in ORGANIZATIONS}
    ]
    if strangers:
        raise UsageError(
            f"{strangers[0]} was not made by the demo, which would have to be removed: nothing was "
            "written. Keep your own organizations in another data directory (--data)."
        )
    arguments = {"calls": calls, "seed": seed, "months": months}
    is_same = marker.is_file() and json.loads(marker.read_bytes()).get("arguments") == arguments
    for folder in _FROM_INPUT if is_same else _FROM_INPUT + _FROM_RUNS:
        shutil.rmtree(data / folder, ignore_errors=True)
    data.mkdir(parents=True, exist_ok=True)
    # marked before anything else is written, so that an interrupted demo can be made again
    _mark(data, {"arguments": arguments})


def _mark(data: Path, content: dict[str, object]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (data / MARKER).write_text(text + "\n", encoding="utf-8")


def _write_contracts(data: Path) -> None:
    folder = data / "contracts"
    folder.mkdir(parents=True)
    for organization in ORGANIZATIONS:
        path = folder / f"{organization.slug}.yml"
        path.write_bytes((_CONTRACTS / path.name).read_bytes())
        set_modified(path, datetime.combine(AS_OF - timedelta(days=400), time(12)))


def _write_reference(data: Path) -> None:
    folder = data / "reference"
    folder.mkdir(parents=True)
    path = folder / "voice_rates.csv"
    columns = (
        "rate_sheet",
        "direction",
        "service",
        "prefix",
        "country",
        "rate_per_minute",
        "effective_from",
    )
    pl.DataFrame(PARTNER_VOICE_RATES, schema=list(columns), orient="row").write_csv(path)
    set_modified(path, datetime.combine(AS_OF - timedelta(days=400), time(12)))


def _say_nothing(_label: str) -> None:
    """The progress of a caller who does not want any."""
