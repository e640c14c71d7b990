"""The files against the summary: read with the plainest of readers, counted in other ways."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import yaml
import zstandard

from dagster_project.demo import DemoSummary, make_demo
from dagster_project.demo.organizations import ORGANIZATIONS, PARTNER_VOICE_RATES
from dagster_project.demo.phone_numbers import POOLS
from dagster_project.errors import UsageError

CALLS = 6_000
REPORTS = {
    "billable_usage",
    "concurrent_usage",
    "resources_usage",
    "voice_usage",
    "user_hours",
    "login_sessions",
    "appfoundry_usage",
    "phone_numbers",
    "devices",
    "org_users",
    "vendor_invoice",
}

Row = dict[str, str]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def summary(data: Path) -> DemoSummary:
    return make_demo(data, CALLS)


def _text(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    elif path.suffix == ".zst":
        content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return content.decode()


def _lines(summary: DemoSummary, data: Path, report: str, org: str = "") -> Iterator[list[Row]]:
    """Each file's rows by header in lower case; a headerless part has its predecessor's header."""
    header: list[str] = []
    for file in summary.files:
        if file.report != report or not file.org.startswith(org):
            continue
        rows = list(csv.reader(io.StringIO(_text(data / file.path).replace('"DE-DOM', "DE-DOM"))))
        if not rows[0][0][0].isdigit() or "-" in rows[0][0]:
            header = [name.lower().replace("_", " ") for name in rows.pop(0)]
        assert len(rows) == file.rows
        yield [dict(zip(header, row, strict=True)) for row in rows]


def _instant(text: str) -> datetime:
    if "/" in text:
        return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC)
    return datetime.fromisoformat(text)


def _fingerprint(data: Path) -> dict[str, tuple[str, float]]:
    return {
        path.relative_to(data).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime if path.name != "demo.json" else 0,
        )
        for path in data.rglob("*")
        if path.is_file()
    }


def test_the_same_arguments_give_the_same_bytes_and_the_same_times(
    summary: DemoSummary, data: Path, tmp_path: Path
) -> None:
    assert make_demo(tmp_path / "again", CALLS) == summary
    assert _fingerprint(tmp_path / "again") == _fingerprint(data)


def test_another_seed_gives_other_calls(data: Path, tmp_path: Path) -> None:
    other = make_demo(tmp_path / "other", CALLS, seed=8)

    path = next(file.path for file in other.files if file.report == "voice_usage")
    assert (tmp_path / "other" / path).read_bytes() != (data / path).read_bytes()


def test_every_report_is_there_and_every_file_is_in_the_summary(
    summary: DemoSummary, data: Path
) -> None:
    assert {file.report for file in summary.files} == REPORTS
    on_disk = {
        path.relative_to(data).as_posix()
        for path in (data / "landing").rglob("*")
        if path.is_file()
    }
    assert on_disk == {file.path for file in summary.files}


def test_distinct_calls_duplicates_restated_and_rejected_rows_are_as_many_as_planned(
    summary: DemoSummary, data: Path
) -> None:
    figures: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    rejected = 0
    for rows in _lines(summary, data, "voice_usage"):
        for row in rows:
            if row["sip call id"].startswith("7000000000000000"):
                rejected += 1
                continue
            figures[(row["sip call id"], row["origin"], row["destination"])].append(row)

    assert len(figures) == summary.calls == CALLS
    assert sum(len(rows) - 1 for rows in figures.values()) == summary.duplicate_rows > 0
    restated = [
        rows for rows in figures.values() if len({row["duration (seconds)"] for row in rows}) > 1
    ]
    assert len(restated) == summary.restated_calls > 0
    assert rejected == summary.rejected_rows == 3
    assert summary.voice_rows == CALLS + summary.duplicate_rows + rejected


def test_every_printed_cost_is_the_rules_exact_cost(summary: DemoSummary, data: Path) -> None:
    checked = 0
    for rows in _lines(summary, data, "voice_usage"):
        for row in rows:
            seconds = row["duration (seconds)"]
            if not row["total cost"] or not seconds.isdigit():
                continue
            adjusted = -(-int(seconds) // 6) * 6
            minutes = Decimal(adjusted) / 60
            cost = (minutes * Decimal(row["usage rate per minute"])).quantize(
                Decimal("0.0001"), ROUND_HALF_UP
            )
            assert int(row["adjusted duration (seconds)"]) == adjusted
            assert Decimal(row["adjusted duration (minutes)"]) == minutes
            assert Decimal(row["total cost"]) == cost
            ends = _instant(row["end time"]) - _instant(row["start time"])
            assert ends.total_seconds() == int(seconds)
            checked += 1
    assert checked > CALLS * 0.8


def test_the_known_voice_sums_are_those_of_the_files(summary: DemoSummary, data: Path) -> None:
    """The last file's row of a call counts; windows are written down by hand for the last month."""
    windows = {
        "harrow-finch": ("2026-09-15T07:00:00+00:00", "2026-10-15T07:00:00+00:00"),
        "lindenhof-markt": ("2026-09-30T22:00:00+00:00", "2026-10-31T23:00:00+00:00"),
        "severnmere-water": ("2026-09-30T23:00:00+00:00", "2026-11-01T00:00:00+00:00"),
        "hoshimori-travel": ("2026-09-30T15:00:00+00:00", "2026-10-31T15:00:00+00:00"),
    }
    for org, (start, end) in windows.items():
        latest: dict[tuple[str, str], Row] = {}
        for rows in _lines(summary, data, "voice_usage", org):
            latest |= {
                (row["sip call id"], row["origin"]): row
                for row in rows
                if not row["sip call id"].startswith("7000000000000000")
            }
        inside = [
            row
            for row in latest.values()
            if datetime.fromisoformat(start)
            <= _instant(row["start time"])
            < datetime.fromisoformat(end)
        ]
        known = [
            voice
            for voice in summary.known_voice
            if voice.org == org and voice.invoice_month == summary.last_month
        ]
        assert sum(voice.calls for voice in known) == len(inside) > 50
        assert sum(voice.minutes for voice in known) == sum(
            Decimal(row["adjusted duration (minutes)"]) for row in inside
        )
        if org != "hoshimori-travel":
            assert sum(voice.cost or 0 for voice in known) == sum(
                Decimal(row["total cost"]) for row in inside
            )
        else:
            assert {voice.cost for voice in known} == {None}
            assert {row["total cost"] for row in inside} == {""}


