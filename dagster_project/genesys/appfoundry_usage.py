"""AppFoundry usage: a day's quantity of an app's part (APP-1, APP-2)."""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="appfoundry_usage",
    description="Each day's quantity of an AppFoundry app's part.",
    columns=(
        Column("App", "app", required=True),
        Column("Part", "part", required=True),
        Column("Date", "usage_date", Kind.DATE, required=True),
        Column("Quantity", "quantity", Kind.DECIMAL, required=True, is_amount_of_use=True),
    ),
    starts="usage_date",
)
