"""Licences: every user counts once, and every quantity has its users."""

from __future__ import annotations

import great_expectations as gx

from expectations.invariants import family_suite, holds


def suite() -> gx.ExpectationSuite:
    """The invariants of licences."""
    return family_suite(
        "licences",
        holds(
            "licences.a_user_counts_once",
            "A user counts once in a period, named or in the pool, at one base licence.",
            because="LIC-2, LIC-6. Hours are left out: a user can have some of two licences "
            "(LIC-11).",
        ),
        holds(
            "licences.an_add_on_counts_once_a_user",
            "A user counts once for an add-on in a period.",
            because="LIC-3.",
        ),
        holds(
            "licences.named_users_are_those_that_logged_in",
            "Under the named model, the users counted are those with a timestamped base licence "
            "row in the period.",
            because="LIC-1, LIC-4, counted again from the report.",
        ),
        holds(
            "licences.add_on_users_are_billable",
            "An add-on counts only for a user with a timestamped base licence row in the period.",
            because="LIC-3: an add-on row alone makes nobody billable.",
        ),
        holds(
            "licences.named_quantities_are_users",
            "The named quantities of licences and add-ons add up to the users behind them.",
            because="INV-6: a quantity without its users cannot be explained.",
        ),
        holds(
            "licences.hours_are_rounded_up_once",
            "The hours of a licence are those of its users, rounded up to a whole hour once.",
            because="LIC-11: rounding each user or day up bills hours that nobody was logged in.",
        ),
        holds(
            "licences.quantity_lies_in_its_range",
            "A licence quantity is a whole number within the range that its evidence proves.",
            because="LIC-8, CON-10: nothing is prorated.",
        ),
        holds(
            "licences.on_demand_is_beyond_the_commitment",
            "On demand is what exceeds the commitment of the contract in force, in the term only.",
            because="CON-1, CON-10, CON-14.",
        ),
        holds(
            "licences.lines_bill_what_was_used",
            "The on-demand lines of a period add up to what its licences and add-ons were used "
            "beyond the commitment.",
            because="CON-1, CON-8. A software-free ramp bills licences on the word of the "
            "contract only.",
        ),
    )
