"""Organization users: where each one belongs, for chargeback. Rows carry no time."""

from dagster_project.genesys.report import Column, Report

REPORT = Report(
    name="org_users",
    description="Division, department and cost center of each user.",
    columns=(
        Column("User", "user_name", required=True),
        Column("Division", "division"),
        Column("Department", "department"),
        Column("Cost Center", "cost_center"),
    ),
)
