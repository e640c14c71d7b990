"""Resources Usage: a day's consumption of a resource, by its report name (RES-1)."""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="resources_usage",
    description="Each day's consumption of a resource, by its report name.",
    columns=(
        Column("Date", "usage_date", Kind.DATE, required=True),
        Column("Resource", "resource", required=True),
        Column("Quantity", "quantity", Kind.DECIMAL, required=True, is_amount_of_use=True),
        Column("Unit", "unit"),
    ),
    starts="usage_date",
)
