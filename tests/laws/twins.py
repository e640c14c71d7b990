"""The changes that laws speak of: each takes a copy of an organization and changes it.

A change's name is the law's. Whatever must not matter is done to all it can be done to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import yaml

from tests.laws.organization import (
    MONTHS,
    Landed,
    Organization,
    Row,
    gzipped,
    key,
    zipped,
    zstandard_compressed,
)
from tests.reference import facts, generator
from tests.reference.contract import Contract, add_months
from tests.reference.reports import read_value

Change = Callable[[Organization, Random], None]

_USERS = {"billable_usage": "Entity", "user_hours": "User", "login_sessions": "User"}
_NAMES = {
    "billable_usage": ("Charge Name",),
    "login_sessions": ("Charge Name", "Client"),
    "resources_usage": ("Resource",),
    "appfoundry_usage": ("App", "Part"),
    "devices": ("Device Type", "Device Id"),
    "phone_numbers": ("Type",),
    "voice_usage": ("Call Type", "Usage Group", "Direction"),
}
_INSTANTS = {
    "billable_usage": ("Timestamp",),
    "login_sessions": ("Login At", "Logout At"),
    "voice_usage": ("Start time",),
}
_DAYS = {
    "resources_usage": ("Date",),
    "concurrent_usage": ("Date",),
    "user_hours": ("Date",),
    "appfoundry_usage": ("Date",),
    "phone_numbers": ("Active From", "Active To"),
    "devices": ("Active From", "Active To"),
}
_NUMBERS = {
    "resources_usage": ("Quantity",),
    "appfoundry_usage": ("Quantity",),
    "voice_usage": ("Usage Rate Per Minute", "Total cost", "Adjusted Duration (minutes)"),
}
_GENERATIONS = ("Genesys Cloud CX", "Cloud CX", "PureCloud")


def _edit(
    organization: Organization,
    columns: dict[str, tuple[str, ...]],
    edit: Callable[[str], str],
) -> None:
    for file in organization.files:
        for row in file.rows:
            for column in columns.get(file.report, ()):
                if row.get(column, "").strip():
                    row[column] = edit(row[column])


# --- nothing at all ---------------------------------------------------------------------------


def another_name(organization: Organization, random: Random) -> None:
    """Only the organization's name is another."""


# --- how rows reach the landing ---------------------------------------------------------------


def rows_shuffled(organization: Organization, random: Random) -> None:
    """Rows in another order; those about one thing keep theirs, for the later one counts."""
    for file in organization.files:
        shuffled = random.sample(file.rows, len(file.rows))
        queues: dict[Any, list[Row]] = {}
        for row in file.rows:
            queues.setdefault(key(file.report, row), []).append(row)
        file.rows = [queues[key(file.report, row)].pop(0) for row in shuffled]


def reports_received_in_another_order(organization: Organization, random: Random) -> None:
    """Reports arrive in another order; the files of one report keep theirs."""
    reports = list(dict.fromkeys(file.report for file in organization.files))
    random.shuffle(reports)
    organization.files.sort(key=lambda file: reports.index(file.report))


def files_split(organization: Organization, random: Random) -> None:
    """Every file comes as two, each with the header."""
    files = []
    for file in organization.files:
        cut = random.randrange(len(file.rows) + 1)
        for part, rows in (("a", file.rows[:cut]), ("b", file.rows[cut:])):
            name = file.name.replace(".csv", f"-{part}.csv")
            files.append(Landed(file.report, name, rows, list(file.header)))
    organization.files = files


def files_cut_in_parts_without_header(organization: Organization, random: Random) -> None:
    """Every file comes as two parts of which only the first has the header."""
    files = []
    for file in organization.files:
        cut = random.randrange(1, len(file.rows)) if len(file.rows) > 1 else len(file.rows)
        for part, rows in ((1, file.rows[:cut]), (2, file.rows[cut:])):
            if rows:
                name = file.name.replace(".csv", f".part{part}.csv")
                landed = Landed(file.report, name, rows, list(file.header))
                landed.has_header = part == 1
                files.append(landed)
    organization.files = files


def files_joined(organization: Organization, random: Random) -> None:
    """All files of a report come as one."""
    joined: dict[str, Landed] = {}
    for file in organization.files:
        first = joined.setdefault(
            file.report, Landed(file.report, f"{file.report}.csv", [], list(file.header))
        )
        first.rows += file.rows
    organization.files = list(joined.values())


