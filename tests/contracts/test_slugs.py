from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.contracts.slugs import slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Minutes/Month", "minutes_month"),
        ("  Polycom VVX 350 ", "polycom_vvx_350"),
        ("Phone -- A!", "phone_a"),
        ("Überwachung", "berwachung"),
        ("\u212aelvin", "elvin"),
        ("already_a_slug", "already_a_slug"),
        ("環境費", ""),
    ],
)
def test_a_slug_keeps_ascii_letters_and_digits(name: str, expected: str) -> None:
    assert slug(name) == expected


@given(st.text())
def test_every_slug_has_its_shape_and_is_its_own_slug(name: str) -> None:
    made = slug(name)
    assert re.fullmatch(r"([a-z0-9]+(_[a-z0-9]+)*)?", made)
    assert slug(made) == made


@given(st.text(), st.text(alphabet=" -_/.!é", min_size=1), st.text())
def test_what_stands_between_letters_does_not_matter(left: str, gap: str, right: str) -> None:
    assert slug(f"{left}{gap}{right}") == slug(f"{left} {right}")
