"""Invoices as documents: PDF, JSON and CSV, from the published warehouse.

Renders and computes nothing: every figure on a page is a column of `marts`.
"""

from dagster_project.documents.write import write_documents

__all__ = ["write_documents"]
