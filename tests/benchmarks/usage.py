"""The usage that is measured: made by DuckDB, the same for the same numbers, as CSV downloads.

Calls of March 2026 and the months before it; sessions of March. Destinations lie in five countries,
a third of the calls is inbound, one call in a thousand is sent twice.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import duckdb

MONTHS_END = "2026-03-01"
_CONTRACT = """\
org: {org}
country: US
currency: USD
contract: {{effective_date: 2025-01-01, subscription: monthly, licence_model: {model}}}
licences: [{{licence: cx2, prepay_rate: 95}}]
voice: {{short_call: {{rate: 0.0120}}}}
"""
_CALLS = """
copy (
    select
        'sip-' || md5((i - (i % 1000 = 999)::bigint + {first})::varchar) as "SIP Call Id",
        '+1317555' || lpad((i % 10000 - (i % 1000 = 999)::bigint)::varchar, 4, '0') as "Origin",
        ['+1212', '+1416', '+4420', '+3314', '+4930'][1 + (hash(call * 5) % 5)::bigint]
        || lpad((hash(call) % 10000000)::varchar, 7, '0') as "Destination",
        'UG1' as "Usage Group",
        'UG1 display' as "Usage Group Display",
        'Domestic' as "Call Type",
        case when call % 3 = 0 then 'Inbound' else 'Outbound' end as "Direction",
        strftime(start_at, '%Y-%m-%dT%H:%M:%SZ') as "Start time",
        strftime(start_at + to_seconds(seconds), '%Y-%m-%dT%H:%M:%SZ') as "End Time",
        seconds as "Duration (Seconds)",
        sixes * 6 as "Adjusted Duration (seconds)",
        sixes // 10 || '.' || sixes % 10 as "Adjusted Duration (minutes)",
        '0.0119' as "Usage Rate Per Minute",
        ((sixes * 1190 + 50) // 100)::decimal(18, 0) * 0.0001 as "Total cost",
        'USD' as "Currency",
        'us-2026' as "Rate Sheet"
    from (
        select
            i,
            i - (i % 1000 = 999)::bigint as call,
            (hash(call * 3) % 600)::bigint as seconds,
            (hash(call * 3) % 600 + 5)::bigint // 6 as sixes,
            timestamp '{start}' + to_seconds((hash(call * 7) % {span})::bigint) as start_at
        from range({rows}) as calls (i)
    )
) to '{path}' (header)
"""
_SESSIONS = """
copy (
    select
        'user' || (hash(i) % {users})::bigint || '@example.com' as "User",
        strftime(login_at, '%Y-%m-%dT%H:%M:%SZ') as "Login At",
        strftime(login_at + to_seconds((300 + hash(i * 3) % 28800)::bigint), '%Y-%m-%dT%H:%M:%SZ')
            as "Logout At",
        'Genesys Cloud CX 2' as "Charge Name"
    from (
        select i, timestamp '2026-03-01' + to_seconds((hash(i * 7) % 2592000)::bigint) as login_at
        from range({first}, {first} + {rows}) as sessions (i)
    )
) to '{path}' (header)
"""


def contract(data: Path, org: str, model: str = "named") -> None:
    """Writes the contract of an organization."""
    path = data / "contracts" / f"{org}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_CONTRACT.format(org=org, model=model))


def calls(
    data: Path, org: str, rows: int, *, start: str = "2026-03-01", days: int = 31, name: str = "c"
) -> Path:
    """Lands a file of calls of some days; the same numbers make the same calls."""
    path = _landed(data, org, "voice_usage", name)
    # never mistaken for another file's call: each file numbers its own
    first = int(sha256(f"{org} {start} {name}".encode()).hexdigest()[:4], 16) * 10_000_000_000
    duckdb.sql(_CALLS.format(rows=rows, path=path, start=start, span=days * 86_400, first=first))
    return path


def sessions(data: Path, org: str, rows: int, first: int) -> Path:
    """Lands a file of login sessions of March; two of a user may overlap."""
    path = _landed(data, org, "login_sessions", "s")
    duckdb.sql(_SESSIONS.format(rows=rows, first=first, users=max(rows // 100, 1), path=path))
    return path


def _landed(data: Path, org: str, report: str, name: str) -> Path:
    path = data / "landing" / org / report / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
