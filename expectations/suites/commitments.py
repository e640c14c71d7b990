"""Commitments: what is committed is billed in the right period, once."""

from __future__ import annotations

import great_expectations as gx

from expectations.invariants import family_suite, holds


def suite() -> gx.ExpectationSuite:
    """The invariants of commitments."""
    return family_suite(
        "commitments",
        holds(
            "commitments.prepay_is_the_next_commitment",
            "A period's invoice prepays the next period's commitment, under annual_monthly in "
            "the term, and nothing else.",
            because="CON-2, CON-6, CON-13, CON-14: the next period's contract alone decides.",
        ),
        holds(
            "commitments.arrears_bill_the_commitment",
            "Under monthly, a period of the term bills its whole commitment, and no other does.",
            because="CON-5, CON-6.",
        ),
        holds(
            "commitments.orders_prepay_the_first_term",
            "The order invoice of the effective date prepays the whole first term, or its first "
            "period, or nothing, as the subscription says.",
            because="CON-3, CON-4. Contracts that an amendment terminates are left out: then "
            "the term's first period is for the amendment to decide.",
        ),
        holds(
            "commitments.a_free_ramp_bills_no_licence",
            "A software-free ramp bills no licence or add-on but those that the contract excepts.",
            because="CON-7, CON-15.",
        ),
    )