def test_the_partners_price_list_has_the_rate_each_route_was_drawn_with(
    summary: DemoSummary, data: Path
) -> None:
    (partner,) = [organization for organization in ORGANIZATIONS if not organization.vendor_cost]
    with (data / "reference" / "voice_rates.csv").open(newline="") as lines:
        listed = list(csv.DictReader(lines))
    assert len(listed) == len(PARTNER_VOICE_RATES)
    for route in partner.routes:
        number = POOLS[route.destinations][0].lstrip("+")
        fitting = [
            row
            for row in listed
            if row["service"] == route.service and number.startswith(row["prefix"])
        ]
        best = max(fitting, key=lambda row: (len(row["prefix"]), row["effective_from"]))
        assert best["rate_sheet"] == partner.rate_sheet
        assert Decimal(best["rate_per_minute"]) == Decimal(route.rate)


def test_the_known_named_users_are_those_of_the_report(summary: DemoSummary, data: Path) -> None:
    tiers = ["Communicate", "CX 1", "CX 2", "CX 3"]
    path = "landing/harrow-finch/billable_usage/billable_usage_2026-10.csv"
    highest: dict[str, int] = {}
    wem: set[str] = set()
    for row in csv.DictReader(io.StringIO(_text(data / path))):
        if not row["Timestamp"]:
            continue
        if "Add-On" in row["Charge Name"]:
            wem.add(row["Entity"])
            continue
        (tier,) = [place for place, name in enumerate(tiers) if name in row["Charge Name"]]
        highest[row["Entity"]] = max(tier, highest.get(row["Entity"], 0))
    counted = Counter(highest.values())

    assert {
        unit.licence: unit.quantity
        for unit in summary.known_units
        if (unit.org, unit.invoice_month) == ("harrow-finch", summary.last_month)
    } == {"communicate": counted[0], "cx2": counted[2], "cx3": counted[3], "wem": len(wem)}


