"""The catalogue facts, typed in again from the rulebook (never read from the product's seeds)."""

from __future__ import annotations

from fractions import Fraction

import phonenumbers

TIERS = (  # LIC, lowest first
    "collaborate",
    "communicate",
    "ex",
    "cx1_digital",
    "cx1",
    "cx2_digital",
    "cx2",
    "cx3_digital",
    "cx3",
    "cx4",
)
ALWAYS_NAMED = ("collaborate", "communicate", "ex")  # LIC-6
MINOR_UNITS = dict.fromkeys(("AUD", "BRL", "CAD", "EUR", "GBP", "NZD", "USD"), 2) | {"JPY": 0}


def key(text: str | None) -> str:
    """Fold a name: lower case, trimmed, runs of spaces as one (Conventions)."""
    return " ".join((text or "").lower().split())


def slug(text: str) -> str:
    """Make the slug of outputs.md: ASCII letters and digits, the rest one underscore."""
    return "_".join(
        "".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split()
    )


def is_cx(licence: str | None) -> bool:
    """Say whether a licence code is of the CX family."""
    return licence is not None and licence.startswith("cx")


def _charge_names() -> dict[str, tuple[str, str | None]]:
    """Build report name → (licence, licence model or None) for the names of inputs.md."""
    suffixes = {
        "": None,
        " user": "named",
        " concurrent": "concurrent",
        " concurrent user": "concurrent",
        " hourly": "hourly",
        " hourly user": "hourly",
    }
    names: dict[str, tuple[str, str | None]] = {}
    for family in ("purecloud", "cloud cx", "genesys cloud cx"):
        for number in "1234":
            for digital in ("", " digital"):
                if number == "4" and digital:
                    continue
                for suffix, model in suffixes.items():
                    code = f"cx{number}{digital.replace(' ', '_')}"
                    names[f"{family} {number}{digital}{suffix}"] = (code, model)
    names["genesys cloud communicate user"] = ("communicate", "named")
    names["communicate"] = ("communicate", None)
    names["collaborate"] = ("collaborate", None)
    names["genesys cloud collaborate user"] = ("collaborate", "named")
    names["genesys cloud ex user"] = ("ex", "named")
    names["legacy seat"] = ("cx1", "named")  # the generator's own row
    return names


CHARGE_NAMES = _charge_names()

RESOURCE_NAMES = {  # RES-1: report name → (code, basis); a code None is never charged (RES-5)
    "ivr minutes": ("ivr_minutes", "gross"),
    "basic routing / ivr": ("ivr_minutes", "gross"),
    "ivr overage minutes": ("ivr_minutes", "net"),
    "data storage": ("storage_gb", "gross"),
    "data storage overage": ("storage_gb", "net"),
    "api requests": ("api_requests", "gross"),
    "api overage": ("api_requests", "net"),
    "byoc cloud minutes": ("byoc_minutes", "gross"),
    "byoc cloud overage": ("byoc_minutes", "net"),
    "voice transcription minutes": ("transcription_minutes", "gross"),
    "sms segments": ("sms_segments", "gross"),
    "third-party messages": ("messaging", "gross"),
    "archived storage": (None, "gross"),
    "voice bot minutes": ("ivr_minutes", "gross"),  # the generator's own row
}
RESOURCES = {  # code → (decimals of the overage, how days combine)
    "ivr_minutes": (2, "sum"),
    "storage_gb": (2, "average"),
    "byoc_minutes": (2, "sum"),
    "transcription_minutes": (2, "sum"),
    "api_requests": (0, "sum"),
    "sms_segments": (0, "sum"),
    "messaging": (0, "sum"),
}
MESSAGING = ("sms_segments", "messaging")  # RES-6
HOURS_PER_UNIT = 111  # RES-3

_FAIR_USE = {  # RES-3: (named, concurrent)
    "byoc_minutes": {
        "communicate": "1000",
        "cx1": "5000 6500",
        "cx2": "5000 6500",
        "cx3": "5000 6500",
        "cx4": "5000 6500",
    },
    "storage_gb": {
        "communicate": "5",
        "cx1": "17.5 22.75",
        "cx2": "25 32.5",
        "cx2_digital": "8 10",
        "cx3": "32.5 42.25",
        "cx3_digital": "15 20",
        "ex": "17.5",
        "cx4": "42.5 55.25",
    },
    "ivr_minutes": {
        "collaborate": "120",  # the generator's own row
        "communicate": "500",
        "cx1": "1750 2275",
        "cx2": "2500 3250",
        "cx3": "3250 4225",
        "cx4": "3250 4225",
    },
    "api_requests": {
        "communicate": "10000",
        "cx1": "75000 97500",
        "cx2": "110000 143000",
        "cx2_digital": "110000 143000",
        "cx3": "140000 182000",
        "cx3_digital": "140000 182000",
        "ex": "75000",
        "cx4": "140000 182000",
    },
    "transcription_minutes": {"cx3": "5000 6500", "cx4": "5000 6500"},
}


def allocation(licence: str, model: str, resource: str) -> Fraction:
    """Read the fair-use cell: `model` is named or concurrent; no cell is no allowance."""
    cell = _FAIR_USE.get(resource, {}).get(licence, "0").split()
    return Fraction(cell[-1] if model == "concurrent" else cell[0])


TOLL_FREE_AREA_CODES = ("800", "833", "844", "855", "866", "877", "888")
AREA_CODES = {  # those that the generator uses
    "212": "US",
    "317": "US",
    "907": "US",
    "416": "CA",
    "604": "CA",
    "876": "JM",
    "787": "PR",
    "242": "BS",
}


def country_of(digits: str, own_country: str) -> str | None:
    """Find the country of a number's digits (VOX-6); None if it has none."""
    if digits.startswith("1"):
        if digits[1:4] in TOLL_FREE_AREA_CODES:
            return own_country if own_country in ("US", "CA") else "US"
        return AREA_CODES.get(digits[1:4])
    for length in (3, 2, 1):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or 0))
        if regions and len(digits) >= length:
            return None if regions[0] == "001" else regions[0]
    return None


def is_billed_in_ramp(code: str) -> bool:
    """Say what the catalogue bills in a `software_free` ramp (CON-7, CON-15)."""
    if code.startswith("resource."):
        return code.split(".")[1] in MESSAGING
    own_rows = ("device.wallboard",)  # the generator's
    return not code.startswith(("licence.", "add_on.", *own_rows))
