"""The four organizations of the demo: what they are like, as data.

A `Route` is one kind of call (who calls whom, how, at which price); its `service` and `market` are
what VOX-5 and VOX-6 must make of it, written down by hand and not computed. Prices of a route with
`vendor_cost` False are the partner's own list: the vendor's report leaves them out (CON-11).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

from pydantic import BaseModel

_ROUTES = Path(__file__).parent / "routes.csv"

OFFICE_DAY = (0, 0, 0, 0, 0, 1, 2, 6, 12, 16, 17, 15, 12, 14, 16, 15, 12, 8, 3, 1, 0, 0, 0, 0)
SHOP_DAY = (0, 0, 0, 0, 0, 0, 1, 4, 9, 13, 14, 13, 11, 11, 12, 13, 14, 14, 12, 8, 4, 1, 0, 0)
ROUND_THE_CLOCK = (
    2,
    1,
    1,
    1,
    1,
    2,
    5,
    9,
    13,
    15,
    14,
    13,
    12,
    12,
    13,
    13,
    13,
    12,
    10,
    8,
    6,
    5,
    4,
    3,
)


class Route(BaseModel):
    """One kind of call, a row of routes.csv. `rate` is per minute, as a decimal text.

    Attributes:
        share: weight among the organization's routes.
        median_seconds: median length of an answered call that is not short (log-normal).
        short: share of calls of 1 to 6 seconds. The insurer's claims dialer reaches so many
            answering machines that more than 15 % of its calls are short (VOX-7).
        unanswered: share of calls of 0 seconds.
    """

    service: str
    market: str
    direction: str
    call_type: str
    usage_group: str
    display: str
    origins: str
    destinations: str
    rate: str
    share: float
    median_seconds: float
    short: float
    unanswered: float


@dataclass(frozen=True)
class Staff:
    """A group of people with one licence and one way of working.

    Attributes:
        charge_name: as the Billable Usage report names the licence.
        licence: the code it means.
        people: how many at the end; `leavers` of them have gone before the last month.
        shifts: local hours at which a person's days begin, one chosen per person.
        hours: length of a shift.
        weekend: share of the people who also work on a Saturday or Sunday.
        add_on: charge name and code of an add-on that the first `add_on_people` have.
    """

    charge_name: str
    licence: str
    people: int
    shifts: tuple[float, ...] = (8.0, 8.5, 9.0)
    hours: float = 8.5
    weekend: float = 0.0
    leavers: int = 0
    add_on: tuple[str, str] | None = None
    add_on_people: int = 0


@dataclass(frozen=True)
class Resource:
    """A resource's typical weekday quantity; `growth` is the change per month, 0.05 = 5 %."""

    name: str
    unit: str
    daily: int
    growth: float = 0.0
    weekend: float = 0.35
    is_level: bool = False  # a stock, such as storage: no weekly rhythm
    busy_month: date | None = None
    busy_factor: float = 1.0


@dataclass(frozen=True)
class AppPart:
    """A metered AppFoundry part: typical weekday quantity."""

    app: str
    part: str
    daily: int


@dataclass(frozen=True)
class DeviceFleet:
    """Devices of one type in the devices file."""

    device_type: str
    prefix: str
    count: int


@dataclass(frozen=True)
class Organization:
    """Everything the generator knows about one organization.

    Attributes:
        anchor_day: day of the month on which its periods begin (its contract's effective date).
        voice_cutoff: UTC time of its voice windows; None: local midnight (PER-5).
        licence_model: named, concurrent or hourly, as in its contract.
        call_share: its share of the demo's calls.
        weekdays: weight of Monday to Sunday.
        hours: weight of the 24 local hours.
        us_dates: reports in US date style; otherwise ISO 8601.
        snake_headers: `sip_call_id` instead of `SIP Call Id`.
        vendor_cost: whether the vendor's voice report shows rates and costs.
        overlap_days: days of the previous month that a voice download repeats.
    """

    slug: str
    name: str
    domain: str
    time_zone: str
    currency: str
    country: str
    anchor_day: int
    voice_cutoff: time | None
    licence_model: str
    rate_sheet: str
    postal_code: str
    call_share: float
    weekdays: tuple[float, ...]
    hours: tuple[int, ...]
    routes: tuple[Route, ...]
    staff: tuple[Staff, ...]
    resources: tuple[Resource, ...]
    divisions: tuple[tuple[str, str, str], ...]
    did_numbers: str
    toll_free_numbers: str
    apps: tuple[AppPart, ...] = ()
    fleets: tuple[DeviceFleet, ...] = ()
    counted_devices: tuple[tuple[str, int], ...] = ()
    app_users: tuple[str, int] | None = None
    us_dates: bool = False
    snake_headers: bool = False
    vendor_cost: bool = True
    overlap_days: int = 0
    first_names: tuple[str, ...] = field(default=())
    last_names: tuple[str, ...] = field(default=())


def _routes(slug: str) -> tuple[Route, ...]:
    with _ROUTES.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row.pop("organization") == slug]
    return tuple(Route.model_validate(row) for row in rows)


