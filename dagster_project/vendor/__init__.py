"""The vendor's invoice on its way into the landing: a CSV to fill in, a PDF to read.

Belongs here: what a person does with the vendor's document before it is landed. The landed rows are
read by genesys/vendor_invoice.py and compared by dbt (REC-1); nothing is compared here.
"""

from dagster_project.vendor.pdf import PdfInvoice, PdfLine, read_pdf
from dagster_project.vendor.templates import import_pdf, template_csv, write_template

__all__ = [
    "PdfInvoice",
    "PdfLine",
    "import_pdf",
    "read_pdf",
    "template_csv",
    "write_template",
]
