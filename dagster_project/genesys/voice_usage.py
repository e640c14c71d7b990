"""Voice Usage: one row per call (VOX).

A call's Origin may be empty (withheld numbers). The vendor's own figures are kept under `cdr_`
names beside what dbt computes (VOX-3); a negative Total cost is a credit and loads.
"""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="voice_usage",
    description="Calls, with the vendor's own rate and cost; one Parquet file per landed file.",
    columns=(
        Column("SIP Call Id", "sip_call_id", required=True),
        Column("Origin", "origin", required=True, may_be_empty=True),
        Column("Destination", "destination", required=True),
        Column("Usage Group", "usage_group"),
        Column("Usage Group Display", "usage_group_display"),
        Column("Call Type", "call_type", required=True),
        Column("Direction", "direction", required=True, one_of=("inbound", "outbound")),
        Column("Start time", "start_at", Kind.TIMESTAMP, required=True),
        Column("End Time", "end_at", Kind.TIMESTAMP),
        Column(
            "Duration (Seconds)",
            "duration_seconds",
            Kind.INTEGER,
            required=True,
            is_amount_of_use=True,
        ),
        Column(
            "Adjusted Duration (seconds)",
            "cdr_adjusted_seconds",
            Kind.INTEGER,
            is_amount_of_use=True,
        ),
        Column(
            "Adjusted Duration (minutes)",
            "cdr_adjusted_minutes",
            Kind.DECIMAL,
            is_amount_of_use=True,
        ),
        Column("Usage Rate Per Minute", "cdr_rate_per_minute", Kind.DECIMAL),
        Column("Total cost", "cdr_cost", Kind.DECIMAL),
        Column("Currency", "currency"),
        Column("Rate Sheet", "rate_sheet"),
        Column("Postal Code", "postal_code"),
    ),
    starts="start_at",
    money="cdr_cost",
    is_call_records=True,
)
