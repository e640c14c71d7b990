"""`cxledger explain`: from one line to its evidence, in a small warehouse made by hand (INV-6)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.errors import UsageError
from dagster_project.explanation import calls_sql, explain_line, find_line

_WAREHOUSE = """
create schema marts;
create schema ops;
create table marts.invoices as
select
    'acme-2026-03' as invoice_id, 'acme' as org, date '2026-03-01' as period_start,
    'held' as status, ['unknown_app'] as hold_reasons, null::date as estimate_through;
create table marts.invoice_lines (
    line_id varchar, invoice_id varchar, line_number integer, org varchar, charge_code varchar,
    description varchar, service_start date, service_end date, quantity decimal(18, 6),
    unit varchar, rate decimal(18, 6), amount decimal(18, 2), currency varchar, rule_id varchar
);
insert into marts.invoice_lines
select
    'acme-2026-03:' || code, 'acme-2026-03', number, 'acme', code, title, date '2026-03-01',
    date '2026-03-31', quantity, unit, rate, amount, 'USD', rule
from (values
    (1, 'licence.cx2.on_demand', 'CX [2]', 28, 'user', 115, 3220, 'CON-1'),
    (2, 'telco.outbound.domestic', 'Outbound', 3.5, 'minute', null, 0.05, 'VOX-6'),
    (3, 'telco.inbound.domestic', 'Inbound', 1, 'minute', null, null, 'VOX-6'),
    (4, 'one_time.lost', 'Lost', 1, 'item', 5, 5, 'CON-9')
) as lines (number, code, title, quantity, unit, rate, amount, rule);
create table marts.line_evidence (
    org varchar, line_id varchar, evidence_number bigint, evidence varchar, subject varchar,
    usage_date date, quantity decimal(18, 6), amount decimal(18, 6), reported decimal(18, 6),
    path varchar, line_number bigint, detail varchar
);
insert into marts.line_evidence
select
    'acme', 'acme-2026-03:licence.cx2.on_demand', user, 'user', 'user' || user, date '2026-03-02',
    1, null, null, 'landing/acme/billable_usage/[a].csv', user + 1, 'first login'
from range(1, 31) as users (user)
union all values
    ('acme', 'acme-2026-03:licence.cx2.on_demand', 31, 'commitment', 'CX 2', null, -2, null, null,
        'contracts/acme.yml', null, 'committed'),
    ('acme', 'acme-2026-03:telco.outbound.domestic', 1, 'calls', 'calls', date '2026-03-02', 3.5,
        0.0455, 4, null, null, '4 calls'),
    ('acme', 'acme-2026-03:telco.outbound.domestic', 2, 'rounding', 'amount', null, 0, 0.0045,
        null, null, null, 'rounded once'),
    ('acme', 'acme-2026-03:telco.inbound.domestic', 1, 'calls', 'calls', date '2026-03-02', 1,
        null, 1, null, null, '1 call');
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(_WAREHOUSE)
        yield connection


def test_a_line_is_found_by_its_id_or_by_invoice_and_charge_code(
    con: duckdb.DuckDBPyConnection,
) -> None:
    wanted = "acme-2026-03:licence.cx2.on_demand"
    assert find_line(con, wanted) == wanted
    assert find_line(con, "acme-2026-03", "licence.cx2.on_demand") == wanted


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("acme-2026-03:licence.cx2.ondemand", "did you mean licence.cx2.on_demand"),
        ("acme-2026-3:licence.cx2.on_demand", "did you mean acme-2026-03"),
        ("acme-2026-03", "is an invoice: name one of its lines"),
        ("", "no invoice"),
        ("acme-2026-03:' or 1 = 1 --", "has no line"),
    ],
)
def test_what_is_near_a_line_that_does_not_exist_is_said(
    con: duckdb.DuckDBPyConnection, line: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=hint):
        find_line(con, line)


