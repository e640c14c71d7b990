"""The decision page: one static page per organization and month, and an index of all.

Pay, or dispute which amount, and why: `<data>/decisions/<org>/<YYYY-MM>.html`. A page is complete
in itself: no server, no script, nothing loaded. Figures are the marts' (RPT-2, REC-3, REC-4); what
is computed here is where bars are drawn.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from dagster_project.documents import drawing, wording
from dagster_project.settings import SEEDS_DIR

if TYPE_CHECKING:
    import duckdb
    from jinja2 import Environment

Row = dict[str, Any]
Key = tuple[str, date]

_MARK = '<meta name="generator" content="CX Ledger decisions">'
_MONTHS_SHOWN = 13
_FILES_SHOWN = 5
_CAUSES_NAMED = 3
_BATCH = 200

_DECISIONS = {
    "pay": ("Pay", "pay"),
    "dispute": ("Dispute", "dispute"),
    "held": ("Held", "held"),
    "estimate": ("Estimate", "wait"),
    "no_vendor_invoice": ("Awaiting the vendor", "wait"),
    "not_comparable": ("Not comparable", "wait"),
}
_STATUSES = {
    "matched": ("matches", "matched"),
    "quantity_variance": ("quantity differs", "dispute"),
    "amount_variance": ("amount differs", "dispute"),
    "missing_from_vendor": ("not billed", "held"),
    "unexpected_from_vendor": ("not ours", "dispute"),
    "not_comparable": ("not comparable", "wait"),
}

_CHOSEN = "(org, invoice_month) in (select unnest($orgs), unnest($months))"

_QUERIES = {
    "invoices": f"""
        select invoice_id, invoice_number, org, invoice_month, invoice_kind, status,
            estimate_through, invoice_date, due_date, period_start, period_end, total
        from marts.invoices where {_CHOSEN} order by invoice_kind desc, invoice_date, invoice_id
    """,
    "parties": f"""
        select org, invoice_month, organization_name, contract_number, minor_units,
            billing_contact_name, billing_contact_email
        from marts.invoice_parties where {_CHOSEN} order by invoice_id
    """,
    "lines": f"""
        select invoice_id, org, invoice_month, line_number, line_id, charge_code, description,
            service_start, service_end, quantity, unit, rate, amount, rule_id
        from marts.invoice_lines where {_CHOSEN} order by invoice_id, line_number
    """,
    "evidence": f"""
        select org, invoice_month, line_id, evidence, count(*) as pieces,
            list(distinct path order by path) filter (where path is not null) as paths
        from marts.line_evidence where {_CHOSEN}
        group by org, invoice_month, line_id, evidence
        order by line_id, min(evidence_number), evidence
    """,
    "steps": f"from marts.decision_steps where {_CHOSEN} order by step_number",
    "rows": f"""
        select * from marts.reconciliation where {_CHOSEN}
        order by status in ('matched', 'not_comparable'), abs(amount_variance) desc nulls last,
            charge_key, service_start, period_start
    """,
    "causes": f"""
        select * from marts.reconciliation_causes where {_CHOSEN} and amount <> 0
        order by abs(amount) desc, charge_key, cause, period_start, detail
    """,
    "licences": f"""
        select * from marts.licence_usage where {_CHOSEN} and (actual <> 0 or committed <> 0)
        order by item_kind desc, actual desc, licence
    """,
    "resources": f"""
        select * from marts.resource_overages where {_CHOSEN} order by overage desc, resource
    """,
    "days": f"from marts.usage_daily where {_CHOSEN} order by measure, usage_date",
    "holds": f"""
        select distinct check_name, org, invoice_month, detail from ops.check_results
        where not passed and severity = 'error' and {_CHOSEN} order by check_name, detail
    """,
}


def write_decisions(
    con: duckdb.DuckDBPyConnection, out_dir: Path, months: Sequence[Key] | None = None
) -> list[Path]:
    """Write the pages whose content is new or has changed, and the index.

    A month's page shows the months before it, so the later pages of its organization are made again
    with it. Pages of months that are no longer in the warehouse are removed.

    Args:
        con: the published warehouse; read only.
        out_dir: pages go to `<out_dir>/<org>/<YYYY-MM>.html` and `<out_dir>/index.html`.
        months: (organization, first day of the month) that were computed again; None: all.

    Returns:
        The files written, without those that were up to date.
    """
    decisions = _rows(
        con,
        """
        select decisions.*, parties.organization_name, parties.minor_units
        from marts.decisions as decisions
        left join (
            select org, invoice_month, min(organization_name) as organization_name,
                max(minor_units) as minor_units
            from marts.invoice_parties group by org, invoice_month
        ) as parties using (org, invoice_month)
        order by invoice_month desc, org
        """,
    )
    of_org: dict[str, list[Row]] = defaultdict(list)
    for row in reversed(decisions):
        of_org[row["org"]].append(row)
    chosen = _chosen(of_org, months)
    environment = _environment()
    written = []
    for batch in (chosen[start : start + _BATCH] for start in range(0, len(chosen), _BATCH)):
        content = _read(con, batch)
        for key in batch:
            page = _page(key, of_org[key[0]], content)
            text = environment.get_template("decision.html.j2").render(p=page)
            written += _write(out_dir / key[0] / f"{key[1]:%Y-%m}.html", text)
    index = environment.get_template("decision_index.html.j2").render(months=_index(decisions))
    written += _write(out_dir / "index.html", index)
    known = {(row["org"], f"{row['invoice_month']:%Y-%m}") for row in decisions}
    _remove_orphans(out_dir, known)
    return written


def _chosen(of_org: dict[str, list[Row]], months: Sequence[Key] | None) -> list[Key]:
    """The pages to make: the months computed again, and the later ones of each organization."""
    first: dict[str, date] = {}
    for org, month in months or ():
        first[org] = min(month, first.get(org, month))
    return [
        (org, row["invoice_month"])
        for org, rows in sorted(of_org.items())
        for row in rows
        if months is None or (org in first and row["invoice_month"] >= first[org])
    ]


def _read(con: duckdb.DuckDBPyConnection, keys: Sequence[Key]) -> dict[str, dict[Key, list[Row]]]:
    chosen = {"orgs": [org for org, _ in keys], "months": [month for _, month in keys]}
    content: dict[str, dict[Key, list[Row]]] = {}
    for name, query in _QUERIES.items():
        content[name] = defaultdict(list)
        for row in _rows(con, query, chosen):
            content[name][row["org"], row["invoice_month"]].append(row)
    return content


def _rows(
    con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any] | None = None
) -> list[Row]:
    cursor = con.execute(query, parameters)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _page(key: Key, history: Sequence[Row], content: dict[str, dict[Key, list[Row]]]) -> Row:
    """What one page says, every figure as text."""
    org, month = key
    of = {name: rows.get(key, []) for name, rows in content.items()}
    place = next(i for i, row in enumerate(history) if row["invoice_month"] == month)
    decision = history[place]
    party = of["parties"][0] if of["parties"] else {}
    minor_units = decision["minor_units"] if decision["minor_units"] is not None else 2
    titles = _charge_titles(of["lines"])
    headline, actions = _verdict(decision, of, party, minor_units)
    period = decision["period_start"] and wording.days(
        decision["period_start"], decision["period_end"]
    )
    return {
        "org": org,
        "month": month.isoformat(),
        "month_title": f"{month:%B %Y}",
        "organization": decision["organization_name"] or org,
        "contract_number": party.get("contract_number"),
        "currency": decision["currency"],
        "period": period,
        "tone": _DECISIONS[decision["decision"]][1],
        "headline": headline,
        "actions": actions,
        "is_estimate": decision["estimate_through"] is not None,
        "has_vendor": decision["vendor_total"] is not None,
        "our_total": _amount(decision["our_total"], minor_units),
        "expected_total": _amount(decision["expected_total"], minor_units),
        "vendor_total": _amount(decision["vendor_total"], minor_units),
        "vendor_invoice_numbers": decision["vendor_invoice_numbers"],
        "difference": _signed(decision["difference"], minor_units),
        "matched_rows": decision["matched_rows"],
        "compared_rows": decision["compared_rows"],
        "earlier": _neighbour(history, place - 1),
        "later": _neighbour(history, place + 1),
        "holds": _holds(of["holds"]) if decision["hold_reasons"] else [],
        **_steps(of["steps"], decision["currency"], minor_units),
        "causes": [_cause(row, titles, minor_units) for row in of["causes"]],
        "rows": [_compared(row, titles, minor_units) for row in of["rows"]],
        "invoices": _invoices(of, minor_units),
        "licences": [_licence(row, titles) for row in of["licences"]],
        "resources": [_resource(row, of["days"]) for row in of["resources"]],
        "measures": _measures(of["days"]),
        "trend": _trend(history[: place + 1][-_MONTHS_SHOWN:], month, minor_units),
    }


def _verdict(
    decision: Row, of: dict[str, list[Row]], party: Row, minor_units: int
) -> tuple[str, list[str]]:
    """The headline and what to do, most pressing first."""
    currency = decision["currency"]

    def money(name: str) -> str:
        return f"{_amount(decision[name], minor_units)} {currency}"

    numbers = decision["vendor_invoice_numbers"]
    match decision["decision"]:
        case "held":
            count = len(decision["hold_reasons"])
            headline = f"Wait: {count} check{'s hold' if count > 1 else ' holds'} our invoice"
            actions = ["Do not pay or dispute on these figures: what they rest on is incomplete."]
            actions += [
                f"Clear “{wording.words(name)}”, below." for name in decision["hold_reasons"]
            ]
            actions.append("Run the month again; this page follows.")
        case "estimate":
            through = wording.day(decision["estimate_through"])
            headline = f"Nothing to pay yet: an estimate through {through}"
            actions = [
                f"Expect about {money('our_total')} so far. The period is open; usage that is not "
                "loaded yet is not in it."
                if decision["our_total"] is not None
                else "The period is open, and nothing in it has a price."
            ]
        case "no_vendor_invoice":
            headline = (
                f"Expect {money('our_total')}: the vendor’s invoice is not here yet"
                if decision["our_total"] is not None
                else "Usage without a price, and no vendor invoice to compare"
            )
            actions = [
                f"When it comes, put it into landing/{decision['org']}/vendor_invoice/ and run the "
                "month again: this page then says what to pay."
            ]
        case "not_comparable":
            headline = f"The vendor bills {money('vendor_total')}: we have no price to compare"
            actions = [
                "Compare the quantities below. Agreed prices in the contract file make the amounts "
                "comparable."
            ]
        case "dispute":
            headline = f"Pay {money('payable_amount')}, dispute {money('disputed_amount')}"
            actions = [
                f"Pay {money('payable_amount')} on {numbers}.",
                f"Dispute {money('disputed_amount')}{_contact(party)}. {_named(of, minor_units)}",
            ]
        case _:
            headline = f"Pay {money('vendor_total')}"
            actions = [f"{numbers} asks for no more than we expect: pay {money('vendor_total')}."]
    if decision["decision"] in {"dispute", "pay"}:
        if decision["underbilled_amount"]:
            actions.append(
                f"On other charges the vendor bills {money('underbilled_amount')} too little. That "
                "is not set off here: expect it on a later invoice."
            )
        if decision["not_comparable_amount"]:
            actions.append(
                f"{money('not_comparable_amount')} of it has no price of ours: check it by hand."
            )
        if decision["has_other_currency"]:
            actions.append(
                f"Part of it is not in {currency}; those charges are disputed as a whole."
            )
    return headline, actions


def _contact(party: Row) -> str:
    name, email = party.get("billing_contact_name"), party.get("billing_contact_email")
    return f" with {name} ({email})" if name and email else f" with {name}" if name else ""


def _named(of: dict[str, list[Row]], minor_units: int) -> str:
    steps = [row for row in of["steps"] if row["step"] == "cause" and row["amount"] > 0]
    named = [
        f"{_cause_titles().get(row['cause'], wording.words(row['cause']))} "
        f"({_amount(row['amount'], minor_units)})"
        for row in steps[:_CAUSES_NAMED]
    ]
    more = len(steps) - len(named)
    if not named:
        return ""
    return f"Mainly: {', '.join(named)}{f' and {more} more' if more else ''}."


def _steps(rows: Sequence[Row], currency: str, minor_units: int) -> Row:
    """The waterfall: bars from where a step begins to where it ends."""
    figures = [row[name] for row in rows for name in ("from_amount", "to_amount")]
    inner = [row["to_amount"] for row in rows]
    axis = drawing.axis(inner if len(set(inner)) > 1 else figures, may_zoom=True)
    note = (
        f"To show the steps, bars begin at {_amount(axis.low.quantize(Decimal(1)), minor_units)} "
        f"{currency}, not at 0."
        if axis.low > 0
        else ""
    )
    shown = []
    for row in rows:
        match row["step"]:
            case "ours":
                title, fill = "We expect", "ours"
            case "vendor":
                title, fill = "The vendor bills", "theirs"
            case "not_comparable":
                title, fill = "Without a price of ours", "hold"
            case _:
                title = _cause_titles().get(row["cause"], wording.words(row["cause"]))
                fill = "more" if row["amount"] > 0 else "less"
        is_total = row["step"] in {"ours", "vendor"}
        signed = _signed(row["amount"], minor_units)
        shown.append(
            {
                "title": title,
                "is_total": is_total,
                "bar": [axis.bar(row["from_amount"], row["to_amount"], fill)],
                "amount": _amount(row["amount"], minor_units) if is_total else signed["text"],
                "tone": "" if is_total else signed["tone"],
                "then": _amount(row["to_amount"], minor_units),
            }
        )
    return {"steps": shown, "axis_note": note}


def _cause(row: Row, titles: dict[str, str], minor_units: int) -> Row:
    signed = _signed(row["amount"], minor_units)
    return {
        "charge": _title(row["charge_key"], titles),
        "charge_key": row["charge_key"],
        "title": _cause_titles().get(row["cause"], wording.words(row["cause"])),
        "detail": row["detail"] or "",
        "amount": signed["text"],
        "tone": signed["tone"],
    }


def _compared(row: Row, titles: dict[str, str], minor_units: int) -> Row:
    status, tone = _STATUSES.get(row["status"], (wording.words(row["status"]), "wait"))
    nearest = row.get("nearest_descriptions") or []
    if row["charge_key"].startswith("unmapped."):
        near = f"; near: {', '.join(nearest)}" if nearest else ""
        hint = f"“{row['vendor_description']}” is not in vendor_descriptions.csv{near}"
    else:
        hint = ""
    return {
        "title": row["vendor_description"] or _title(row["charge_key"], titles),
        "charge_key": row["charge_key"],
        "hint": hint,
        "service_start": wording.day(row["service_start"]),
        "status": status,
        "tone": tone,
        "expected_quantity": wording.quantity(row["expected_quantity"]),
        "vendor_quantity": wording.quantity(row["vendor_quantity"]),
        "expected_amount": _amount(row["expected_amount"], minor_units, missing=""),
        "vendor_amount": _amount(row["vendor_amount"], minor_units, missing=""),
        "variance": _signed(row["amount_variance"], minor_units),
    }


def _invoices(of: dict[str, list[Row]], minor_units: int) -> list[Row]:
    evidence: dict[str, list[Row]] = defaultdict(list)
    for piece in of["evidence"]:
        evidence[piece["line_id"]].append(piece)
    lines: dict[str, list[Row]] = defaultdict(list)
    for line in of["lines"]:
        lines[line["invoice_id"]].append(_line(line, evidence[line["line_id"]], minor_units))
    return [
        {
            "invoice_id": invoice["invoice_id"],
            "title": wording.title(
                invoice["invoice_kind"],
                invoice["status"],
                is_estimate=invoice["estimate_through"] is not None,
            ),
            "remark": ", ".join(
                part
                for part in (
                    invoice["invoice_number"] and f"number {invoice['invoice_number']}",
                    wording.words(invoice["status"]).lower(),
                    f"dated {wording.day(invoice['invoice_date'])}",
                    f"due {wording.day(invoice['due_date'])}",
                )
                if part
            ),
            "lines": lines[invoice["invoice_id"]],
            "total": _amount(invoice["total"], minor_units),
        }
        for invoice in of["invoices"]
    ]


def _line(line: Row, pieces: Sequence[Row], minor_units: int) -> Row:
    paths = sorted({path for piece in pieces for path in piece["paths"] or ()})
    counted = ", ".join(
        f"{piece['pieces']} × {wording.words(piece['evidence']).lower()}" for piece in pieces
    )
    is_tax = line["charge_code"].startswith("tax.")
    rate = wording.percent if is_tax else wording.rate
    return {
        "line_id": line["line_id"],
        "description": line["description"],
        "service": wording.days(line["service_start"], line["service_end"]),
        "quantity": wording.quantity(line["quantity"]),
        "unit": line["unit"],
        "rate": rate(line["rate"], minor_units),
        "amount": _amount(line["amount"], minor_units),
        "rule_id": line["rule_id"],
        "rule_title": _rule_titles().get(line["rule_id"], ""),
        "evidence": f"Evidence: {counted}." if counted else "",
        "files": [{"path": path, "link": quote(path)} for path in paths[:_FILES_SHOWN]],
        "more_files": max(len(paths) - _FILES_SHOWN, 0),
    }


def _against(limit: Decimal, used: Decimal) -> list[drawing.Bar]:
    """What was used, within a limit and beyond it, before the limit itself."""
    axis = drawing.axis([limit, used])
    within = min(limit, used)
    bars = [axis.bar(Decimal(0), limit, "soft")] if limit else []
    bars += [axis.bar(Decimal(0), within, "ours")] if within else []
    bars += [axis.bar(within, used, "hold")] if used > within else []
    return bars


def _licence(row: Row, titles: dict[str, str]) -> Row:
    committed, actual = row["committed"], row["actual"]
    code = f"{row['item_kind']}.{row['licence']}"
    unit = "" if row["unit"] == "user" else f" ({row['unit']}s)"
    low, high = row["actual_low"], row["actual_high"]
    between = f" to {wording.quantity(high)}" if low != high else ""
    return {
        "title": (titles.get(code) or str(row["licence"])).removesuffix(" - Prepay") + unit,
        "bar": _against(committed, actual),
        "committed": wording.quantity(committed),
        "actual": wording.quantity(actual) + between,
        "on_demand": wording.quantity(row["on_demand"]),
    }


def _resource(row: Row, days: Sequence[Row]) -> Row:
    allowance, used = row["allowance"], row["used"]
    measure = f"resource.{row['resource']}"
    named = [day["title"] for day in days if day["measure"] == measure]
    return {
        "title": named[0] if named else wording.words(row["resource"]),
        "unit": row["unit"],
        "bar": _against(allowance, used),
        "allowance": wording.quantity(allowance),
        "used": wording.quantity(used),
        "overage": wording.quantity(row["overage"]),
    }


def _measures(rows: Sequence[Row]) -> list[Row]:
    """Usage by day: a column a day of the span, days without usage included."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["measure"]].append(row)
    measures = []
    for days in grouped.values():
        quantities = {row["usage_date"]: row["quantity"] for row in days}
        first, last = min(quantities), max(quantities)
        span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        most_on = max(quantities, key=lambda day: (quantities[day], -day.toordinal()))
        bars = drawing.columns([quantities.get(day, Decimal(0)) for day in span])
        measures.append(
            {
                "title": days[0]["title"],
                "unit": _plural(days[0]["unit"]),
                "span": wording.days(first, last),
                "most_on": wording.day(most_on),
                "most": wording.quantity(quantities[most_on]),
                "width": 10 * len(span),
                "columns": [
                    {
                        "x": bar.x,
                        "y": bar.y,
                        "width": bar.width,
                        "height": bar.height,
                        "day": wording.day(day),
                        "quantity": wording.quantity(quantities.get(day, Decimal(0))),
                        "title": f"{wording.day(day)}: "
                        f"{wording.quantity(quantities.get(day, Decimal(0)))}",
                    }
                    for day, bar in zip(span, bars, strict=True)
                ],
            }
        )
    return measures


