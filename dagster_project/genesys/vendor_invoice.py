"""The vendor's invoice, line by line: what our own is compared with (REC-1).

A row is a line of a document: two equal lines are billed twice, so neither is dropped at load, and
a credit has a negative quantity or amount. A re-sent file replaces the lines that it repeats:
invoice number, description and service period start.
"""

from dagster_project.genesys.report import Column, Kind, Report

REPORT = Report(
    name="vendor_invoice",
    description="One line of an invoice as the vendor sent it.",
    columns=(
        Column("Invoice Number", "invoice_number", required=True),
        Column("Invoice Date", "invoice_date", Kind.DATE, required=True),
        Column("Service Period Start", "service_start", Kind.DATE, required=True),
        Column(
            "Service Period End",
            "service_end",
            Kind.DATE,
            required=True,
            not_before="service_start",
        ),
        Column("Description", "description", required=True),
        Column("Quantity", "quantity", Kind.DECIMAL, required=True),
        Column("Rate", "rate", Kind.DECIMAL),
        Column("Amount", "amount", Kind.DECIMAL, required=True),
        Column("Currency", "currency"),
        Column("Section", "section"),
    ),
    starts="service_start",
    ends="service_end",
    keeps_equal_rows=True,
)
