"""Payments, as the bank or the payment service reports them (PAY-4)."""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="payments",
    description="One payment or attempt to pay.",
    columns=(
        Column("Invoice Number", "invoice_number", required=True),
        Column("Date", "payment_date", Kind.DATE, required=True),
        Column("Method", "method", required=True),
        Column("Amount", "amount", Kind.DECIMAL, required=True),
        Column("Status", "status", required=True, one_of=("succeeded", "failed")),
        Column("Currency", "currency"),
        Column("Reference", "reference"),
    ),
    starts="payment_date",
)
