"""The evidence of one invoice line (INV-6), read from `marts.line_evidence`; sums are the SQL's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dagster_project.errors import UsageError
from dagster_project.nearest import did_you_mean

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    import duckdb

_LINE = """
select
    lines.line_id,
    lines.invoice_id,
    lines.org,
    lines.charge_code,
    lines.description,
    lines.service_start,
    lines.service_end,
    lines.quantity,
    lines.unit,
    lines.rate,
    lines.amount,
    lines.currency,
    lines.rule_id,
    invoices.period_start,
    invoices.status,
    invoices.hold_reasons,
    invoices.estimate_through
from marts.invoice_lines as lines
inner join marts.invoices as invoices using (invoice_id)
where lines.line_id = ?
"""

# windows before the limit: the sums are those of all pieces, the rows the first of each kind
_PIECES = """
with

pieces as (

    select
        *,
        row_number() over (partition by evidence order by evidence_number) as place,
        count(*) over (partition by evidence) as kind_pieces,
        sum(quantity) over (partition by evidence) as kind_quantity,
        sum(amount) over (partition by evidence) as kind_amount,
        min(evidence_number) over (partition by evidence) as kind_first
    from marts.line_evidence
    where line_id = $line

)

select
    evidence, subject, usage_date, quantity, amount, reported, path, line_number, detail,
    kind_pieces, kind_quantity, kind_amount
from pieces
where place <= $most
order by kind_first, evidence_number
"""

_TOTALS = """
select
    count(*) as pieces,
    sum(evidence.quantity) as quantity,
    sum(evidence.amount) as amount,
    sum(evidence.quantity) is not distinct from any_value(lines.quantity)
    and (
        any_value(lines.rate) is not null
        or sum(evidence.amount) is not distinct from any_value(lines.amount)
    ) as adds_up
from marts.invoice_lines as lines
left join marts.line_evidence as evidence using (line_id)
where lines.line_id = ?
"""


@dataclass(frozen=True)
class Piece:
    """One row of `marts.line_evidence`, with the place that it is to be found at."""

    subject: str
    usage_date: date | None
    quantity: Decimal
    amount: Decimal | None
    reported: Decimal | None
    path: str | None
    line_number: int | None
    detail: str


@dataclass(frozen=True)
class Kind:
    """All pieces of one kind.

    Attributes:
        evidence: `user`, `day`, `commitment`, …
        pieces: how many there are; `shown` may be fewer.
        quantity: what they add to the line's quantity, all of them.
        amount: what they add to its amount; None where that is quantity times rate.
        shown: the first of them.
    """

    evidence: str
    pieces: int
    quantity: Decimal
    amount: Decimal | None
    shown: Sequence[Piece]


@dataclass(frozen=True)
class Explanation:
    """An invoice line and all that stands behind it.

    Attributes:
        line: the columns of `marts.invoice_lines`, with the status of its invoice.
        kinds: its evidence.
        quantity: the sum of all pieces.
        amount: the sum of their amounts; None where the amount is quantity times rate.
        adds_up: whether they are the line's, exactly.
        evidence_sql: the statement that lists all pieces.
        calls_sql: the statement that lists the calls behind it; None if it is no line of calls.
    """

    line: dict[str, Any]
    kinds: Sequence[Kind]
    quantity: Decimal | None
    amount: Decimal | None
    adds_up: bool
    evidence_sql: str
    calls_sql: str | None


def find_line(con: duckdb.DuckDBPyConnection, line: str, charge_code: str | None = None) -> str:
    """The id of a line, from itself or from its invoice and charge code.

    Raises:
        UsageError: there is no such line; says which are near.
    """
    wanted = f"{line}:{charge_code}" if charge_code else line
    (found,) = con.execute(
        "select count(*) from marts.invoice_lines where line_id = ?", [wanted]
    ).fetchone() or (0,)
    if found:
        return wanted
    invoice_id, _, code = wanted.partition(":")
    codes = [
        line_id.partition(":")[2]
        for (line_id,) in con.execute(
            "select line_id from marts.invoice_lines where invoice_id = ? order by line_number",
            [invoice_id],
        ).fetchall()
    ]
    if codes and not code:
        raise UsageError(
            f"{invoice_id} is an invoice: name one of its lines, e.g. `{invoice_id}:{codes[0]}`. "
            f"It has {', '.join(codes)}"
        )
    if codes:
        raise UsageError(f"invoice {invoice_id} has no line {code}: {did_you_mean(code, codes)}")
    invoices = [
        invoice for (invoice,) in con.execute("select invoice_id from marts.invoices").fetchall()
    ]
    raise UsageError(f"no invoice {invoice_id}: {did_you_mean(invoice_id, invoices)}")


def explain_line(con: duckdb.DuckDBPyConnection, line_id: str, most: int) -> Explanation:
    """The evidence of a line, the first `most` pieces of each kind.

    Args:
        con: the published warehouse.
        line_id: as `find_line` gives it.
        most: pieces of each kind to list; the sums are always those of all.
    """
    cursor = con.execute(_LINE, [line_id])
    names = [column[0] for column in cursor.description or ()]
    line = dict(zip(names, cursor.fetchall()[0], strict=True))
    rows = con.execute(_PIECES, {"line": line_id, "most": most}).fetchall()
    kinds: dict[str, Kind] = {}
    pieces: dict[str, list[Piece]] = defaultdict(list)
    for evidence, *piece, count, quantity, amount in rows:
        pieces[evidence].append(Piece(*piece))
        kinds[evidence] = Kind(evidence, count, quantity, amount, pieces[evidence])
    ((_, quantity, amount, adds_up),) = con.execute(_TOTALS, [line_id]).fetchall()
    return Explanation(
        line=line,
        kinds=list(kinds.values()),
        quantity=quantity,
        amount=amount,
        adds_up=adds_up,
        evidence_sql=evidence_sql(line_id),
        calls_sql=calls_sql(line),
    )


def evidence_sql(line_id: str) -> str:
    """The statement that lists the evidence of a line."""
    return f"from marts.line_evidence where line_id = '{line_id}' order by evidence_number"


def calls_sql(line: dict[str, Any]) -> str | None:
    """The statement that lists the calls behind a line, with file and line; None if it has none."""
    family, *rest = line["charge_code"].split(".")
    if family == "fee" and line["unit"] == "call":
        chosen = "service <> 'byoc'"
    elif family == "telco" and rest[0] == "short_calls":
        chosen = "is_short_call"
    elif family == "telco" and not rest[0].startswith("number_"):
        chosen = f"service = '{rest[0]}' and market = '{rest[1]}'"
    else:
        return None
    return (
        "select path, line_number, start_at, origin, destination, adjusted_minutes, billed_cost "
        "from marts.rated_calls inner join ops.files using (org, file_id) "
        f"where org = '{line['org']}' and period_start = date '{line['service_start']}' "
        f"and is_in_contract_currency and {chosen} order by start_at"
    )
