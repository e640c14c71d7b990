"""Vendor: both invoices are compared whole, each line of either side in one place."""

from __future__ import annotations

import great_expectations as gx

from expectations.invariants import family_suite, holds


def suite() -> gx.ExpectationSuite:
    """The invariants of the comparison with the vendor's invoice."""
    return family_suite(
        "vendor",
        holds(
            "vendor.every_line_of_ours_is_compared_once",
            "Every line of an invoice that the vendor has invoiced is in exactly one row of the "
            "reconciliation.",
            because="REC-1: a line that is compared nowhere is paid unseen.",
        ),
        holds(
            "vendor.amounts_of_ours_are_all_compared",
            "The expected amounts of the reconciliation are the amounts of the lines that the "
            "vendor has invoiced.",
            because="REC-1, in money; where an amount is unknown, so is the row's (CON-11).",
        ),
        holds(
            "vendor.every_line_of_the_vendor_is_placed_once",
            "Every line of a vendor's invoice that is in effect is with one invoice of ours.",
            because="REC-1, from the landing: a line that is placed nowhere is paid unseen, one "
            "placed twice is disputed twice.",
        ),
        holds(
            "vendor.amounts_of_the_vendor_are_all_compared",
            "The vendor's amounts in the reconciliation are those of the vendor's lines.",
            because="REC-1, in money.",
        ),
        holds(
            "vendor.a_variance_is_the_vendors_less_ours",
            "A variance is the vendor's figure minus ours, and a row that is matched to the last "
            "digit has none.",
            because="REC-3: what is disputed is the variance.",
        ),
    )
