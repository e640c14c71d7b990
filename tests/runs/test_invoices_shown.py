"""What `cxledger run` shows of its invoices, on a terminal of the usual width and a narrow one."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from dagster_project import console


@pytest.mark.parametrize("width", [80, 64])
def test_no_figure_currency_or_hold_is_cut_off(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    con = duckdb.connect()
    con.execute("create schema marts")
    con.execute(
        """
        create table marts.invoices as select
            'lindenhof-markt' as org, date '2026-10-01' as invoice_month,
            date '2026-11-01' as invoice_date, 'lindenhof-markt-order-2026-10-12' as invoice_id,
            'period' as invoice_kind, date '2026-10-01' as period_start,
            date '2026-10-31' as period_end, 'held' as status, 'EUR' as currency,
            1234567.89::decimal(18, 2) as total, ['rejected_rows', 'totals'] as hold_reasons,
            null::date as estimate_through, null::varchar as invoice_number
        """
    )
    monkeypatch.setattr(console._out, "width", width)
    console.invoices(con, date(2026, 10, 1), [])
    shown = capsys.readouterr().out
    for whole in ("1,234,567.89 EUR", "held: 2 holds", "01 Oct – 31 Oct"):
        assert whole in shown, shown
    assert "…" not in shown
