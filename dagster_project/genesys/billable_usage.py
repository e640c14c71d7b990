"""Billable Usage: who logged in first when, under which charge name (LIC-1).

Rows without a timestamp are kept: they are no login, but they name the licences people hold.
"""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="billable_usage",
    description="Who logged in first when in a billing cycle, under which charge name.",
    columns=(
        Column("Charge Name", "charge_name", required=True),
        Column("Entity", "entity", required=True),
        Column("Timestamp", "first_login_at", Kind.TIMESTAMP, required=True, may_be_empty=True),
    ),
    starts="first_login_at",
)