def _trend(history: Sequence[Row], month: date, minor_units: int) -> list[Row]:
    figures = [row[name] for row in history for name in ("our_total", "vendor_total") if row[name]]
    axis = drawing.axis(figures)
    shown = []
    for row in history:
        bars = []
        if row["our_total"]:
            ours = axis.bar(Decimal(0), row["our_total"], "ours")
            bars.append(drawing.Bar(ours.x, ours.width, ours.fill, y=1, height=3.6))
        if row["vendor_total"]:
            theirs = axis.bar(Decimal(0), row["vendor_total"], "theirs")
            bars.append(drawing.Bar(theirs.x, theirs.width, theirs.fill, y=5.4, height=3.6))
        shown.append(
            {
                "title": f"{row['invoice_month']:%B %Y}",
                "file": None
                if row["invoice_month"] == month
                else f"{row['invoice_month']:%Y-%m}.html",
                "bar": bars,
                "our_total": _amount(row["our_total"], minor_units),
                "vendor_total": _amount(row["vendor_total"], minor_units, missing="–"),
                "disputed": _amount(row["disputed_amount"], minor_units, missing="–"),
            }
        )
    return shown


def _holds(rows: Sequence[Row]) -> list[Row]:
    details: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        details[row["check_name"]].append(row["detail"] or "")
    return [{"title": wording.words(name), "details": said} for name, said in details.items()]


