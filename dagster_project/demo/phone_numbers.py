"""Pools of telephone numbers that belong to nobody.

Taken from ranges that regulators keep free for fiction: 555-01XX of the North American plan,
Ofcom's and the Bundesnetzagentur's drama numbers, ARCEP's 01 99 00, ACMA's 5550 and 0491 570. Japan
has no such range; there the subscriber part starts with a zero, which no real number does.
"""

from __future__ import annotations

_US_AREAS = (205, 212, 214, 217, 303, 305, 312, 313, 314, 317, 404, 412, 414, 502, 503, 505, 512)
_US_AREAS_WEST = (602, 612, 614, 615, 617, 618, 630, 702, 713, 720, 773, 801, 815, 816, 901, 919)
_CANADA_AREAS = (204, 403, 416, 514, 604, 613)
_GERMAN_DRAMA = ("30 23125", "40 66969", "69 90009", "89 99998", "221 4710")


def _north_american(areas: tuple[int, ...]) -> list[str]:
    return [f"+1{area}55501{line:02d}" for area in areas for line in range(100)]


POOLS: dict[str, list[str]] = {
    # own numbers of the organizations
    "us_own": [f"+121755501{line:02d}" for line in range(60)],
    "us_toll_free_own": [f"+180055501{line:02d}" for line in range(4)],
    "de_own": [f"+492214710{line:03d}" for line in range(100, 140)],
    "de_toll_free_own": ["+498000000471", "+498000000472"],
    "gb_own": [f"+44113496{line:04d}" for line in range(100, 130)],
    "gb_toll_free_own": ["+448081570100", "+448081570101"],
    "jp_own": [f"+8130000{line:04d}" for line in range(5200, 5225)],
    "jp_toll_free_own": ["+81120000520", "+81120000521"],
    # the rest of the world
    "us": _north_american(_US_AREAS + _US_AREAS_WEST),
    "ca": _north_american(_CANADA_AREAS),
    "gb": [f"+44207946{line:04d}" for line in range(1000)]
    + [f"+447700900{line:03d}" for line in range(1000)],
    "fr": [f"+33199{line:06d}" for line in range(100, 900)],
    "de": [
        f"+49{prefix.replace(' ', '')}{line:03d}"
        for prefix in _GERMAN_DRAMA
        for line in range(200, 500)
    ],
    "at": [f"+4311230{line:04d}" for line in range(200)],
    "au": [f"+612555{line:05d}" for line in range(100, 400)]
    + [f"+61491570{line:03d}" for line in range(6, 160)],
    "jp": [f"+8130001{line:04d}" for line in range(1500)]
    + [f"+81900000{line:04d}" for line in range(1500)],
    # as carriers write them: a SIP address, a tel link
    "us_sip": [f"sip:+1217555{line:04d}@edge.harrowfinch.example" for line in range(100, 160)],
    "de_tel": [f"tel:+492214710{line:03d}" for line in range(100, 140)],
}