def files_sent_twice(organization: Organization, random: Random) -> None:
    """The first file of each report comes once more under another name, after all others."""
    for report in dict.fromkeys(file.report for file in organization.files):
        again = deepcopy(organization.of(report)[0])
        again.name = f"again-{again.name}"
        organization.files.append(again)


def downloaded_again_with_overlap(organization: Organization, random: Random) -> None:
    """A later download brings rows again, as they are by now."""
    for report in {file.report for file in organization.files}:
        latest = organization.latest(report)
        organization.land(report, random.sample(latest, random.randrange(1, len(latest) + 1)))


def files_renamed(organization: Organization, random: Random) -> None:
    """Names say nothing: what was received when stays."""
    names = random.sample(range(10_000), len(organization.files))
    for number, file in zip(names, organization.files, strict=True):
        file.name = f"Download ({number}).csv"


def files_compressed(organization: Organization, random: Random) -> None:
    """gz, zst and zip are how a csv is wrapped."""
    for file in organization.files:
        suffix, file.encode = random.choice(
            ((".csv.gz", gzipped), (".csv.zst", zstandard_compressed), (".zip", zipped))
        )
        file.name = file.name.replace(".csv", suffix)


def windows_line_ends_and_bom(organization: Organization, random: Random) -> None:
    """CR LF and a byte order mark."""
    for file in organization.files:
        file.newline, file.bom = "\r\n", True


def blank_lines(organization: Organization, random: Random) -> None:
    """Blank lines after the rows."""
    for file in organization.files:
        file.encode = lambda raw: raw + b"\n\n\n"


def headers_alone(organization: Organization, random: Random) -> None:
    """A report without a row says nothing."""
    for report in {file.report for file in organization.files}:
        organization.land(report, [])


def headers_written_otherwise(organization: Organization, random: Random) -> None:
    """Case, spaces, underscores and hyphens of headers."""
    for file in organization.files:
        file.rows = [{name.strip(): value for name, value in row.items()} for row in file.rows]
        renamed = {}
        for column in file.header:
            shown = random.choice((column.upper(), column.lower(), f" {column} "))
            renamed[column] = shown.replace(" ", "_") if random.random() < 0.5 else shown
        for row in file.rows:
            for column, shown in renamed.items():
                row[shown.strip()] = row.pop(column)
        file.header = [renamed[column] for column in file.header]


def columns_in_another_order(organization: Organization, random: Random) -> None:
    """Columns anywhere, and one that nobody knows."""
    for file in organization.files:
        file.header = random.sample([*file.header, "Remark"], len(file.header) + 1)
        for row in file.rows:
            row["Remark"] = "n/a"


# --- how values are written -------------------------------------------------------------------


def users_written_otherwise(organization: Organization, random: Random) -> None:
    """Users in any case, with spaces around."""
    columns = {report: (column,) for report, column in _USERS.items()}
    _edit(organization, columns, lambda user: f" {random.choice((user.upper(), user.lower()))} ")


def names_written_otherwise(organization: Organization, random: Random) -> None:
    """Names in any case, with repeated spaces."""

    def edit(name: str) -> str:
        return random.choice((name.upper(), name.lower())).replace(" ", "  ")

    _edit(organization, {k: v for k, v in _NAMES.items() if k != "voice_usage"}, edit)
    calls = {"voice_usage": ("Direction", "Call Type", "Usage Group")}
    _edit(organization, calls, lambda name: random.choice((name.upper(), name.lower())))


def charge_names_of_other_generations(organization: Organization, random: Random) -> None:
    """PureCloud, Cloud CX and Genesys Cloud CX are one product's names."""
    others = (*_GENERATIONS[1:], _GENERATIONS[0])
    following = {name.lower(): other for name, other in zip(_GENERATIONS, others, strict=True)}

    def edit(name: str) -> str:
        match = re.match(r"\s*(genesys cloud cx|cloud cx|purecloud)\s+\d", name, re.IGNORECASE)
        if not match or "add-on" in name.lower():
            return name
        # each name becomes one other, so that what was one row's key stays one
        return following[facts.key(match[1])] + name[match.end(1) :]

    _edit(organization, dict.fromkeys(_USERS, ("Charge Name",)), edit)