def _index(decisions: Iterable[Row]) -> list[Row]:
    months: dict[date, list[Row]] = defaultdict(list)
    for row in decisions:
        minor_units = row["minor_units"] if row["minor_units"] is not None else 2
        title, tone = _DECISIONS[row["decision"]]
        is_open = row["decision"] not in {"pay", "dispute"}
        months[row["invoice_month"]].append(
            {
                "organization": row["organization_name"] or row["org"],
                "file": f"{row['org']}/{row['invoice_month']:%Y-%m}.html",
                "decision": title,
                "tone": tone,
                "our_total": _amount(row["our_total"], minor_units),
                "vendor_total": _amount(row["vendor_total"], minor_units, missing="–"),
                "payable": "–"
                if is_open
                else _amount(row["payable_amount"], minor_units, missing="–"),
                "disputed": "–"
                if is_open
                else _amount(row["disputed_amount"], minor_units, missing="–"),
                "currency": row["currency"],
            }
        )
    return [
        {"id": f"{month:%Y-%m}", "title": f"{month:%B %Y}", "rows": rows}
        for month, rows in months.items()
    ]


def _neighbour(history: Sequence[Row], place: int) -> Row | None:
    if not 0 <= place < len(history):
        return None
    month = history[place]["invoice_month"]
    return {"file": f"{month:%Y-%m}.html", "title": f"{month:%B %Y}"}


