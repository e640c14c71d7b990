from __future__ import annotations

import logging
from typing import Any

import pytest

from dagster_project.landing import discover


def test_files_are_found_by_organization_report_and_name(house: Any) -> None:
    house.land("beta/devices/b.csv", "x")
    house.land("acme/voice_usage/2.csv.gz", "x")
    house.land("acme/voice_usage/1.ZIP", "x")
    found = [(file.org, file.report, file.path.name) for file in discover(house.settings)]
    assert found == [
        ("acme", "voice_usage", "1.ZIP"),
        ("acme", "voice_usage", "2.csv.gz"),
        ("beta", "devices", "b.csv"),
    ]


def test_only_the_organizations_asked_for_are_looked_at(house: Any) -> None:
    house.land("acme/devices/a.csv", "x")
    house.land("beta/devices/b.csv", "x")
    assert [file.org for file in discover(house.settings, ["beta"])] == ["beta"]


@pytest.mark.parametrize("name", [".a.csv", "a.csv.crdownload", "a.csv.part", "a.csv.tmp"])
def test_hidden_and_unfinished_files_are_ignored_without_a_word(
    house: Any, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    house.land(f"acme/devices/{name}", "x")
    assert discover(house.settings) == []
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("acme/devices/a.xlsx", "landing/acme/devices/a.xlsx is not read: a report is a .csv"),
        ("acme/device/a.csv", "landing/acme/device is not read: it is no report folder"),
        ("acme/devices/more/a.csv", "landing/acme/devices/more is not read"),
        ("Acme Inc/devices/a.csv", "landing/Acme Inc is not read: landing/ holds one folder per"),
        ("stray.csv", "landing/stray.csv is not read"),
    ],
)
def test_whatever_else_lies_in_the_landing_is_warned_of(
    house: Any, path: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    house.land(path, "x")
    with caplog.at_level(logging.WARNING):
        assert discover(house.settings) == []
    assert words in caplog.text


def test_a_landing_that_is_not_there_holds_nothing(house: Any) -> None:
    assert discover(house.settings) == []
