"""User Hour Usage: how long a user was logged in on a day (LIC-11)."""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="user_hours",
    description="How long each user was logged in on a day.",
    columns=(
        Column("User", "user_name", required=True),
        Column("Date", "usage_date", Kind.DATE, required=True),
        Column(
            "Logged In Duration",
            "logged_in_milliseconds",
            Kind.HOURS,
            required=True,
            is_amount_of_use=True,
        ),
        Column("Charge Name", "charge_name"),
    ),
    starts="usage_date",
)
