"""A vendor's description has one key, in Python (the user's rows) and in SQL (the vendor's)."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.catalogue import description_key
from dagster_project.settings import DBT_DIR

_SPELLINGS = [
    "Genesys Cloud CX 2 User - Prepay",
    "genesys  cloud cx 2 user \u2013 PREPAY",
    "Genesys Cloud CX 2 User\u2011Prepay",
    "Genesys Cloud CX\u00a02 User \u2212 Pre\u00adpay",
    "G\u0435n\u0435sys \u0421l\u043eud \u0421\u0425 2 Us\u0435r - Pr\u0435p\u0430\u0443",
    "\u200bGenesys_Cloud_CX_2_User_Prepay",
    "\uff27enesys Cloud CX \uff12 User - Prepay ",
]


@pytest.fixture(scope="module")
def in_sql() -> duckdb.DuckDBPyConnection:
    """The dbt macro as a macro of DuckDB."""
    source = (DBT_DIR / "macros/description_key.sql").read_text()
    values = dict(re.findall(r"set (\w+) = '([^']*)'", source))
    expression = source[source.index("trim(") : source.rindex("{%")]
    for name, value in {**values, "description": "text"}.items():
        expression = expression.replace(f"{{{{ {name} }}}}", value)
    con = duckdb.connect()
    con.execute(f"create macro description_key(text) as {expression}")
    return con


@pytest.mark.parametrize("spelling", _SPELLINGS)
def test_every_spelling_has_the_same_key(spelling: str, in_sql: duckdb.DuckDBPyConnection) -> None:
    assert description_key(spelling) == "genesys cloud cx 2 user prepay"
    assert in_sql.execute("select description_key(?)", [spelling]).fetchone() == (
        "genesys cloud cx 2 user prepay",
    )


def test_another_word_has_another_key() -> None:
    keys = {description_key(text) for text in ("CX 2 User", "CX 3 User", "CX 2 Users", "СX2 User")}
    assert len(keys) == 4


@given(
    st.lists(
        st.sampled_from(
            [
                *"aZ9 %,.(\u00fc\u00df\u0130",
                "-",
                "\u2014",
                "\u00a0",
                "_",
                "\u0430",
                "\u0410",
                "\u03bd",
                "\u039d",
                "\uff21",
                "\u0413",
                "\u0445",
                "\t",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_python_and_sql_agree(in_sql: duckdb.DuckDBPyConnection, text: str) -> None:
    assert in_sql.execute("select description_key(?)", [text]).fetchone() == (
        description_key(text),
    )
