"""Telco: every call is charged once, in its own period, at its own cost."""

from __future__ import annotations

import great_expectations as gx

from expectations.invariants import family_suite, holds


def suite() -> gx.ExpectationSuite:
    """The invariants of telco."""
    return family_suite(
        "telco",
        holds(
            "telco.charges_count_every_call",
            "The calls of a period are all in its charges, by service and market.",
            because="INV-6. Calls of another currency are in no charge (VOX-11).",
        ),
        holds(
            "telco.charges_add_up_every_minute",
            "The adjusted minutes of the charges are those of their calls.",
            because="VOX-2: a call without own minutes shows them with six decimals, while a "
            "charge rounds their sum once.",
        ),
        holds(
            "telco.charges_add_up_every_cost",
            "The billed cost of the charges is that of their calls.",
            because="VOX-6.",
        ),
        holds(
            "telco.charges_keep_the_records_cost",
            "The records' own cost is kept beside the billed one.",
            because="VOX-3: both are kept, compared and never merged.",
        ),
        holds(
            "telco.calls_lie_in_their_window",
            "Every call of a period starts in its voice window.",
            because="PER-5.",
        ),
        holds(
            "telco.records_bill_their_own_cost",
            "A call bills its own cost, or the sheet's where the contract says so; a BYOC call "
            "bills nothing.",
            because="VOX-3, VOX-5.",
        ),
        holds(
            "telco.lines_bill_the_charges",
            "Each service and market is one line with its minutes and its cost, rounded once.",
            because="VOX-6. A partner or trial shows no amount (CON-11, CON-12); a "
            "software-free ramp bills calls on the word of the catalogue.",
        ),
        holds(
            "telco.short_calls_are_surcharged",
            "All short calls are surcharged when there are enough of them, and none otherwise.",
            because="VOX-7, counted again from the rated calls.",
        ),
        holds(
            "telco.numbers_are_billed_while_owned",
            "In arrears, every number owned at any moment of the period is billed once.",
            because="VOX-8, counted again from the report, where the latest row of a number "
            "decides.",
        ),
        holds(
            "telco.numbers_are_set_up_once",
            "Every number bought or ported in during the period is set up once.",
            because="VOX-8.",
        ),
    )
