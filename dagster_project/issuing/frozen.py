"""What only a newer version of the product computes otherwise is never adjusted (INV-3).

An issued invoice was settled when it was issued, and again by each later invoice that could carry
its adjustments: whatever differed then stands there. If the product is another one since, and no
input of the period is, then what differs now is the product's doing.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dagster_project.issuing.book import current_product, read_issued

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from dagster_project.settings import Settings

_MAKES_NO_FIGURE = ("org_users", "vendor_invoice", "payments")

# dates are read without a zone, voice windows may be cut at another hour: a file near is a file in
_SLACK = timedelta(days=2)


def mark_frozen(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    """Sets ops.issued_invoices.is_frozen, after this run's files, contracts and reference rows.

    The book is read only if the product has changed since an invoice was settled.
    """
    con.execute("update ops.issued_invoices set is_frozen = false where is_frozen")
    suspects = con.execute(
        """
        select issued.invoice_id, issued.org, issued.period_start, issued.period_end, settled_by
        from ops.issued_invoices as issued
        inner join (
            select invoice_id as settled_by
            from ops.issued_invoices
            where rules_sha256 <> $rules or catalogue_sha256 <> $catalogue
        ) as settled using (settled_by)
        """,
        current_product(),
    ).fetchall()
    if not suspects:
        return
    inputs = {issued.invoice_id: issued.inputs for issued in read_issued(settings)}
    frozen = [
        invoice_id
        for invoice_id, org, first_day, last_day, settled_by in suspects
        if not _has_changed(con, org, first_day, last_day, inputs[settled_by])
    ]
    con.execute(
        "update ops.issued_invoices set is_frozen = true where invoice_id in (select unnest(?))",
        [frozen],
    )


def _has_changed(
    con: duckdb.DuckDBPyConnection,
    org: str,
    first_day: date,
    last_day: date,
    inputs: Mapping[str, Any],
) -> bool:
    """Whether contract, reference or a file that touches the period is not what it was."""
    contract = con.execute(
        "select sha256 from contracts.organizations where org = ?", [org]
    ).fetchall()
    reference = con.execute("select file_name, sha256 from ops.reference_files").fetchall()
    if contract != [(inputs["contract"],)] or dict(reference) != inputs["reference"]:
        return True
    files = con.execute(
        """
        select
            file_id,
            report not in (select unnest($no_figure))
            and (first_at is null or (first_at < $until and last_at >= $since)) as touches
        from ops.files
        where org = $org
        """,
        {
            "org": org,
            "no_figure": list(_MAKES_NO_FIGURE),
            "since": first_day - _SLACK,
            "until": last_day + _SLACK + timedelta(days=1),
        },
    ).fetchall()
    before = set(inputs["files"])
    came = {file_id for file_id, touches in files if touches} - before
    went = before - {file_id for file_id, _ in files}
    return bool(came or went)
