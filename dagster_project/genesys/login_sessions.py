"""Login sessions: from login to logout (LIC-8). An empty Logout At is still logged in.

A logout before its login rejects the row; one at the same instant touches no period, and loads.
"""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="login_sessions",
    description="From login to logout, session by session.",
    columns=(
        Column("User", "user_name", required=True),
        Column("Login At", "login_at", Kind.TIMESTAMP, required=True),
        Column("Logout At", "logout_at", Kind.TIMESTAMP, not_before="login_at"),
        Column("Charge Name", "charge_name"),
        Column("Client", "client"),
    ),
    starts="login_at",
    ends="logout_at",
)
