"""Three organizations whose invoices hold a line of every charge family, with whole books of usage.

What a vendor's invoice can get wrong must be visible to the cent in them: rates at which a call's
own rounding adds up, calls at every hour of every day, files that hold a week each, calls sent
twice, users who come on the first day of the next period.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import DataFolder

FIRST_DAY, LAST_DAY = date(2026, 2, 1), date(2026, 7, 19)
MONTHS = ("2026-03", "2026-04", "2026-05", "2026-06", "2026-07")
# most mistakes are tried on one organization: with its doubles there, thrice as many at once
DOUBLES = {"vale-again": "vale", "vale-once-more": "vale"}

CONTRACTS = {
    # in arrears and in advance, anchored mid-month, a zone behind UTC, a surcharge that applies
    "vale": """\
        org: vale
        name: Vale Mutual
        country: US
        currency: USD
        time_zone: America/New_York
        contract:
          effective_date: 2026-01-15
          subscription: annual_monthly
          licence_model: named
        licences:
          - {licence: cx2, committed: 20, prepay_rate: 95, on_demand_rate: 115}
          - {licence: cx3, committed: 5, prepay_rate: 130, on_demand_rate: 155}
          - {licence: communicate, committed: 0, on_demand_rate: 25}
          - {add_on: wem, charge_name: Genesys Cloud CX 2 WEM Add-On I, on_demand_rate: 30}
        resources:
          - {resource: ivr_minutes, overage_rate: 0.0075}
          - {resource: storage_gb, overage_rate: 0.25}
          - {resource: api_requests, overage_rate: 0.001}
          - {resource: sms_segments, overage_rate: 0.0120}
        voice:
          rate_sheet: vale
          telco_commit_discount: 0.10
          short_call: {rate: 0.0120, min_calls: 100, min_share: 0.15}
          numbers:
            did: {recurring_rate: 1.00, setup_rate: 1.50}
            toll_free: {recurring_rate: 2.00, setup_rate: 2.50}
        devices:
          - {device_type: Polycom VVX 350, rate: 5.00}
        appfoundry:
          - app: Transcriber
            part: minutes
            type: metered_sum
            committed: 1000
            prepay_rate: 0.25
            on_demand_rate: 0.30
        one_time:
          - {name: Enablement package, amount: 5000, date: 2026-03-20}
        recurring:
          - {name: Premium care, rate: 250}
          - {name: Loyalty credit, rate: -40.50}
        fees:
          - {name: Regulatory fee, basis: calls, rate: 0.01}
        taxes:
          - {name: State sales tax, rate: 0.07, sections: [core, resources]}
          - {name: Telecommunications tax, rate: 0.05, sections: [telco]}
        """,
    # in arrears by commitment, a voice cut-off of its own, rated from a sheet, no surcharge due
    "rhein": """\
        org: rhein
        name: Rhein Handel
        country: DE
        currency: EUR
        time_zone: Europe/Berlin
        contract:
          effective_date: 2026-01-01
          subscription: monthly
          licence_model: named
        licences:
          - {licence: cx1, committed: 12, prepay_rate: 68, on_demand_rate: 82}
          - {licence: cx2, committed: 30, prepay_rate: 90, on_demand_rate: 90}
          - {licence: communicate, committed: 3, prepay_rate: 17.50, on_demand_rate: 22}
        resources:
          - {resource: ivr_minutes, overage_rate: 0.0068}
          - {resource: storage_gb, overage_rate: 0.22}
        voice:
          cutoff_utc: "07:00"
          rating: rate_sheet
          rate_sheet: rhein
          short_call: {rate: 0.0110, min_calls: 100, min_share: 0.60}
          numbers:
            billing: advance
            did: {recurring_rate: 0.90, setup_rate: 1.20}
        taxes:
          - {name: Umsatzsteuer, rate: 0.19}
        """,
    # a year prepaid, a currency without cents, rounding to the nearest increment
    "kumo": """\
        org: kumo
        name: Kumo Travel
        country: JP
        currency: JPY
        time_zone: Asia/Tokyo
        contract:
          effective_date: 2026-03-10
          subscription: annual_prepay
          licence_model: named
        licences:
          - {licence: cx2, committed: 10, prepay_rate: 13000, on_demand_rate: 15000}
        resources:
          - {resource: ivr_minutes, overage_rate: 1.1}
        voice:
          rounding: nearest
          short_call: {rate: 2, min_calls: 100, min_share: 0.15}
          numbers:
            did: {recurring_rate: 140, setup_rate: 210}
        """,
}

# organization → (direction, call type, origin, destination, rate per minute, calls a day)
ROUTES = {
    "vale": (
        ("Outbound", "Domestic", "+13175550100", "+12125550{:03d}", "0.0119", 12),
        ("Outbound", "International", "+13175550100", "+4420718{:05d}", "0.0470", 2),
        ("Inbound", "Domestic", "+12125550{:03d}", "+13175550100", "0.0125", 40),
        ("Inbound", "Toll Free", "+12125550{:03d}", "+18005550100", "0.0150", 6),
    ),
    "rhein": (
        ("Outbound", "Domestic", "+4930901820", "+4930555{:04d}", "0.0165", 14),
        ("Outbound", "International", "+4930901820", "+331400{:05d}", "0.0475", 3),
        ("Inbound", "Domestic", "+4930555{:04d}", "+4930901820", "0.0085", 20),
    ),
    "kumo": (
        ("Outbound", "Domestic", "+81312345678", "+813555{:05d}", "8.5", 12),
        ("Inbound", "Domestic", "+813555{:05d}", "+81312345678", "3.25", 10),
    ),
}

CALL_COLUMNS = (
    "SIP Call Id", "Origin", "Destination", "Call Type", "Direction", "Start time",
    "Duration (Seconds)", "Adjusted Duration (seconds)", "Adjusted Duration (minutes)",
    "Usage Rate Per Minute", "Total cost", "Currency",
)  # fmt: skip


def billed_figures(seconds: int, rate: str, *, nearest: bool) -> tuple[int, Decimal, Decimal]:
    """Adjusted seconds, adjusted minutes and cost with 4 decimals of a call (VOX-1, VOX-2)."""
    adjusted = (seconds + 3) // 6 * 6 if nearest else -(-seconds // 6) * 6
    minutes = Decimal(adjusted) / 60
    cost = (minutes * Decimal(rate)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return adjusted, minutes, cost


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _days() -> list[date]:
    return [FIRST_DAY + timedelta(day) for day in range((LAST_DAY - FIRST_DAY).days + 1)]


def _calls(org: str, random: Random) -> list[list[str]]:
    calls = []
    for day in _days():
        for route, (direction, call_type, origin, destination, rate, per_day) in enumerate(
            ROUTES[org]
        ):
            for number in range(per_day + random.randrange(3)):
                start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
                    seconds=random.randrange(86_400)
                )
                short = direction == "Outbound" and org != "rhein" and random.random() < 0.25
                seconds = random.randrange(1, 7) if short else random.randrange(0, 400)
                adjusted, minutes, cost = billed_figures(seconds, rate, nearest=org == "kumo")
                party = random.randrange(1000)
                own = org != "rhein"
                calls.append(
                    [
                        f"{org}-{day:%m%d}-{route}-{number}",
                        origin.format(party),
                        destination.format(party),
                        call_type,
                        direction,
                        f"{start:%Y-%m-%dT%H:%M:%SZ}",
                        str(seconds),
                        str(adjusted) if own else "",
                        f"{minutes}" if own else "",
                        rate if own else "",
                        str(cost) if own else "",
                        "",
                    ]
                )
    return calls


def _week(call: Sequence[str]) -> str:
    return f"{date.fromisoformat(call[5][:10]).isocalendar().week:02d}"


def _land_calls(data: DataFolder, org: str, random: Random) -> None:
    calls = _calls(org, random)
    for week in sorted({_week(call) for call in calls}):
        rows = [call for call in calls if _week(call) == week]
        data.land(org, "voice_usage", f"week-{week}.csv", _csv(CALL_COLUMNS, rows))
    for month in MONTHS[:-1]:
        # some calls of a day are sent again, one of them restated: the later row counts
        day = f"{month}-22"
        again = [list(call) for call in calls if call[5].startswith(day)][3:17]
        if org != "rhein":
            again[0][10] = str(Decimal(again[0][10]) + Decimal("0.0500"))
        data.land(org, "voice_usage", f"again-{month}.csv", _csv(CALL_COLUMNS, again))


def _land_users(data: DataFolder, org: str, licences: dict[str, int], add_on: str | None) -> None:
    """Who logs in when: most on the first day, some late, some new on the first day after."""
    rows = []
    anchor = {"vale": 15, "rhein": 1, "kumo": 10}[org]
    for month in range(1, 8):
        first = datetime(2026, month, anchor, tzinfo=UTC)
        for licence, users in licences.items():
            for number in range(users + month % 3):
                # in a zone ahead of UTC the first hours of a day are the day before
                at = first + timedelta(hours=(number * 37) % 640 + 9, minutes=number)
                user = f"{licence[-10:].strip().replace(' ', '')}{number}.{month}@{org}.example"
                if number % 4:
                    user = user.replace(f".{month}@", "@")
                rows.append([licence, user, f"{at:%Y-%m-%dT%H:%M:%SZ}"])
                if add_on and number < 7:
                    rows.append([add_on, user, f"{at:%Y-%m-%dT%H:%M:%SZ}"])
    data.land(
        org, "billable_usage", "users.csv", _csv(["Charge Name", "Entity", "Timestamp"], rows)
    )


def write(data: DataFolder) -> None:
    """Contracts, reference and landing of the three organizations and of the doubles."""
    for org, contract in CONTRACTS.items():
        data.contract(org, contract)
        _land_calls(data, org, Random(org))  # noqa: S311
    reference = data.path / "reference"
    reference.mkdir(parents=True, exist_ok=True)
    (reference / "voice_rates.csv").write_text(
        "rate_sheet,direction,service,prefix,country,rate_per_minute,effective_from\n"
        "rhein,outbound,outbound,49,DE,0.0165,2026-01-01\n"
        "rhein,outbound,outbound,33,FR,0.0475,2026-01-01\n"
        "rhein,inbound,inbound,,DE,0.0085,2026-01-01\n"
        "vale,outbound,outbound,1,US,0.0125,2026-01-01\n"
        "vale,outbound,outbound,44,GB,0.0500,2026-01-01\n"
        "vale,inbound,inbound,,US,0.0130,2026-01-01\n"
        "vale,inbound,toll_free,,US,0.0160,2026-01-01\n"
    )
    _land_users(
        data,
        "vale",
        {
            "Genesys Cloud CX 2 User": 24,
            "Genesys Cloud CX 3 User": 9,
            "Genesys Cloud Communicate User": 6,
        },
        "Genesys Cloud CX 2 WEM Add-On I",
    )
    _land_users(
        data,
        "rhein",
        {
            "Genesys Cloud CX 1 User": 7,
            "Genesys Cloud CX 2 User": 33,
            "Genesys Cloud Communicate User": 5,
        },
        None,
    )
    _land_users(data, "kumo", {"Genesys Cloud CX 2 User": 14}, None)
    random = Random("resources")  # noqa: S311
    for org in CONTRACTS:
        rows: list[Sequence[object]] = []
        for day in _days():
            rows += [
                [day, "IVR Minutes", random.randrange(4000, 5200), "minutes"],
                [day, "Data Storage", random.randrange(900, 1900), "GB"],
                [day, "API Requests", random.randrange(120_000, 150_000), "requests"],
                [day, "SMS Segments", random.randrange(20, 90), "segments"],
            ]
        wanted = 4 if org == "vale" else 2 if org == "rhein" else 1
        kept = [row for number, row in enumerate(rows) if number % 4 < wanted]
        data.land(
            org,
            "resources_usage",
            "resources.csv",
            _csv(["Date", "Resource", "Quantity", "Unit"], kept),
        )
        numbers = [
            [f"+1317556{number:04d}", "DID", "2026-01-01" if number < 12 else "2026-04-20"]
            for number in range(17)
        ]
        numbers += [[f"+1800556{number:04d}", "Toll-Free", "2026-01-01"] for number in range(2)]
        if org == "vale":
            numbers.append(["+18005567777", "Toll-Free", "2026-04-20"])
        kept = numbers if org == "vale" else [row for row in numbers if row[1] == "DID"]
        data.land(
            org, "phone_numbers", "numbers.csv", _csv(["Number", "Type", "Active From"], kept)
        )
    data.land(
        "vale",
        "devices",
        "devices.csv",
        _csv(
            ["Device Id", "Device Type", "Active From"],
            [[f"phone-{number}", "Polycom VVX 350", "2026-01-01"] for number in range(11)],
        ),
    )
    data.land(
        "vale",
        "appfoundry_usage",
        "apps.csv",
        _csv(
            ["App", "Part", "Date", "Quantity"],
            [["Transcriber", "minutes", day, 30 + day.day] for day in _days()],
        ),
    )
    for double, original in DOUBLES.items():
        contract = CONTRACTS[original].replace(f"org: {original}\n", f"org: {double}\n")
        data.contract(double, contract)
        landed = data.path / "landing" / original
        for path in sorted(landed.rglob("*.csv"), key=lambda path: path.stat().st_mtime):
            data.land(double, path.parent.name, path.name, path.read_bytes())