def instants_written_otherwise(organization: Organization, random: Random) -> None:
    """ISO 8601 with and without zone, US style."""

    def edit(text: str) -> str:
        when: datetime = read_value("instant", text.strip())
        if when.microsecond:
            return when.strftime("%Y-%m-%d %H:%M:%S.%f")
        hours = timedelta(hours=random.choice((-11, -3, 5.5, 14)))
        offset = f"{'-' if hours < timedelta() else '+'}{abs(hours).seconds // 3600:02d}:"
        styles = (
            when.strftime("%Y-%m-%d %H:%M:%S"),
            when.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            when.strftime("%m/%d/%Y %I:%M:%S %p"),
            (when + hours).strftime(
                f"%Y-%m-%dT%H:%M:%S{offset}{abs(hours).seconds // 60 % 60:02d}"
            ),
        )
        return random.choice(styles)

    _edit(organization, _INSTANTS, edit)


def days_written_otherwise(organization: Organization, random: Random) -> None:
    """ISO and US dates."""

    def edit(text: str) -> str:
        day = read_value("date", text.strip())
        return random.choice((str(day), day.strftime("%m/%d/%Y")))

    _edit(organization, _DAYS, edit)


def numbers_written_otherwise(organization: Organization, random: Random) -> None:
    """Thousands separators and trailing zeros."""

    def edit(text: str) -> str:
        value = Fraction(text.replace(",", ""))
        whole, _, rest = generator.text(value).partition(".")
        return f"{int(whole):,}.{rest.ljust(6, '0')}" if value >= 0 else text

    _edit(organization, _NUMBERS, edit)


# --- what counts once, or not at all ----------------------------------------------------------


def one_more_login_of_a_known_user(organization: Organization, random: Random) -> None:
    """A user who logged in logs in again."""
    period = organization.period()
    known = [
        row
        for row in organization.latest("billable_usage")
        if row["Timestamp"].strip() and period.contains(read_value("instant", row["Timestamp"]))
    ]
    last = period.ends_at.astimezone(UTC) - timedelta(microseconds=1)
    later = last.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if known:
        organization.land("billable_usage", [{**row, "Timestamp": later} for row in known])


def rows_without_a_timestamp(organization: Organization, random: Random) -> None:
    """Who has a licence but never logged in."""
    names = [row["Charge Name"] for row in organization.latest("billable_usage")]
    strangers = [
        {"Charge Name": name, "Entity": f"absent{number}@x.example", "Timestamp": ""}
        for number, name in enumerate(names)
    ]
    if strangers:
        organization.land("billable_usage", strangers)


def usage_before_the_contract(organization: Organization, random: Random) -> None:
    """Usage from before the effective date."""
    start = Contract(organization.tree).effective_date
    before = start - timedelta(days=400)
    stamp = f"{before}T12:00:00Z"
    users = [
        {**row, "Entity": f"early{number}@x.example", "Timestamp": stamp}
        for number, row in enumerate(organization.latest("billable_usage"))
    ]
    calls = [{**row, "Start time": stamp} for row in organization.latest("voice_usage")]
    days = [{**row, "Date": str(before)} for row in organization.latest("resources_usage")]
    for report, rows in (
        ("billable_usage", users),
        ("voice_usage", calls),
        ("resources_usage", days),
    ):
        if rows:
            organization.land(report, rows)


def sessions_cut_in_two(organization: Organization, random: Random) -> None:
    """Who logs out and in again at one instant was there all the time."""
    rows = []
    for row in organization.latest("login_sessions"):
        login = read_value("instant", row["Login At"])
        logout = read_value("instant", row["Logout At"]) if row["Logout At"].strip() else None
        if logout and logout - login > timedelta(minutes=2):
            middle = (login + (logout - login) / 2).replace(microsecond=0)
            shown = middle.strftime("%Y-%m-%dT%H:%M:%SZ")
            rows += [{**row, "Logout At": shown}, {**row, "Login At": shown}]
        else:
            rows.append(row)
    organization.files = [f for f in organization.files if f.report != "login_sessions"]
    if rows:
        organization.land("login_sessions", rows)


