"""Conservation: nothing that was landed is lost, and nothing is counted twice (REC-5)."""

from __future__ import annotations

import great_expectations as gx

from expectations.invariants import family_suite, holds


def suite() -> gx.ExpectationSuite:
    """The invariants of conservation."""
    return family_suite(
        "conservation",
        holds(
            "conservation.lines_of_a_file",
            "The physical lines of a file are its header, its blank lines and the lines of its "
            "records.",
            because="REC-5. A reader that loses lines says nothing about it: a stray quote once "
            "cost half a file.",
        ),
        holds(
            "conservation.rows_of_a_file",
            "The records read of a file are those loaded, rejected and dropped as duplicates.",
            because="REC-5, in rows.",
        ),
        holds(
            "conservation.costs_of_a_file",
            "The cost read of a file is that of its records loaded, rejected and dropped as "
            "duplicates.",
            because="REC-5, in money: equal counts can hide that the wrong rows were kept.",
        ),
        holds(
            "conservation.rejected_rows_are_listed",
            "Every rejected record is in ops.rejected_rows with its text.",
            because="Nothing is dropped in silence.",
        ),
        holds(
            "conservation.loaded_rows_are_stored",
            "Every loaded row of every report is in the warehouse once.",
            because="REC-5: a retried load must not double a report, a failed one must not "
            "leave half of it.",
        ),
        holds(
            "conservation.calls_are_stored_once",
            "Every loaded call is stored once: the Parquet of a file has as many rows as the "
            "ledger says.",
            because="REC-5. Only files that touch the run are counted again; the others are "
            "immutable.",
        ),
        holds(
            "conservation.calls_are_rated_once",
            "Each call that starts in a period is rated in it once, however often it was landed.",
            because="REC-5, VOX-10, PER-5: loaded less superseded calls are the rated ones.",
        ),
        holds(
            "conservation.calls_outside_are_unassigned",
            "Each call outside every period in force is counted as unassigned, once.",
            because="REC-5, PER-7: with the rated calls, these are all the calls that were loaded.",
        ),
    )