HARROW_FINCH = Organization(
    slug="harrow-finch",
    name="Harrow & Finch Mutual",
    domain="harrowfinch.example",
    time_zone="America/Chicago",
    currency="USD",
    country="US",
    anchor_day=15,
    voice_cutoff=time(7, 0),
    licence_model="named",
    rate_sheet="us-east-2026",
    postal_code="62701",
    call_share=0.45,
    weekdays=(1.15, 1.05, 1.0, 1.0, 0.95, 0.25, 0.08),
    hours=OFFICE_DAY,
    routes=_routes("harrow-finch"),
    staff=(
        Staff("Genesys Cloud Communicate User", "communicate", 34, leavers=2),
        Staff(
            "Genesys Cloud CX 2 User",
            "cx2",
            74,
            shifts=(7.0, 8.0, 9.0, 10.5),
            leavers=4,
            add_on=("Genesys Cloud CX 2 WEM Add-On I", "wem"),
            add_on_people=24,
        ),
        Staff("Genesys Cloud CX 3 User", "cx3", 26, shifts=(7.5, 9.0), weekend=0.3, leavers=1),
    ),
    resources=(
        Resource(
            "IVR Minutes",
            "minutes",
            10300,
            growth=0.02,
            busy_month=date(2026, 9, 1),
            busy_factor=1.35,
        ),
        Resource("Data Storage", "GB", 2240, growth=0.035, is_level=True),
        Resource(
            "API Requests",
            "requests",
            372_000,
            growth=0.01,
            busy_month=date(2026, 7, 1),
            busy_factor=1.6,
        ),
        Resource("Voice Transcription Minutes", "minutes", 2900),
        Resource("BYOC Cloud Minutes", "minutes", 640),
        Resource("Archived Storage", "GB", 9100, growth=0.02, is_level=True),
    ),
    divisions=(
        ("Claims", "First notice", "CC-110"),
        ("Claims", "Adjusting", "CC-120"),
        ("Policy service", "Inbound", "CC-210"),
        ("Sales", "Renewals", "CC-310"),
        ("Corporate", "Office", "CC-900"),
    ),
    did_numbers="us_own",
    toll_free_numbers="us_toll_free_own",
    fleets=(DeviceFleet("Polycom VVX 350", "hf-vvx", 28),),
    us_dates=True,
    overlap_days=3,
    first_names=(
        "ada",
        "bruno",
        "clara",
        "dev",
        "elena",
        "frank",
        "grace",
        "hugo",
        "ines",
        "jonah",
        "kira",
        "leo",
        "maya",
        "nora",
        "omar",
        "priya",
        "quinn",
        "rosa",
    ),
    last_names=("alder", "bright", "castle", "dunmore", "ellery", "fairbank", "granger", "hollis"),
)

LINDENHOF_MARKT = Organization(
    slug="lindenhof-markt",
    name="Lindenhof Markt",
    domain="lindenhof-markt.example",
    time_zone="Europe/Berlin",
    currency="EUR",
    country="DE",
    anchor_day=1,
    voice_cutoff=None,
    licence_model="named",
    rate_sheet="de-2026",
    postal_code="",
    call_share=0.25,
    weekdays=(1.1, 1.0, 1.0, 1.05, 1.2, 1.25, 0.05),
    hours=SHOP_DAY,
    routes=_routes("lindenhof-markt"),
    staff=(
        Staff(
            "Genesys Cloud Communicate User",
            "communicate",
            45,
            shifts=(7.0, 10.0),
            weekend=0.7,
            leavers=3,
        ),
        Staff(
            "Genesys Cloud CX 1 User", "cx1", 84, shifts=(7.0, 9.0, 12.0), weekend=0.5, leavers=5
        ),
    ),
    resources=(
        Resource(
            "IVR Minutes",
            "minutes",
            3900,
            busy_month=date(2026, 10, 1),
            busy_factor=1.45,
            weekend=0.6,
        ),
        Resource("Data Storage", "GB", 1420, growth=0.03, is_level=True),
        Resource("SMS Segments", "segments", 310, weekend=0.8),
        Resource("Third-Party Messages", "messages", 1150, weekend=0.8),
    ),
    divisions=(
        ("Kundenservice", "Bestellung", "K-4100"),
        ("Kundenservice", "Reklamation", "K-4200"),
        ("Filialen", "West", "K-5100"),
        ("Filialen", "Süd", "K-5200"),
    ),
    did_numbers="de_own",
    toll_free_numbers="de_toll_free_own",
    apps=(AppPart("Klartext", "Minuten", 52), AppPart("Tresor", "Gigabyte", 240)),
    fleets=(DeviceFleet("Polycom VVX 250", "lm-vvx", 22),),
    counted_devices=(("Genesys Cloud for Wallboard Device Charge", 6),),
    app_users=("Schichtplaner User", 26),
    first_names=(
        "anja",
        "bernd",
        "carla",
        "dirk",
        "eva",
        "falk",
        "greta",
        "heiko",
        "ida",
        "jens",
        "katrin",
        "lars",
        "mira",
        "nils",
        "olga",
        "paul",
        "ruth",
        "sven",
    ),
    last_names=("ahorn", "birke", "eiche", "erle", "fichte", "linde", "ulme", "weide"),
)

