"""What this run is asked for: which organizations, which invoice months, and what day it is."""

from datetime import UTC, date, datetime
from difflib import get_close_matches

import dagster as dg
from pydantic import Field

from dagster_project.defs.partitions import invoice_months
from dagster_project.defs.resources import DataDirectory
from dagster_project.errors import ContractError, UsageError
from dagster_project.genesys.registry import REPORTS
from dagster_project.issuing import mark_frozen, refresh_issued
from dagster_project.warehouse import POOL, work


class RunRequestConfig(dg.Config):
    """What a run is asked for; by default it drafts for all organizations as of today."""

    orgs: list[str] = Field(default_factory=list, description="Organizations; empty: all.")
    as_of: str = Field(default="", description="Today, YYYY-MM-DD; empty: the UTC date.")
    issue: bool = Field(
        default=False, description="Issue the closed, unheld drafts: they never change again."
    )


@dg.asset(
    key=["ops", "run"],
    deps=["contracts", *(["genesys", report] for report in REPORTS)],
    partitions_def=invoice_months,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="ingestion",
    kinds={"duckdb"},
    pool=POOL,
    description="The request of the run in progress; dbt's scope models start from it.",
)
def run_request(
    context: dg.AssetExecutionContext, config: RunRequestConfig, data_directory: DataDirectory
) -> dg.MaterializeResult[None]:
    """Writes ops.run and ops.run_requests.

    Raises:
        UsageError: an organization without a contract file; only months that are pruned.
        ContractError: none of the organizations asked for has a valid contract.
    """
    as_of = date.fromisoformat(config.as_of) if config.as_of else datetime.now(UTC).date()
    months = [date.fromisoformat(key) for key in context.partition_keys]
    settings = data_directory.settings()
    with work(settings) as con:
        refresh_issued(settings, con)
        mark_frozen(settings, con)
        valid = {
            org for (org,) in con.execute("select org from contracts.organizations").fetchall()
        }
        broken = dict(con.execute("select org, message from ops.contract_errors").fetchall())
        for org in config.orgs:
            if org not in valid and org not in broken:
                near = get_close_matches(org, valid | set(broken), n=3)
                hint = f"did you mean {', '.join(near)}?" if near else "see `cxledger new-org`"
                raise UsageError(f"there is no contracts/{org}.yml: {hint}")
        chosen = sorted(set(config.orgs) & valid if config.orgs else valid)
        if not chosen:
            raise ContractError(
                "\n".join(broken.values())
                or "there is no contract yet: write contracts/<org>.yml (`cxledger new-org`)"
            )
        requests = [(org, month) for month in months for org in chosen]
        pruned = set(con.execute("select org, invoice_month from ops.pruned_months").fetchall())
        if pruned.issuperset(requests):
            raise UsageError(
                f"{months[0]:%Y-%m} is settled and pruned (`cxledger prune`): its invoices stand, "
                "and no run computes it again"
            )
        con.begin()
        con.execute("delete from ops.run")
        con.execute("delete from ops.run_requests")
        con.execute(
            "insert into ops.run values (?, ?, ?, ?)",
            [context.run_id, as_of, datetime.now(UTC).replace(tzinfo=None), config.issue],
        )
        con.executemany(
            "insert into ops.run_requests values (?, ?)",
            requests,
        )
        con.commit()
    return dg.MaterializeResult(metadata={"organizations": len(chosen), "as_of": as_of.isoformat()})