def test_a_few_users_never_logged_in_and_a_few_were_upgraded(
    summary: DemoSummary, data: Path
) -> None:
    path = "landing/harrow-finch/billable_usage/billable_usage_2026-10.csv"
    rows = list(csv.DictReader(io.StringIO(_text(data / path))))

    assert any(not row["Timestamp"] for row in rows)
    held = defaultdict(set)
    for row in rows:
        held[row["Entity"]].add(row["Charge Name"])
    upgraded = [
        names
        for names in held.values()
        if {"Genesys Cloud CX 2 User", "Genesys Cloud CX 3 User"} <= names
    ]
    assert len(upgraded) == 2


def test_the_known_peak_is_that_of_the_sessions(summary: DemoSummary, data: Path) -> None:
    """Counted minute by minute, which may be off by one at the very edge of half an hour."""
    sessions: dict[tuple[str, ...], Row] = {}
    for rows in _lines(summary, data, "login_sessions"):
        sessions |= {(row["user"], row["login at"], row["client"]): row for row in rows}
    pool = {row["user"] for row in sessions.values() if "CX" in row["charge name"]}
    start, end = datetime(2026, 9, 30, 23, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    present: dict[int, set[str]] = defaultdict(set)
    still_open = 0
    for row in sessions.values():
        still_open += not row["logout at"]
        login = max(_instant(row["login at"]), start)
        logout = min(_instant(row["logout at"]) if row["logout at"] else end, end)
        if row["user"] in pool and login < logout:
            first, last = int(login.timestamp()) // 60, int(logout.timestamp() - 1) // 60
            for minute in range(first, last + 1):
                present[minute].add(row["user"])
    levels = sorted((len(users) for users in present.values()), reverse=True)
    (known,) = [
        unit.quantity
        for unit in summary.known_units
        if unit.licence_model == "concurrent" and unit.invoice_month == summary.last_month
    ]

    assert abs(levels[29] - known) <= 1
    assert 0 < still_open < 10


def test_the_known_hours_are_those_of_the_report_rounded_up_once(
    summary: DemoSummary, data: Path
) -> None:
    milliseconds = 0
    for rows in _lines(summary, data, "user_hours"):
        for row in rows:
            if row["date"].startswith("2026-10"):
                hours, minutes, seconds, rest = map(int, row["logged in duration"].split(":"))
                milliseconds += ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
    (known,) = [
        unit.quantity
        for unit in summary.known_units
        if unit.licence_model == "hourly" and unit.invoice_month == summary.last_month
    ]

    assert known == -(-milliseconds // 3_600_000)


def test_one_file_is_damaged_and_its_organizations_last_invoice_is_known_to_be_held(
    summary: DemoSummary, data: Path
) -> None:
    (hold,) = summary.holds

    assert (hold.org, hold.check_name) == ("lindenhof-markt", "rejected_rows")
    assert hold.invoice_month == summary.last_month == date(2026, 10, 1)
    damaged = (data / hold.path).read_text()
    assert damaged.count('"') == 1
    assert "sixty-five" in damaged


def test_files_are_received_in_the_order_of_their_months(summary: DemoSummary, data: Path) -> None:
    received = [
        ((data / file.path).stat().st_mtime, file.path)
        for file in summary.files
        if file.report == "voice_usage" and file.org == "harrow-finch"
    ]
    assert [path for _, path in sorted(received)] == [path for _, path in received]
    assert max(moment for moment, _ in received) <= datetime(2026, 11, 2, tzinfo=UTC).timestamp()


def test_plain_gz_zst_zip_split_parts_and_both_date_styles_are_there(
    summary: DemoSummary, data: Path
) -> None:
    suffixes = {Path(file.path).suffix for file in summary.files}
    assert suffixes == {".csv", ".gz", ".zst", ".zip"}
    (part,) = [file.path for file in summary.files if file.path.endswith("part2.csv")]
    assert _text(data / part)[0].isdigit()
    starts = [
        row["start time"]
        for rows in _lines(summary, data, "voice_usage", "harrow-finch")
        for row in rows
    ]
    assert any("/" in start for start in starts)
    assert any("T" in start for start in starts)


def test_calls_follow_working_hours_and_weekdays(summary: DemoSummary, data: Path) -> None:
    hours: Counter[int] = Counter()
    weekdays: Counter[int] = Counter()
    for rows in _lines(summary, data, "voice_usage", "harrow-finch"):
        for row in rows:
            local = _instant(row["start time"]) - timedelta(hours=5)
            hours[local.hour] += 1
            weekdays[local.weekday()] += 1

    assert sum(hours[hour] for hour in range(8, 18)) > 0.8 * hours.total()
    assert weekdays[0] > 5 * weekdays[6]


def test_more_than_15_percent_of_the_insurers_completed_outbound_calls_are_short(
    summary: DemoSummary, data: Path
) -> None:
    def share(org: str) -> float:
        seconds = [
            int(row["adjusted duration (seconds)"])
            for rows in _lines(summary, data, "voice_usage", org)
            for row in rows
            if row["direction"] == "Outbound"
            and row["usage group"] != "BYOC"
            and not row["sip call id"].startswith("7000000000000000")
        ]
        completed = [second for second in seconds if second > 0]
        return completed.count(6) / len(completed)

    assert share("harrow-finch") > 0.16
    assert share("lindenhof-markt") < 0.12


def test_each_organization_has_a_commented_contract_that_names_it(
    summary: DemoSummary, data: Path
) -> None:
    for organization in ORGANIZATIONS:
        text = (data / "contracts" / f"{organization.slug}.yml").read_text(encoding="utf-8")
        contract = yaml.safe_load(text)
        assert text.startswith("# ")
        assert contract["org"] == organization.slug
        assert contract["currency"] == organization.currency
        assert contract["time_zone"] == organization.time_zone
        assert contract["country"] == organization.country
        assert contract["contract"]["licence_model"] == organization.licence_model
        assert contract["contract"]["effective_date"].day == organization.anchor_day
        assert contract["voice"]["rate_sheet"] == organization.rate_sheet
    assert set(summary.organizations) == {path.stem for path in (data / "contracts").iterdir()}


def test_one_month_is_enough(tmp_path: Path) -> None:
    summary = make_demo(tmp_path / "short", 1_000, months=1)

    assert summary.months == (date(2026, 10, 1),)
    assert sum(voice.calls for voice in summary.known_voice) <= summary.calls == 1_000


@pytest.mark.parametrize(("calls", "months"), [(999, 6), (20_000, 0), (20_000, 13)])
def test_arguments_out_of_range_are_refused(tmp_path: Path, calls: int, months: int) -> None:
    with pytest.raises(UsageError, match="at least"):
        make_demo(tmp_path / "none", calls, months=months)
    assert not (tmp_path / "none").exists()


def test_a_directory_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "acme.yml").write_text("org: acme\n")

    with pytest.raises(UsageError, match="no demo made it"):
        make_demo(tmp_path, 1_000)

    assert [path.name for path in tmp_path.rglob("*")] == ["contracts", "acme.yml"]


def test_a_demo_directory_with_somebody_elses_organization_is_left_alone(tmp_path: Path) -> None:
    make_demo(tmp_path, 1_000, months=1)
    (tmp_path / "landing" / "acme").mkdir()
    before = _fingerprint(tmp_path)

    with pytest.raises(UsageError, match="acme"):
        make_demo(tmp_path, 2_000, months=1)

    assert _fingerprint(tmp_path) == before


def test_what_runs_derived_stays_for_the_same_demo_and_goes_for_another(tmp_path: Path) -> None:
    make_demo(tmp_path, 1_000, months=1)
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "received.jsonl").write_text("{}\n")

    make_demo(tmp_path, 1_000, months=1)
    assert (tmp_path / "books" / "received.jsonl").is_file()

    make_demo(tmp_path, 1_001, months=1)
    assert not (tmp_path / "books").exists()


def test_an_interrupted_demo_can_be_made_again(tmp_path: Path) -> None:
    def interrupt(label: str) -> None:
        if label.startswith("Lindenhof"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(tmp_path, 1_000, months=1, on_progress=interrupt)

    assert make_demo(tmp_path, 1_000, months=1).calls == 1_000


def test_progress_counts_up_to_all_calls(tmp_path: Path) -> None:
    seen: list[str] = []

    make_demo(tmp_path, 1_000, months=1, on_progress=seen.append)

    assert seen[0] == "Harrow & Finch Mutual: people and small reports"
    assert seen[-1] == "Hoshimori Travel: 1,000 of 1,000 calls"


def test_the_marker_holds_the_summary(summary: DemoSummary, data: Path) -> None:
    content = json.loads((data / "demo.json").read_bytes())

    assert DemoSummary.model_validate(content["summary"]) == summary