def sessions_of_no_length(organization: Organization, random: Random) -> None:
    """Who logs in and out at one instant touches nothing."""
    period = organization.period()
    instant = (period.starts_at + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    if organization.of("login_sessions"):
        organization.land(
            "login_sessions",
            [
                {"User": f"blink{n}@x.example", "Login At": instant, "Logout At": instant}
                for n in range(9)
            ],
        )


def resource_days_under_two_names(organization: Organization, random: Random) -> None:
    """Half of a day's quantity under one name of a resource, half under another of the same."""
    other = {"ivr minutes": "Basic Routing / IVR", "basic routing / ivr": "IVR Minutes"}
    taken = {
        (key("resources_usage", row)[0], facts.key(row["Resource"]))
        for row in organization.latest("resources_usage")
    }
    rows = []
    for row in organization.latest("resources_usage"):
        name = other.get(facts.key(row["Resource"]))
        day = key("resources_usage", row)[0]
        if name and (day, facts.key(name)) not in taken:
            whole = Fraction(row["Quantity"].replace(",", ""))
            part = Fraction(int(whole * 1000) // 3, 1000)
            rows += [
                {**row, "Quantity": generator.text(part)},
                {**row, "Resource": name, "Quantity": generator.text(whole - part)},
            ]
    if rows:
        organization.land("resources_usage", rows)


# --- the contract -----------------------------------------------------------------------------


def contract_keys_in_another_order(organization: Organization, random: Random) -> None:
    """Keys of any mapping in any order, with comments and blank lines between."""

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            names = random.sample(list(value), len(value))
            return {name: shuffled(value[name]) for name in names}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    text = yaml.safe_dump(shuffled(organization.tree), sort_keys=False, allow_unicode=True)
    commented = "".join(
        f"{line}\n\n# {line.strip()}\n" if not line.startswith((" ", "-")) else f"{line}\n"
        for line in text.splitlines()
    )
    organization.tree["#text"] = f"# a comment\n{commented}"


def contract_scalars_quoted(organization: Organization, random: Random) -> None:
    """Every scalar in quotes."""
    text = yaml.safe_dump(organization.tree, sort_keys=False, allow_unicode=True, default_style='"')
    organization.tree["#text"] = text.replace('!!null "null"', "null")


def defaults_written_out(organization: Organization, random: Random) -> None:
    """What inputs.md names as default, said."""
    tree, own = organization.tree, organization.tree["contract"]
    for name, value in (
        ("ramp_policy", "software_free"),
        ("auto_renew", "true"),
        ("payment_terms_days", "30"),
        ("mixed_tiers", "allowed"),
        ("ramp_months", "0"),
        ("term_months", "12"),
    ):
        own.setdefault(name, value)
    tree.setdefault("channel", "direct")
    tree.setdefault("time_zone", "UTC")
    for entry in tree.get("licences") or []:
        entry.setdefault("committed", "0")
        if "prepay_rate" in entry:
            entry.setdefault("on_demand_rate", entry["prepay_rate"])
    voice = tree.get("voice")
    if voice is not None:
        voice.setdefault("rating", "cdr")
        voice.setdefault("rounding", "up")
        voice.setdefault("increment_seconds", "6")
        voice.setdefault("cutoff_utc", None)


def amended_far_in_the_future(organization: Organization, random: Random) -> None:
    """What begins after all that is billed now."""
    at = add_months(MONTHS[-1], 4)
    licences = deepcopy(Contract(organization.tree).version_on(at).get("licences") or [])
    for entry in licences:
        for rate in ("prepay_rate", "on_demand_rate", "ramp_rate"):
            if rate in entry:
                entry[rate] = "777"
    amendments = [*(organization.tree.get("amendments") or [])]
    amendments.append({"effective_from": str(at), "licences": licences})
    organization.tree["amendments"] = sorted(amendments, key=lambda a: a["effective_from"])


def amended_to_the_same(organization: Organization, random: Random) -> None:
    """An amendment that says what is in force already, from the period's first day."""
    period = organization.period()
    terms = period.terms
    amendments = organization.tree.setdefault("amendments", [])
    days = {amendment["effective_from"] for amendment in amendments}
    names = ("licences", "resources", "taxes", "appfoundry", "devices")
    same = {name: deepcopy(terms[name]) for name in names if terms.get(name)}
    if str(period.start) not in days and same:
        amendments.append({"effective_from": str(period.start), **same})
        amendments.sort(key=lambda amendment: amendment["effective_from"])
    if not amendments:
        del organization.tree["amendments"]


SAME: tuple[Change, ...] = (
    another_name,
    rows_shuffled,
    reports_received_in_another_order,
    files_split,
    files_cut_in_parts_without_header,
    files_joined,
    files_sent_twice,
    downloaded_again_with_overlap,
    files_renamed,
    files_compressed,
    windows_line_ends_and_bom,
    blank_lines,
    headers_alone,
    headers_written_otherwise,
    columns_in_another_order,
    users_written_otherwise,
    names_written_otherwise,
    charge_names_of_other_generations,
    instants_written_otherwise,
    days_written_otherwise,
    numbers_written_otherwise,
    one_more_login_of_a_known_user,
    rows_without_a_timestamp,
    usage_before_the_contract,
    sessions_cut_in_two,
    sessions_of_no_length,
    resource_days_under_two_names,
    contract_keys_in_another_order,
    contract_scalars_quoted,
    defaults_written_out,
    amended_far_in_the_future,
    amended_to_the_same,
)


# --- changes that do matter, in a known way ---------------------------------------------------


def rates_doubled(organization: Organization, random: Random) -> None:
    """Every price of the contract, in amendments too."""

    def doubled(tree: dict[str, Any]) -> None:
        for name, value in tree.items():
            if isinstance(value, dict):
                doubled(value)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, dict) and name != "taxes":
                        doubled(item)
            elif name in {"amount", "rate"} or name.endswith("_rate"):
                tree[name] = generator.text(2 * Fraction(value))

    doubled(organization.tree)


def commitments_raised(organization: Organization, random: Random) -> None:
    """One more of everything that can be committed, from the first day on."""
    tree = organization.tree
    for entry in [*(tree.get("licences") or []), *(tree.get("appfoundry") or [])]:
        if "prepay_rate" in entry:
            entry["committed"] = str(int(entry.get("committed", "0")) + 1)


def resource_usage_doubled(organization: Organization, random: Random) -> None:
    """Twice the quantity on every day."""
    edit = {"resources_usage": ("Quantity",), "appfoundry_usage": ("Quantity",)}
    _edit(organization, edit, lambda text: generator.text(2 * Fraction(text.replace(",", ""))))


def more_users(organization: Organization, random: Random) -> None:
    """New users with the charge names that are there, logged in where the others are."""
    for report, column in _USERS.items():
        rows = organization.latest(report)
        if rows:
            organization.land(
                report, [{**row, column: f"new-{row[column].strip()}"} for row in rows]
            )


def more_calls(organization: Organization, random: Random) -> None:
    """Each call once more, under another id."""
    rows = organization.latest("voice_usage")
    organization.land(
        "voice_usage", [{**row, "SIP Call Id": f"{row['SIP Call Id']}-x"} for row in rows]
    )


def nothing_used(organization: Organization, random: Random) -> None:
    """A contract without a file."""
    organization.files = []


def a_call_before_the_window(organization: Organization, random: Random) -> None:
    """One call more, a second before the voice window."""
    _one_call(organization, organization.period().voice_from - timedelta(seconds=1))


def a_call_at_the_cutoff(organization: Organization, random: Random) -> None:
    """One call more, at the first second of the voice window."""
    _one_call(organization, organization.period().voice_from)


def a_call_before_the_next_cutoff(organization: Organization, random: Random) -> None:
    """One call more, at the last second of the voice window."""
    _one_call(organization, organization.period().voice_to - timedelta(seconds=1))


def a_call_at_the_next_cutoff(organization: Organization, random: Random) -> None:
    """One call more, at the first second of the next voice window."""
    _one_call(organization, organization.period().voice_to)


def _one_call(organization: Organization, start: datetime) -> None:
    rows = [
        {
            "SIP Call Id": "at-the-cutoff",
            "Origin": "+12125550199",
            "Destination": "+13175550100",
            "Call Type": "Domestic",
            "Direction": "Outbound",
            "Start time": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Duration (Seconds)": "420",  # whole increments of any contract
            "Usage Rate Per Minute": "0.01",
            "Total cost": "0.1",
        }
    ]
    organization.land("voice_usage", rows)


def a_row_that_cannot_be_read(organization: Organization, random: Random) -> None:
    """A row of two cells in every file."""
    for file in organization.files:
        file.encode = lambda raw: raw + b"too,few\n" if raw.count(b",") > 1 else raw


DIFFERENT: tuple[Change, ...] = (
    rates_doubled,
    commitments_raised,
    resource_usage_doubled,
    more_users,
    more_calls,
    nothing_used,
    a_call_before_the_window,
    a_call_at_the_cutoff,
    a_call_before_the_next_cutoff,
    a_call_at_the_next_cutoff,
    a_row_that_cannot_be_read,
)


def _restates(organization: Organization) -> bool:
    """Whether a later file says something else than the first of its report."""
    for report in {file.report for file in organization.files}:
        latest = {key(report, row): row for row in organization.latest(report)}
        if any(latest[key(report, row)] != row for row in organization.of(report)[0].rows):
            return True
    return False


SUITS: dict[Change, Callable[[Organization], bool]] = {  # whom a change is possible for
    files_sent_twice: _restates,
    commitments_raised: lambda organization: "amendments" not in organization.tree,
}
