"""Concurrent Usage: each day's peak and the minutes at it (LIC-8, second-best evidence)."""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="concurrent_usage",
    description="Each day's peak of concurrent users and the minutes at it.",
    columns=(
        Column("Date", "usage_date", Kind.DATE, required=True),
        Column(
            "Peak Concurrent Users",
            "peak_users",
            Kind.INTEGER,
            required=True,
            is_amount_of_use=True,
        ),
        Column("Minutes", "minutes", Kind.DECIMAL, required=True, is_amount_of_use=True),
    ),
    starts="usage_date",
)
