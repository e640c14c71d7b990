"""Organization users: where each one belongs, for chargeback. Rows carry no time."""

from dagster_project.genesys.report import Column, Report

REPORT = Report(
    name="org_users",
    columns=(
        Column("User", "user_name", required=True),
        Column("Division", "division"),
        Column("Department", "department"),
        Column("Cost Center", "cost_center"),
    ),
)
