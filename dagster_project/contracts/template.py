"""The commented contract file that `cxledger new-org` writes: it loads as it stands."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dagster_project.contracts.loading import require_slug

_TEMPLATE = """\
# Contract of {org}: what is billed, and by which terms. Every key is checked when it is loaded.
# Prices, commitments, licence model and contract type change by an amendment (at the end), never
# by an edit: periods that were issued stay as they are.

org: {org}                       # equal to this file's name
name: {org}                      # as invoices print it
country: US                      # ISO 3166 code; decides domestic calls and the billing region
currency: USD                    # AUD BRL CAD EUR GBP JPY NZD USD
# customer: {org}                # organizations of one customer share the limit for cards
time_zone: UTC                   # IANA name; periods begin at its midnights
channel: direct                  # direct | partner (a partner's usage may have no price)
trial: false                     # true: usage is measured and nothing is priced
# trial_ends_on: {trial_ends_on}      # default: twelve months after the effective date
# payment_url: "https://pay.example/{{invoice_id}}"
# statement_recipients: [billing@customer.example]
# bill_to:
#   {{name: Customer Inc., address: [1 Main Street, Springfield], email: ap@customer.example}}

contract:
  # number: C-1001
  # purchase_order: PO-7
  effective_date: {effective_date}     # the order's date; periods begin on its day of the month
  ramp_months: 0                 # periods before the first term
  ramp_policy: software_free     # software_free | actual_usage (older contracts)
  term_months: 12
  auto_renew: true
  terminated_on: null            # the period that contains this day is the last
  subscription: annual_monthly   # annual_prepay | annual_monthly | monthly
  licence_model: named           # named | concurrent | hourly
  payment_terms_days: 30
  mixed_tiers: allowed           # forbidden: CX 1, 2 and 3 may not be mixed (older contracts)
  peak: {{minutes: 30, mode: cumulative_at_least, accept_daily_report: false}}
  # peak modes: cumulative_at_least | cumulative_exact | contiguous

# Base licences and add-ons; in an hourly contract quantities are hours. on_demand_rate defaults to
# prepay_rate. Any entry below may carry billed_in_ramp: true or false.
licences:
  - {{licence: cx2, committed: 10, prepay_rate: 100, on_demand_rate: 120}}
  # - {{add_on: wem, charge_name: Genesys Cloud CX 2 WEM Add-On I, on_demand_rate: 30}}

# Price of what goes beyond the fair-use allowance; messaging has none.
resources:
  - {{resource: ivr_minutes, overage_rate: 0.01}}
  - {{resource: storage_gb, overage_rate: 0.25}}       # combine: sum | average | max | last
  # - {{resource: api_requests, overage_rate: 0.0001, allocation: {{cx2: 110000}}}}

voice:
  # cutoff_utc: "07:00"          # calls are cut at this time instead of the local midnight
  rating: cdr                    # cdr: each call's own cost | rate_sheet: reference/voice_rates.csv
  # rate_sheet: us-{year}
  rounding: up                   # up | nearest, to increment_seconds
  increment_seconds: 6
  # telco_commit_discount: 0.10  # is in the call records already; explains variances only
  # short_call: {{rate: 0.012, min_calls: 100, min_share: 0.15}}   # left out: no surcharge
  numbers:
    billing: arrears             # arrears | advance
    did: {{recurring_rate: 1.00, setup_rate: 1.50}}
    toll_free: {{recurring_rate: 2.00, setup_rate: 2.50}}

devices: []
# - {{device_type: Desk phone, rate: 5.00}}
# - {{device_type: Wallboard, charge_name: Wallboard Device Charge, rate: 18}}

appfoundry: []
# types: site | user | metered_sum | metered_high_water | mimic
# count_model, of a user part: named | hourly | concurrent
# - {{app: Transcriber, part: minutes, type: metered_sum, on_demand_rate: 0.25}}
# - {{app: Coach, part: seat, type: user, charge_name: Coach User, on_demand_rate: 4}}

one_time: []
# - {{name: Enablement package, amount: 5000, date: {effective_date}}}

recurring: []
# - {{name: Premium care, section: core, quantity: 1, rate: 250, from: {effective_date}}}
# - {{name: Support, rate: 80, to: {trial_ends_on}, in_advance: true}}  # below 0: a credit

fees: []
# - {{name: Regulatory fee, basis: calls, rate: 0.01}}      # numbers | users | calls | invoice

taxes: []
# - {{name: Sales tax, rate: 0.07, sections: [core, resources]}}     # left out: all sections

amendments: []
# - effective_from: {amended_from}     # counts from the first period that starts on or after it
#   contract: {{licence_model: concurrent}}      # contract and voice: only the keys given change
#   licences: [{{licence: cx2, committed: 15, prepay_rate: 95, on_demand_rate: 115}}]
"""


def new_org_contract(org: str, effective_date: date | None = None) -> str:
    """A contract file with every key explained.

    Args:
        org: slug of the organization.
        effective_date: of the order; default: the first of the current month.

    Raises:
        ContractError: `org` is no slug.
    """
    require_slug(org)
    start = effective_date or datetime.now(UTC).date().replace(day=1)
    later = date(start.year + 1, start.month, 1)
    return _TEMPLATE.format(
        org=org,
        effective_date=start,
        trial_ends_on=later,
        amended_from=later,
        year=start.year,
    )
