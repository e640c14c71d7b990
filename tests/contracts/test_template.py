"""The contract that `cxledger new-org` writes."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dagster_project.contracts import new_org_contract
from dagster_project.contracts.model import Terms, known_keys
from dagster_project.errors import ContractError
from tests.contracts.conftest import Load


def test_a_new_contract_loads_as_it_stands(load: Load) -> None:
    contract = load(text=new_org_contract("acme", date(2026, 1, 15)))
    assert contract.effective_date == date(2026, 1, 15)
    assert [entry.licence for entry in contract.base.licences] == ["cx2"]
    load(text=new_org_contract("acme"))


def test_what_it_shows_in_comments_loads_too(load: Load) -> None:
    text = new_org_contract("acme", date(2026, 1, 15))
    text = re.sub(
        r"^(devices|appfoundry|one_time|recurring|fees|taxes|amendments): \[\]$",
        r"\1:",
        text,
        flags=re.MULTILINE,
    )
    shown = re.sub(
        r"^( *)# (?=(  )*(- )?[a-z_]*: |bill_to:|  \{|- [a-z{])", r"\1", text, flags=re.MULTILINE
    )
    shown = re.sub(
        r"^(types|count_model|peak modes|base licences)",
        r"# \1",
        shown,
        flags=re.MULTILINE | re.IGNORECASE,
    )
    shown = re.sub(r"^( *)(count_model,|peak modes)", r"\1# \2", shown, flags=re.MULTILINE)
    contract = load(text=shown)
    terms = contract.base
    assert len(contract.versions) == 2
    for entries in (terms.devices, terms.appfoundry, terms.one_time, terms.recurring, terms.fees):
        assert entries
    assert terms.voice.short_call is not None
    assert terms.bill_to.name


def test_it_explains_every_key() -> None:
    text = new_org_contract("acme")
    keys = set(known_keys(()))
    for name in ("contract", "peak", "voice", "short_call", "numbers", "did"):
        keys |= known_keys((name,))
    assert {key for key in keys if not re.search(rf"\b{key}\b", text)} == set()
    assert set(Terms.model_fields) <= keys


def test_a_name_that_is_no_slug_is_refused() -> None:
    with pytest.raises(ContractError, match="no name for an organization"):
        new_org_contract("Acme Inc")
