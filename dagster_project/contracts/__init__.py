"""Contracts: contracts/<org>.yml → validated, versioned model → the rows of contracts.*.

What belongs here: reading, types, codes, amendments (CON-14) and what a contract may not say. What
does not: any billing arithmetic, and every default that is a rule; both are dbt's.
"""

from dagster_project.contracts.loading import (
    Contract,
    ContractsLoad,
    load_contract,
    load_contracts,
)
from dagster_project.contracts.rows import contract_rows, write_contracts
from dagster_project.contracts.template import new_org_contract

__all__ = [
    "Contract",
    "ContractsLoad",
    "contract_rows",
    "load_contract",
    "load_contracts",
    "new_org_contract",
    "write_contracts",
]