def _charge_titles(lines: Sequence[Row]) -> dict[str, str]:
    """Our description of a charge key: of the first line whose code it is, or is a prefix of."""
    titles: dict[str, str] = {}
    for line in lines:
        parts = line["charge_code"].split(".")
        for end in range(1, len(parts) + 1):
            titles.setdefault(".".join(parts[:end]), line["description"])
    return titles


def _title(charge_key: str, titles: dict[str, str]) -> str:
    return titles.get(charge_key) or wording.words(charge_key.replace(".", " "))


def _amount(value: Decimal | None, minor_units: int, missing: str = wording.NOT_PRICED) -> str:
    """An amount with all its digits, at least the currency's; null is not 0."""
    return missing if value is None else wording.rate(value, minor_units)


def _signed(value: Decimal | None, minor_units: int) -> dict[str, str]:
    """A difference with its sign, and the colour of too much or too little."""
    if value is None:
        return {"text": "", "tone": ""}
    sign = "+" if value > 0 else ""
    tone = "more" if value > 0 else "less" if value < 0 else ""
    return {"text": f"{sign}{_amount(value, minor_units)}", "tone": tone}


def _plural(unit: str) -> str:
    return unit if unit.endswith("s") or unit.isupper() else f"{unit}s"


@cache
def _cause_titles() -> dict[str, str]:
    with (SEEDS_DIR / "variance_causes.csv").open(newline="", encoding="utf-8") as file:
        return {row["cause"]: row["title"] for row in csv.DictReader(file)}


@cache
def _rule_titles() -> dict[str, str]:
    from dagster_project.rulebook import load_register

    return {rule.id: rule.title for rule in load_register().rules.values()}


@cache
def _environment() -> Environment:
    """Templates that escape everything and know no undefined name."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _write(path: Path, text: str) -> list[Path]:
    content = text.encode()
    if path.is_file() and path.read_bytes() == content:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return [path]


def _remove_orphans(out_dir: Path, known: set[tuple[str, str]]) -> None:
    for path in sorted(out_dir.glob("*/*.html")):
        if (path.parent.name, path.stem) not in known and _MARK in path.read_text("utf-8"):
            path.unlink()