def test_the_sums_are_those_of_all_pieces_however_few_are_listed(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = explain_line(con, "acme-2026-03:licence.cx2.on_demand", most=3)
    users, commitment = found.kinds
    assert (users.evidence, users.pieces, users.quantity) == ("user", 30, Decimal(30))
    assert [piece.subject for piece in users.shown] == ["user1", "user2", "user3"]
    assert (commitment.quantity, commitment.amount) == (Decimal(-2), None)
    assert (found.quantity, found.amount, found.adds_up) == (Decimal(28), None, True)


def test_a_line_of_calls_adds_up_in_minutes_and_in_money(con: duckdb.DuckDBPyConnection) -> None:
    found = explain_line(con, "acme-2026-03:telco.outbound.domestic", most=9)
    assert (found.quantity, found.amount, found.adds_up) == (Decimal("3.5"), Decimal("0.05"), True)
    assert explain_line(con, "acme-2026-03:telco.inbound.domestic", most=9).adds_up


@pytest.mark.parametrize(
    ("line", "harm"),
    [
        ("licence.cx2.on_demand", "delete from marts.line_evidence where subject = 'user7'"),
        ("licence.cx2.on_demand", "update marts.invoice_lines set quantity = 28.000001"),
        ("telco.outbound.domestic", "delete from marts.line_evidence where evidence = 'rounding'"),
        ("one_time.lost", "delete from marts.line_evidence where subject = 'nobody'"),
    ],
)
def test_evidence_that_does_not_add_up_is_said_to_be_so(
    con: duckdb.DuckDBPyConnection, line: str, harm: str
) -> None:
    con.execute(harm)
    assert not explain_line(con, f"acme-2026-03:{line}", most=9).adds_up


@pytest.mark.parametrize(
    ("code", "unit", "chosen"),
    [
        ("telco.toll_free.international", "minute", "service = 'toll_free' and market = 'inter"),
        ("telco.short_calls", "call", "is_short_call"),
        ("fee.regulatory_fee", "call", "service <> 'byoc'"),
        ("fee.regulatory_fee", "number", None),
        ("telco.number_setup.did", "number", None),
        ("licence.cx2.prepay", "user", None),
    ],
)
def test_only_lines_of_calls_say_how_their_calls_are_listed(
    code: str, unit: str, chosen: str | None
) -> None:
    statement = calls_sql(
        {"charge_code": code, "unit": unit, "org": "acme", "service_start": "2026-03-01"}
    )
    assert (chosen in (statement or "")) if chosen else statement is None


def _explain(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dagster_project.cli", "explain", *words, "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with nothing in it but the published warehouse."""
    (tmp_path / "warehouse").mkdir()
    with duckdb.connect(str(tmp_path / "warehouse" / "cxledger.duckdb")) as connection:
        connection.execute(_WAREHOUSE)
    return tmp_path


def test_the_command_shows_line_rule_places_and_that_it_adds_up(data: Path) -> None:
    shown = _explain(data, "acme-2026-03", "licence.cx2.on_demand")
    assert shown.returncode == 0, shown.stderr
    words = " ".join(shown.stdout.split())
    for expected in (
        "CX [2], served 2026-03-01 to 2026-03-31",
        "held (unknown_app)",
        "28 (user), × 115: 3,220.00 USD",
        "CON-1 · Commitment and rates",
        "billable_usage/[a].csv:2",
        "30 × user",
        "18 more",
        "contracts/acme.yml",
        "✓ adds up to the line's quantity, exactly",
        "cxledger sql \"from marts.line_evidence where line_id = 'acme-2026-03:licence.cx2.on_de",
    ):
        assert expected in words
    assert "user30" not in words
    assert "user30" in _explain(data, "acme-2026-03", "licence.cx2.on_demand", "--all").stdout


def test_the_csv_has_every_piece_and_the_calls_statement_is_shown(data: Path) -> None:
    csv = _explain(data, "acme-2026-03:licence.cx2.on_demand", "--csv")
    assert csv.returncode == 0
    assert len(csv.stdout.splitlines()) == 1 + 31
    calls = _explain(data, "acme-2026-03:telco.outbound.domestic")
    assert "from marts.rated_calls inner join ops.files" in calls.stdout


def test_a_line_without_evidence_ends_with_status_1_and_a_wrong_name_with_2(data: Path) -> None:
    lost = _explain(data, "acme-2026-03:one_time.lost")
    assert (lost.returncode, "does not add up" in lost.stdout) == (1, True)
    wrong = _explain(data, "acme-2026-03:one_time.lots")
    assert (wrong.returncode, "did you mean one_time.lost?" in wrong.stderr) == (2, True)
