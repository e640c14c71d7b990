"""The cases that a run of the organizations yields, and the mistakes that are tried on them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import duckdb

from tests.reconciliation import forgeries as f
from tests.reconciliation.forgeries import Call, Case, Forgery, Line
from tests.reconciliation.organizations import DOUBLES

_TERMS = {
    "vale": {
        "short_call": {"rate": "0.012", "min_calls": 100, "min_share": Decimal("0.15")},
        "committed": {"cx2": Decimal(20), "cx3": Decimal(5), "communicate": Decimal(0)},
        "allocation": {
            "ivr_minutes": {"cx2": "2500", "cx3": "3250", "communicate": "500"},
            "storage_gb": {"cx2": "25", "cx3": "32.5", "communicate": "5"},
            "api_requests": {"cx2": "110000", "cx3": "140000", "communicate": "10000"},
            "sms_segments": {},
        },
        "licence_of": {
            "Genesys Cloud CX 2 User": "cx2",
            "Genesys Cloud CX 3 User": "cx3",
            "Genesys Cloud Communicate User": "communicate",
        },
        "shown_as": {"api_requests": "API Overage"},
        "overage_rate": {"api_requests": "0.001"},
        "taxes": {
            "tax.state_sales_tax": ("0.07", {"core", "resources"}),
            "tax.telecommunications_tax": ("0.05", {"telco"}),
        },
    },
    "rhein": {
        "short_call": {"rate": "0.011", "min_calls": 100, "min_share": Decimal("0.60")},
        "committed": {"cx1": Decimal(12), "cx2": Decimal(30), "communicate": Decimal(3)},
        "allocation": {
            "ivr_minutes": {"cx1": "1750", "cx2": "2500", "communicate": "500"},
            "storage_gb": {"cx1": "17.5", "cx2": "25", "communicate": "5"},
        },
        "licence_of": {
            "Genesys Cloud CX 1 User": "cx1",
            "Genesys Cloud CX 2 User": "cx2",
            "Genesys Cloud Communicate User": "communicate",
        },
        "taxes": {"tax.umsatzsteuer": ("0.19", None)},
    },
    "kumo": {
        "short_call": {"rate": "2", "min_calls": 100, "min_share": Decimal("0.15")},
        "committed": {"cx2": Decimal(10)},
        "allocation": {"ivr_minutes": {"cx2": "2500"}},
        "licence_of": {"Genesys Cloud CX 2 User": "cx2"},
        "taxes": {},
    },
}
_TIERS = {
    "Genesys Cloud Communicate User": 1,
    "Genesys Cloud CX 1 User": 2,
    "Genesys Cloud CX 2 User": 3,
    "Genesys Cloud CX 3 User": 4,
}
_RESOURCES = {
    "IVR Minutes": "ivr_minutes",
    "Data Storage": "storage_gb",
    "API Requests": "api_requests",
    "SMS Segments": "sms_segments",
}


def read(con: duckdb.DuckDBPyConnection, org: str, month: date) -> Case:
    """The invoice of a month and its evidence, from the working file of the run."""
    period_start, next_period_start, first, last, currency, zone = con.execute(
        "select period_start, next_period_start, voice_from, voice_to, currency, time_zone "
        "from intermediate.int_periods__scope where org = ? and invoice_month = ?",
        [org, month],
    ).fetchall()[0]
    lines = [
        Line(*row)
        for row in con.execute(
            "select lines.charge_code, lines.description, lines.service_start, lines.service_end, "
            "lines.quantity, lines.rate, lines.amount, lines.currency, lines.section "
            "from marts.invoice_lines as lines "
            "inner join marts.invoices using (invoice_id) "
            "where lines.org = ? and lines.invoice_month = ? and invoice_kind = 'period' "
            "order by line_number",
            [org, month],
        ).fetchall()
    ]
    calls = [
        Call(*row)
        for row in con.execute(
            """
            select 'telco.' || service || '.' || market, start_at, duration_seconds,
                case when has_own_minutes then adjusted_minutes else adjusted_seconds * 1.0 / 60 end
                    ::decimal(18, 6),
                rate_per_minute, billed_cost, rated_cost, is_short_call,
                regexp_extract(path, '[^/]+$')
            from marts.rated_calls inner join ops.files using (file_id)
            where rated_calls.org = ?
            """,
            [org],
        ).fetchall()
    ]
    calls += [
        Call(*row, is_replaced=True)
        for row in con.execute(
            """
            select 'telco.' || service || '.' || market, calls.start_at, calls.duration_seconds,
                case when has_own_minutes then cdr_adjusted_minutes else adjusted_minutes end,
                rate_per_minute, coalesce(calls.cdr_cost, billed_cost), rated_cost, is_short_call,
                regexp_extract(path, '[^/]+$')
            from intermediate.int_telco__superseded_calls as replaced
            inner join genesys.voice_usage as calls using (file_id, line_number)
            inner join marts.rated_calls as winners
                on winners.file_id = replaced.winner_file_id
                and winners.line_number = replaced.winner_line_number
            inner join ops.files as files on files.file_id = replaced.file_id
            where replaced.org = ?
            """,
            [org],
        ).fetchall()
    ]
    users = con.execute(
        "select lower(trim(entity)), charge_name, first_login_at from genesys.billable_usage "
        "where org = ?",
        [org],
    ).fetchall()
    days: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for day, resource, quantity in con.execute(
        "select usage_date, resource, quantity from genesys.resources_usage where org = ?", [org]
    ).fetchall():
        days[_RESOURCES[resource]][day] = quantity
    actual = dict(
        con.execute(
            "select licence, actual from marts.licence_usage where org = ? and period_start = ?",
            [org, period_start],
        ).fetchall()
    )
    return Case(
        org, period_start, next_period_start, currency, zone, (first, last), lines, calls, users,
        days, {**_TERMS[DOUBLES.get(org, org)], "actual": actual, "tiers": _TIERS},
    )  # fmt: skip


AS_BILLED, NEAREST, UP = f.as_billed, f.rounding("nearest"), f.rounding("up")
UNROUNDED, IN_CENTS = (
    f.rounding("as_billed", per_call=None),
    f.rounding("as_billed", per_call="cent"),
)

# organization → name → forgery
ALONE: dict[str, dict[str, Forgery]] = {
    "vale": {
        "user_count: three users more": f.more("licence.cx2.on_demand", "3", "user_count"),
        "user_count: one user less": f.more("licence.communicate.on_demand", "-1", "user_count"),
        "user_count: of an add-on": f.more("add_on.wem.on_demand", "2", "user_count"),
        "quantity: of devices": f.more("device.polycom_vvx_350", "-2", "quantity"),
        "quantity: of a resource": f.more("resource.sms_segments", "777", "quantity"),
        "price: dearer": f.price("licence.cx3.on_demand", "160"),
        "price: without its rate": f.price("device.polycom_vvx_350", "5.55", shown=False),
        "price: of a resource": f.price("resource.ivr_minutes", "0.008"),
        "missing_line: a credit": f.left_out("recurring.loyalty_credit"),
        "missing_line: a prepay": f.left_out("licence.cx3.prepay"),
        "missing_line: of calls": f.left_out("telco.toll_free.domestic"),
        "missing_line: of numbers": f.left_out("telco.number_recurring.did"),
        "missing_line: a tax": f.left_out("tax.telecommunications_tax"),
        "extra_line: unheard of": f.added("Managed Migration Bundle", "unmapped", "1", "499.99"),
        "extra_line: known": f.added("Genesys Cloud CX 1 User", "licence.cx1.on_demand", "4", "75"),
        "duplicate_calls: a day": f.calls_as(
            ("duplicate_calls", f.with_day_twice(9), AS_BILLED, "as_billed")
        ),
        "duplicate_calls: a local day": f.calls_as(
            ("duplicate_calls", f.with_day_twice(12, "local"), AS_BILLED, "as_billed")
        ),
        "duplicate_calls: a file": f.calls_as(
            ("duplicate_calls", f.with_file_twice(2), AS_BILLED, "as_billed")
        ),
        "duplicate_calls: replaced rows": f.calls_as(
            ("duplicate_calls", f.with_replaced, AS_BILLED, "as_billed")
        ),
        "missing_calls: a day": f.calls_as(
            ("missing_calls", f.without_day(4), AS_BILLED, "as_billed")
        ),
        "missing_calls: a local day": f.calls_as(
            ("missing_calls", f.without_day(17, "local"), AS_BILLED, "as_billed")
        ),
        "missing_calls: a file": f.calls_as(
            ("missing_calls", f.without_file(1), AS_BILLED, "as_billed")
        ),
        "missing_calls: a day, one line": f.calls_as(
            ("missing_calls", f.without_day(6), AS_BILLED, "as_billed"),
            only="telco.inbound.domestic",
        ),
        "rounding_mode": f.calls_as(("rounding_mode", f.all_calls, NEAREST, "nearest")),
        "rounding_mode: one line": f.calls_as(
            ("rounding_mode", f.all_calls, NEAREST, "nearest"), only="telco.outbound.domestic"
        ),
        "rounding_place: per line": f.calls_as(
            ("rounding_place", f.all_calls, UNROUNDED, "as_billed")
        ),
        "rounding_place: cents per call": f.calls_as(
            ("rounding_place", f.all_calls, IN_CENTS, "as_billed")
        ),
        "rate_sheet": f.calls_as(("rate_sheet", f.all_calls, f.at_other_costs, "as_billed")),
        "double_discount": f.calls_as(("double_discount", f.all_calls, f.discounted, "as_billed")),
        "period_cutoff: UTC": f.calls_as(
            ("period_cutoff", f.in_window("UTC"), AS_BILLED, "as_billed")
        ),
        "period_cutoff: 07:00 UTC": f.calls_as(
            ("period_cutoff", f.in_window("UTC", hours=7), AS_BILLED, "as_billed")
        ),
        "period_cutoff: a day more": f.calls_as(
            ("period_cutoff", f.in_window(None, extra_days=1), AS_BILLED, "as_billed")
        ),
        "period_cutoff: one line": f.calls_as(
            ("period_cutoff", f.in_window("UTC"), AS_BILLED, "as_billed"),
            only="telco.inbound.domestic",
        ),
        "period_cutoff: users of a day more": f.users_in_window(extra_days=1),
        "period_cutoff: storage of a day more": f.pool_from(
            "storage_gb", "greater", extra_day=True
        ),
        "allowance_base: none": f.pool_from("ivr_minutes", "none"),
        "allowance_base: committed": f.pool_from("storage_gb", "committed"),
        "allowance_base: where we have no line": f.pool_from("api_requests", "none"),
        "commitment: prepay doubled": f.prepay("licence.cx2.prepay", "40"),
        "commitment: prepay zero": f.prepay("licence.cx3.prepay", "0"),
        "commitment: prepay of another size": f.prepay(
            "appfoundry.transcriber.minutes.prepay", "1200"
        ),
        "commitment: ignored": f.commitment_ignored("cx2"),
        "surcharge_threshold: not applied": f.surcharge(applied=False),
        "surcharge_count: one less": f.surcharge(1),
        "number_count: one more": f.more("telco.number_recurring.toll_free", "1", "number_count"),
        "number_count: of setup": f.more("telco.number_recurring.did", "-2", "number_count"),
        "tax: another rate": f.price("tax.state_sales_tax", "0.08", cause="tax"),
        "tax: another base": f.more("tax.telecommunications_tax", "100", "tax"),
        "tax: of forged lines": f.both(
            f.more("licence.cx2.on_demand", "1", "user_count"), f.taxes_follow()
        ),
        "currency: amounts left": f.in_currency("CAD", "1"),
        "currency: converted": f.in_currency("EUR", "0.92"),
        "unexplained: of a licence": f.slip("licence.cx2.on_demand", "7.77"),
        "missing_calls: of a service": f.both(
            f.calls_as(("missing_calls", f.without_day(9), AS_BILLED, "as_billed")),
            f.under(
                "Outbound Calling Service",
                "telco.outbound.domestic",
                "telco.outbound.international",
            ),
        ),
        "number_count: of both types": f.both(
            f.more("telco.number_recurring.toll_free", "1", "number_count"),
            f.under(
                "Local Number - Prepay",
                "telco.number_recurring.did",
                "telco.number_recurring.toll_free",
            ),
        ),
        "unexplained: of calls": f.slip("telco.outbound.domestic", "3.21"),
    },
    "rhein": {
        "surcharge_threshold: applied below": f.surcharge(),
        "surcharge_threshold and surcharge_count": f.surcharge(1),
        "commitment: of another size": f.prepay("licence.cx1.committed", "24"),
        "user_count: beside a commitment": f.more("licence.cx2.on_demand", "2", "user_count"),
        "user_count: under one description": f.both(
            f.more("licence.communicate.on_demand", "1", "user_count"),
            f.under(
                "Genesys Cloud Communicate User",
                "licence.communicate.committed",
                "licence.communicate.on_demand",
            ),
        ),
        "commitment: ignored under one description": f.both(
            f.under(
                "Genesys Cloud Communicate User",
                "licence.communicate.committed",
                "licence.communicate.on_demand",
            ),
            f.price("licence.communicate.committed", "22", cause="commitment"),
        ),
        "price: of a commitment": f.price("licence.cx1.committed", "70"),
        "period_cutoff: local midnight": f.calls_as(
            ("period_cutoff", f.in_window("Europe/Berlin"), AS_BILLED, "as_billed")
        ),
        "period_cutoff: UTC midnight": f.calls_as(
            ("period_cutoff", f.in_window("UTC"), AS_BILLED, "as_billed")
        ),
        "rounding_mode": f.calls_as(("rounding_mode", f.all_calls, NEAREST, "nearest")),
        "rounding_place": f.calls_as(("rounding_place", f.all_calls, UNROUNDED, "as_billed")),
        "allowance_base: actual": f.pool_from("ivr_minutes", "actual"),
        "allowance_base: committed": f.pool_from("ivr_minutes", "committed"),
        "number_count": f.more("telco.number_recurring.did", "1", "number_count"),
        "tax: another rate": f.price("tax.umsatzsteuer", "0.16", cause="tax"),
        "missing_calls: a file": f.calls_as(
            ("missing_calls", f.without_file(3), AS_BILLED, "as_billed")
        ),
        "duplicate_calls: a day": f.calls_as(
            ("duplicate_calls", f.with_day_twice(20), AS_BILLED, "as_billed")
        ),
        "extra_line": f.added("Genesys Cloud CX 3 User - Prepay", "licence.cx3.prepay", "2", "120"),
        "users of a day more": f.users_in_window(extra_days=1),
    },
    "kumo": {
        "rounding_mode: up": f.calls_as(("rounding_mode", f.all_calls, UP, "up")),
        "rounding_place: yen per call": f.calls_as(
            ("rounding_place", f.all_calls, IN_CENTS, "as_billed")
        ),
        "missing_calls: a day": f.calls_as(
            ("missing_calls", f.without_day(3), AS_BILLED, "as_billed")
        ),
        "period_cutoff: UTC": f.calls_as(
            ("period_cutoff", f.in_window("UTC"), AS_BILLED, "as_billed")
        ),
        "surcharge_count": f.surcharge(1),
        "price": f.price("licence.cx2.on_demand", "15500"),
        "user_count": f.more("licence.cx2.on_demand", "2", "user_count"),
        "currency": f.in_currency("USD", "0.0066"),
        "unexplained": f.slip("resource.ivr_minutes", "-500"),
    },
}

SAME_ROW: dict[str, dict[str, Forgery]] = {
    "vale": {
        "user_count and price": f.both(
            f.more("licence.cx2.on_demand", "3", "user_count"),
            f.price("licence.cx2.on_demand", "120"),
        ),
        "quantity and price": f.both(
            f.more("device.polycom_vvx_350", "4", "quantity"),
            f.price("device.polycom_vvx_350", "4.25"),
        ),
        "commitment and price": f.both(
            f.prepay("licence.cx2.prepay", "40"), f.price("licence.cx2.prepay", "97.50")
        ),
        "commitment ignored and price": f.both(
            f.commitment_ignored("cx2"), f.price("licence.cx2.on_demand", "117")
        ),
        "allowance_base and price": f.both(
            f.pool_from("ivr_minutes", "none"), f.price("resource.ivr_minutes", "0.0070")
        ),
        "period_cutoff and allowance_base": f.pool_from("storage_gb", "committed", extra_day=True),
        "number_count and price": f.both(
            f.more("telco.number_recurring.did", "1", "number_count"),
            f.price("telco.number_recurring.did", "1.10"),
        ),
        "surcharge_count and price": f.both(f.surcharge(1), f.price("telco.short_calls", "0.0150")),
        "tax base and rate": f.both(
            f.more("tax.state_sales_tax", "50", "tax"),
            f.price("tax.state_sales_tax", "0.08", cause="tax"),
        ),
        "price and unexplained": f.both(
            f.price("licence.cx3.on_demand", "160"), f.slip("licence.cx3.on_demand", "9.99")
        ),
        "user_count and unexplained": f.both(
            f.more("licence.cx3.on_demand", "2", "user_count"),
            f.slip("licence.cx3.on_demand", "-4.44"),
        ),
        "user_count and currency": f.both(
            f.more("licence.cx3.on_demand", "2", "user_count"),
            f.in_currency("EUR", "0.92", "licence.cx3.on_demand"),
        ),
        "missing_calls and rounding_mode": f.calls_as(
            ("missing_calls", f.without_day(8), AS_BILLED, "as_billed"),
            ("rounding_mode", f.without_day(8), NEAREST, "nearest"),
            only="telco.inbound.domestic",
        ),
        "duplicate_calls and rounding_mode": f.calls_as(
            ("duplicate_calls", f.with_day_twice(5), AS_BILLED, "as_billed"),
            ("rounding_mode", f.with_day_twice(5), NEAREST, "nearest"),
            only="telco.outbound.domestic",
        ),
        "period_cutoff and rounding_mode": f.calls_as(
            ("period_cutoff", f.in_window("UTC"), AS_BILLED, "as_billed"),
            ("rounding_mode", f.in_window("UTC"), NEAREST, "nearest"),
            only="telco.inbound.domestic",
        ),
        "missing_calls and rounding_place": f.calls_as(
            ("missing_calls", f.without_file(1), AS_BILLED, "as_billed"),
            ("rounding_place", f.without_file(1), IN_CENTS, "as_billed"),
            only="telco.inbound.domestic",
        ),
        "rounding_mode and rounding_place": f.calls_as(
            ("rounding_mode", f.all_calls, NEAREST, "nearest"),
            ("rounding_place", f.all_calls, f.rounding("nearest", per_call="cent"), "nearest"),
            only="telco.inbound.domestic",
        ),
        "duplicate_calls and missing_calls": f.calls_as(
            ("duplicate_calls", f.with_day_twice(5), AS_BILLED, "as_billed"),
            (
                "missing_calls",
                f.both_of(f.with_day_twice(5), f.without_day(14)),
                AS_BILLED,
                "as_billed",
            ),
        ),
        "missing_calls and unexplained": f.both(
            f.calls_as(
                ("missing_calls", f.without_day(8), AS_BILLED, "as_billed"),
                only="telco.inbound.domestic",
            ),
            f.slip("telco.inbound.domestic", "2.22"),
        ),
    },
    "rhein": {
        "commitment and price": f.both(
            f.prepay("licence.cx1.committed", "15"), f.price("licence.cx1.committed", "71")
        ),
        "duplicate_calls and rounding_mode": f.calls_as(
            ("duplicate_calls", f.with_file_twice(1), AS_BILLED, "as_billed"),
            ("rounding_mode", f.with_file_twice(1), NEAREST, "nearest"),
        ),
    },
    "kumo": {
        "quantity and price": f.both(
            f.more("resource.ivr_minutes", "321", "quantity"),
            f.price("resource.ivr_minutes", "1.2"),
        ),
    },
}


def _together() -> dict[str, dict[str, Forgery]]:
    """Each mistake in the calls of a whole invoice beside mistakes on two other lines of it."""
    together: dict[str, dict[str, Forgery]] = {}
    for org, forgeries in ALONE.items():
        of_calls = [
            name
            for name in forgeries
            if name.startswith(_OF_CALLS) and not name.endswith(("one line", "users of a day more"))
            and "storage" not in name
        ]  # fmt: skip
        others = [
            name for name in forgeries if name.startswith(_OF_A_LINE) and "of calls" not in name
        ]
        for number, name in enumerate(of_calls):
            first, second = others[number % len(others)], others[(number * 3 + 1) % len(others)]
            steps = [forgeries[name], forgeries[first]]
            if second.split(":")[0] != first.split(":")[0]:
                steps.append(forgeries[second])
            together.setdefault(org, {})[f"{name}, and others"] = f.apart(*steps)
    return together


_OF_CALLS = (
    "duplicate_calls", "missing_calls", "rounding_mode", "rounding_place", "period_cutoff",
)  # fmt: skip
_OF_A_LINE = (
    "user_count", "price", "missing_line: a credit", "extra_line", "allowance_base", "commitment",
    "number_count", "tax: another rate",
)  # fmt: skip
TOGETHER = _together()
