"""Invoicing: the lines are the invoice, to the cent."""

from __future__ import annotations

import great_expectations as gx

from expectations.invariants import family_suite, holds


def suite() -> gx.ExpectationSuite:
    """The invariants of invoicing."""
    return family_suite(
        "invoicing",
        holds(
            "invoicing.lines_add_up_to_the_totals",
            "The totals of a month's invoices are the amounts of its lines.",
            because="INV-2, in money.",
        ),
        holds(
            "invoicing.each_total_is_the_sum_of_its_lines",
            "The total of an invoice is the sum of its lines; null if all of them are, 0 "
            "without any.",
            because="INV-2, INV-7, for each invoice: two errors must not cancel out.",
        ),
        holds(
            "invoicing.subtotal_and_tax_make_the_total",
            "Subtotal and tax make the total, and the tax is that of the tax lines.",
            because="INV-2, TAX-1.",
        ),
        holds(
            "invoicing.amount_is_quantity_times_rate",
            "The amount of a line is its quantity times its rate, rounded once; without a rate "
            "it is null, but for the blended lines of calls.",
            because="INV-2, CON-11: null is not 0.",
        ),
        holds(
            "invoicing.tax_rests_on_its_sections",
            "A tax is its rate on the amounts of its sections, fees included and other taxes "
            "not, rounded once.",
            because="TAX-1, for order invoices too.",
        ),
        holds(
            "invoicing.every_line_has_its_invoice",
            "Every line belongs to an invoice of its organization, month and currency.",
            because="A line without an invoice is charged to nobody.",
        ),
        holds(
            "invoicing.every_invoice_has_lines_or_a_hold",
            "Every invoice has a line, or is held.",
            because="INV-5.",
        ),
        holds(
            "invoicing.lines_are_numbered_through",
            "The lines of an invoice are numbered from 1 without a gap.",
            because="A missing number is a missing line.",
        ),
        holds(
            "invoicing.a_line_id_is_one_line",
            "A line id names one line.",
            because="Disputes, adjustments and evidence point to it.",
        ),
        holds(
            "invoicing.one_invoice_a_period_or_date",
            "A period has one invoice, and an order date has one, in the month of its last day.",
            because="PER-4, CON-9.",
        ),
        holds(
            "invoicing.due_after_the_terms",
            "An invoice is dated the day after its period, an order's that of the order, and "
            "due after the payment terms.",
            because="PAY-1.",
        ),
        holds(
            "invoicing.lines_serve_their_period_or_the_next",
            "A line of a period's invoice serves that period, or the next one in advance.",
            because="CON-2, CON-15, VOX-8, INV-2: each line shows its own service period.",
        ),
        holds(
            "invoicing.currency_is_the_contracts",
            "An invoice is in its contract's currency.",
            because="PAY-3, VOX-11.",
        ),
        holds(
            "invoicing.amounts_have_the_currencys_decimals",
            "An amount has no more decimals than its currency.",
            because="PAY-3: a yen has none.",
        ),
        holds(
            "invoicing.held_for_a_reason",
            "An invoice is held exactly if a check says why.",
            because="INV-4, INV-7.",
        ),
        holds(
            "invoicing.failed_checks_hold",
            "A blocking check that fails holds the invoice of its organization and period, and "
            "one that passes does not.",
            because="INV-4.",
        ),
        holds(
            "invoicing.chargeback_adds_up_to_the_line",
            "The parts of a line charged back add up to its amount, to the cent.",
            because="Largest remainder: a share rounded by itself loses cents.",
        ),
        holds(
            "invoicing.causes_add_up_to_the_variance",
            "The causes of a difference to the vendor's invoice add up to it; what matches needs "
            "none.",
            because="REC-4, to the last decimal: a cause must not lose money.",
        ),
        holds(
            "invoicing.evidence_adds_up_to_the_line",
            "The evidence of a line adds up to its quantity, and that of calls to its amount too.",
            because="INV-6. A rounding is a row of its own, no larger than what it rounds to.",
        ),
        holds(
            "invoicing.evidence_lies_in_the_landing",
            "Evidence that is a row of a file names a loaded file and a line that it has.",
            because="INV-6: a figure that cannot be found in a download is no evidence.",
        ),
        holds(
            "invoicing.issued_is_as_the_book_has_it",
            "An issued invoice and its lines are what the book says.",
            because="INV-3: it never changes.",
        ),
        holds(
            "invoicing.numbers_have_no_gap",
            "The invoice numbers of an organization run from 1 without a gap.",
            because="A missing number is a missing invoice.",
        ),
        holds(
            "invoicing.adjustments_settle_what_was_issued",
            "What was issued and all adjustments of it, issued and drafted, are what is computed "
            "now.",
            because="INV-3, in money.",
        ),
    )