SEVERNMERE_WATER = Organization(
    slug="severnmere-water",
    name="Severnmere Water",
    domain="severnmere-water.example",
    time_zone="Europe/London",
    currency="GBP",
    country="GB",
    anchor_day=1,
    voice_cutoff=None,
    licence_model="concurrent",
    rate_sheet="uk-2026",
    postal_code="",
    call_share=0.20,
    weekdays=(1.2, 1.0, 1.0, 1.0, 1.0, 0.5, 0.35),
    hours=ROUND_THE_CLOCK,
    routes=_routes("severnmere-water"),
    staff=(
        Staff(
            "Genesys Cloud CX 2 Concurrent",
            "cx2",
            118,
            shifts=(6.0, 7.0, 8.0, 9.0, 11.0, 14.0, 22.0),
            hours=8.0,
            weekend=0.35,
            leavers=5,
        ),
        Staff("Genesys Cloud Communicate User", "communicate", 13, leavers=1),
    ),
    resources=(
        Resource("IVR Minutes", "minutes", 4700, growth=0.03),
        Resource("Data Storage", "GB", 1590, growth=0.025, is_level=True),
        Resource("API Requests", "requests", 201_000),
    ),
    divisions=(
        ("Operations", "Leaks and bursts", "4410"),
        ("Customer", "Billing", "4520"),
        ("Customer", "Moving home", "4530"),
        ("Customer", "Metering", "4540"),
    ),
    did_numbers="gb_own",
    toll_free_numbers="gb_toll_free_own",
    first_names=(
        "alfie",
        "bella",
        "cai",
        "dilys",
        "ewan",
        "freya",
        "gwen",
        "harri",
        "isla",
        "jack",
        "keira",
        "liam",
        "megan",
        "niamh",
        "owen",
        "poppy",
        "rhys",
        "tegan",
    ),
    last_names=("ashford", "bewley", "clun", "dowles", "eardley", "teme", "severn", "wyre"),
)

HOSHIMORI_TRAVEL = Organization(
    slug="hoshimori-travel",
    name="Hoshimori Travel",
    domain="hoshimori-travel.example",
    time_zone="Asia/Tokyo",
    currency="JPY",
    country="JP",
    anchor_day=1,
    voice_cutoff=None,
    licence_model="hourly",
    rate_sheet="hoshimori-2026",
    postal_code="",
    call_share=0.10,
    weekdays=(1.0, 0.95, 0.95, 1.0, 1.1, 1.3, 1.2),
    hours=SHOP_DAY,
    routes=_routes("hoshimori-travel"),
    staff=(
        Staff(
            "Genesys Cloud CX 2 Hourly",
            "cx2",
            34,
            shifts=(9.0, 10.0, 12.0),
            hours=8.0,
            weekend=0.6,
            leavers=2,
        ),
        Staff("Genesys Cloud Communicate User", "communicate", 5),
    ),
    resources=(
        Resource("IVR Minutes", "minutes", 1900, weekend=1.1),
        Resource("Data Storage", "GB", 860, growth=0.02, is_level=True),
        Resource("SMS Segments", "segments", 95, weekend=1.2),
    ),
    divisions=(
        ("Reservations", "Domestic", "R10"),
        ("Reservations", "Overseas", "R20"),
        ("Support", "On the road", "S10"),
        ("Support", "Claims", "S20"),
    ),
    did_numbers="jp_own",
    toll_free_numbers="jp_toll_free_own",
    snake_headers=True,
    vendor_cost=False,
    first_names=(
        "aiko",
        "daichi",
        "emi",
        "haruto",
        "hina",
        "kaito",
        "mei",
        "nao",
        "ren",
        "riku",
        "sakura",
        "sora",
        "yui",
        "yuto",
    ),
    last_names=("hoshi", "kawa", "mori", "sato", "tani", "yama"),
)

ORGANIZATIONS = (HARROW_FINCH, LINDENHOF_MARKT, SEVERNMERE_WATER, HOSHIMORI_TRAVEL)

# The partner's own prices per minute. The empty prefix fits any number; the longest one that fits
# decides (VOX-4). 2025's row of domestic calls was dearer.
PARTNER_VOICE_RATES = (
    # rate_sheet, direction, service, prefix, country, rate_per_minute, effective_from
    ("hoshimori-2026", "outbound", "outbound", "81", "JP", "2.9", date(2025, 8, 1)),
    ("hoshimori-2026", "outbound", "outbound", "81", "JP", "2.6", date(2026, 1, 1)),
    ("hoshimori-2026", "outbound", "outbound", "1", "US", "4.2", date(2025, 8, 1)),
    ("hoshimori-2026", "outbound", "outbound", "61", "AU", "7.5", date(2025, 8, 1)),
    ("hoshimori-2026", "outbound", "outbound", "", "", "28", date(2025, 8, 1)),
    ("hoshimori-2026", "inbound", "inbound", "", "", "1.1", date(2025, 8, 1)),
    ("hoshimori-2026", "inbound", "toll_free", "", "", "5.9", date(2025, 8, 1)),
)
