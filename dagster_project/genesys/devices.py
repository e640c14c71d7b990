"""Devices: from the first to the last active day (DEV-1).

An Active To before its Active From rejects the row, as for phone numbers.
"""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="devices",
    description="Devices, from their first to their last active day.",
    columns=(
        Column("Device Id", "device_id", required=True),
        Column("Device Type", "device_type", required=True),
        Column("Active From", "active_from", Kind.DATE, required=True),
        Column("Active To", "active_to", Kind.DATE, not_before="active_from"),
    ),
    starts="active_from",
    ends="active_to",
)
