"""Resources: an overage is use above the allowance, and every overage is a line."""

from __future__ import annotations

import great_expectations as gx

from expectations.invariants import family_suite, holds


def suite() -> gx.ExpectationSuite:
    """The invariants of resources."""
    return family_suite(
        "resources",
        holds(
            "resources.overage_is_use_above_the_allowance",
            "An overage is the use above the allowance, never below zero, to half a unit of its "
            "last decimal; without an allowance it is the report's own.",
            because="RES-4, RES-5, RES-6. Use and allowance are shown with six decimals; the "
            "overage is rounded once, from the exact figures.",
        ),
        holds(
            "resources.use_is_what_the_report_says",
            "The use of a resource whose days add up is the sum of the latest rows of its days.",
            because="RES-2, counted again from the report: a day sent again replaces, it does "
            "not add.",
        ),
        holds(
            "resources.lines_bill_the_overage",
            "Each overage is a line of its quantity and amount.",
            because="RES-4, CON-7. A software-free ramp bills what the contract says it does.",
        ),
        holds(
            "resources.no_line_without_an_overage",
            "Each resource line has an overage behind it.",
            because="INV-6.",
        ),
    )
