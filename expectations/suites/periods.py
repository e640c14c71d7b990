"""Periods: every instant of a contract belongs to exactly one period."""

from __future__ import annotations

import great_expectations as gx

from expectations.invariants import family_suite, holds


def suite() -> gx.ExpectationSuite:
    """The invariants of periods."""
    return family_suite(
        "periods",
        holds(
            "periods.start_at_the_anchor",
            "A period starts and ends a whole number of months after the effective date.",
            because="PER-1: months are added to the anchor itself, never to the period before.",
        ),
        holds(
            "periods.one_a_month",
            "An organization has exactly one period in force in each invoice month, and it is "
            "the computed one.",
            because="PER-4.",
        ),
        holds(
            "periods.meet_without_gap_or_overlap",
            "A period ends the moment the next one begins: no instant is in two or in none.",
            because="PER-3.",
        ),
        holds(
            "periods.voice_windows_meet",
            "A voice window ends where the next one starts.",
            because="PER-5, CON-14: also where an amendment moves the cut-off.",
        ),
        holds(
            "periods.open_until_they_end",
            "A period is open through its last day, and usage is complete through the day "
            "before today.",
            because="PER-6.",
        ),
    )
