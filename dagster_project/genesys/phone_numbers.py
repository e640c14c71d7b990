"""Phone numbers: from the first to the last active day (VOX-8).

An Active To before its Active From is a negative duration and rejects the row: billed as it
stands, the number would never have been owned and would silently cost nothing.
"""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="phone_numbers",
    description="Phone numbers, from their first to their last active day.",
    columns=(
        Column("Number", "phone_number", required=True),
        Column("Type", "number_type", required=True),
        Column("Active From", "active_from", Kind.DATE, required=True),
        Column("Active To", "active_to", Kind.DATE, not_before="active_from"),
        Column("Country", "country"),
        Column("Ported", "is_ported", Kind.BOOLEAN),
    ),
    starts="active_from",
    ends="active_to",
)
