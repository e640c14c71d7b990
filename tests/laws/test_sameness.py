"""Laws of sameness: what must not matter does not, whoever the organization is.

Each compares random organizations with twins that differ in one thing (twins.py): every mart, every
column, statuses and hold reasons included.
"""

from __future__ import annotations

import pytest

from tests.laws import twins
from tests.laws.billed import Laws, bill_with_twins


@pytest.fixture(scope="module")
def laws(tmp_path_factory: pytest.TempPathFactory) -> Laws:
    """The organizations and their twins, billed."""
    return bill_with_twins(tmp_path_factory.mktemp("laws"), twins.SAME)


def test_an_organization_under_another_name_is_billed_the_same(laws: Laws) -> None:
    """The name of an organization, and so its place among others, decides nothing."""
    laws.same("another_name")


def test_the_order_of_rows_does_not_matter(laws: Laws) -> None:
    """Rows of a file in any order, those about one thing in theirs: the same marts."""
    laws.same("rows_shuffled")


def test_the_order_of_reports_does_not_matter(laws: Laws) -> None:
    """Which report arrives first decides nothing."""
    laws.same("reports_received_in_another_order")


def test_a_file_in_two_is_the_file(laws: Laws) -> None:
    """A file split into two with headers gives the same marts."""
    laws.same("files_split")


def test_parts_without_a_header_are_the_file(laws: Laws) -> None:
    """A file cut in parts, of which the first has the header, gives the same marts."""
    laws.same("files_cut_in_parts_without_header")


def test_files_in_one_are_the_files(laws: Laws) -> None:
    """All files of a report pasted into one give the same marts."""
    laws.same("files_joined")


def test_a_file_sent_twice_counts_once(laws: Laws) -> None:
    """The same bytes under another name, received last, change nothing (they keep their place)."""
    laws.same("files_sent_twice")


def test_a_download_that_overlaps_adds_nothing(laws: Laws) -> None:
    """Rows that are downloaded again as they are change nothing (VOX-10, APP-2)."""
    laws.same("downloaded_again_with_overlap")


def test_names_of_files_say_nothing(laws: Laws) -> None:
    """Files under any names, received as before, give the same marts."""
    laws.same("files_renamed")


def test_a_compressed_file_is_the_file(laws: Laws) -> None:
    """gz, zst and zip hold the same rows as the csv."""
    laws.same("files_compressed")


def test_line_ends_and_a_byte_order_mark_do_not_matter(laws: Laws) -> None:
    """CR LF and a byte order mark give the same marts."""
    laws.same("windows_line_ends_and_bom")


def test_blank_lines_are_no_rows(laws: Laws) -> None:
    """Blank lines after the rows give the same marts and hold nothing."""
    laws.same("blank_lines")


def test_a_header_alone_says_nothing(laws: Laws) -> None:
    """A report without rows changes nothing and holds nothing."""
    laws.same("headers_alone")


def test_the_order_of_columns_does_not_matter(laws: Laws) -> None:
    """Columns in any order, with one that nobody knows, give the same marts."""
    laws.same("columns_in_another_order")


def test_headers_may_be_written_in_any_way(laws: Laws) -> None:
    """Case, spaces, underscores around and in headers do not matter."""
    laws.same("headers_written_otherwise")


def test_a_user_in_any_case_is_one_user(laws: Laws) -> None:
    """Users are trimmed and lower-cased (LIC-1)."""
    laws.same("users_written_otherwise")


def test_generations_of_names_mean_the_same(laws: Laws) -> None:
    """PureCloud, Cloud CX, Genesys Cloud CX permuted: the same licences (LIC-2, LIC-10)."""
    laws.same("charge_names_of_other_generations")


def test_instants_may_be_written_in_any_style(laws: Laws) -> None:
    """ISO 8601 with any offset and US style are one instant (PER-2)."""
    laws.same("instants_written_otherwise")


def test_dates_may_be_written_in_any_style(laws: Laws) -> None:
    """ISO and US dates are one day."""
    laws.same("days_written_otherwise")


def test_numbers_may_be_written_in_any_style(laws: Laws) -> None:
    """Thousands separators and trailing zeros do not change a number."""
    laws.same("numbers_written_otherwise")


def test_one_more_login_of_a_known_user_changes_nothing(laws: Laws) -> None:
    """LIC-1: a user with many logins is one unit."""
    laws.same("one_more_login_of_a_known_user")


def test_who_never_logged_in_is_not_counted(laws: Laws) -> None:
    """LIC-1, LIC-4: rows without a timestamp, of new users, change nothing."""
    laws.same("rows_without_a_timestamp")


def test_logging_out_and_in_at_one_instant_changes_nothing(laws: Laws) -> None:
    """LIC-7, LIC-8, LIC-11: sessions cut in two without a gap give the same peaks and hours."""
    # evidence shows the sessions, unassigned usage counts those outside: a piece may be so alone
    laws.same("sessions_cut_in_two", leave=["line_evidence", "unassigned_usage"])


def test_a_session_of_no_length_touches_nothing(laws: Laws) -> None:
    """LIC-8: logins and logouts at one instant, of new users, change nothing."""
    laws.same("sessions_of_no_length")


def test_a_day_under_two_names_of_a_resource_is_that_day(laws: Laws) -> None:
    """RES-2: a day's quantity split over two names of the resource adds up again."""
    # evidence shows the rows, unassigned usage says how many they are
    laws.same("resource_days_under_two_names", without=["rows"], leave=["line_evidence"])


def test_comments_and_the_order_of_keys_in_a_contract_do_not_matter(laws: Laws) -> None:
    """A contract's keys in any order, with comments and blank lines, are the contract."""
    laws.same("contract_keys_in_another_order")


def test_quotes_in_a_contract_do_not_matter(laws: Laws) -> None:
    """Scalars quoted or not are read by their key's type."""
    laws.same("contract_scalars_quoted")


def test_a_default_that_is_written_out_changes_nothing(laws: Laws) -> None:
    """CON-1, CON-7, PAY-1, VOX-1, VOX-3: defaults said are defaults meant."""
    laws.same("defaults_written_out")


def test_what_begins_later_changes_nothing_now(laws: Laws) -> None:
    """CON-14: an amendment after all that is billed changes no line."""
    laws.same("amended_far_in_the_future")


def test_an_amendment_to_the_same_changes_nothing(laws: Laws) -> None:
    """CON-14: an amendment that repeats what is in force makes no line and no order."""
    laws.same("amended_to_the_same", leave=["line_evidence"])  # it names the contract in force


def test_names_in_any_case_are_one_name(laws: Laws) -> None:
    """Case and repeated spaces of names do not matter (RES-1, VOX-5)."""
    # what shows a name as it was written shows it so
    laws.same(
        "names_written_otherwise", ["description", "title", "call_type", "usage_group", "subject"]
    )


def test_usage_before_the_contract_is_kept_and_not_billed(laws: Laws) -> None:
    """PER-7: usage before the effective date changes no invoice and is listed as unassigned."""
    laws.same("usage_before_the_contract", leave=["unassigned_usage"])
    for _, twin in laws.pairs["usage_before_the_contract"]:
        listed = {row["report"] for row in laws.marts["unassigned_usage"][twin.org]}
        assert {"billable_usage", "voice_usage", "resources_usage"} <= listed
