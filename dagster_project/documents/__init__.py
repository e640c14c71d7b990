"""Invoices as PDF, JSON and CSV, decisions as pages, from the published warehouse.

Renders and computes nothing: every figure on a page is a column of `marts`.
"""

from dagster_project.documents.decision import write_decisions
from dagster_project.documents.write import write_documents

__all__ = ["write_decisions", "write_documents"]
