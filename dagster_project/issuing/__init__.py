"""Issuing: what makes a draft an invoice that never changes (INV-3, INV-7)."""

from dagster_project.issuing.book import IssuedInvoice, read_issued, refresh_issued
from dagster_project.issuing.frozen import mark_frozen
from dagster_project.issuing.issue import issue_drafts

__all__ = ["IssuedInvoice", "issue_drafts", "mark_frozen", "read_issued", "refresh_issued"]
