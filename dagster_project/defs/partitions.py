"""The one partitioning: invoice months (PER-4). Usage follows the file ledger and has none."""

import dagster as dg

# the first cloud contracts date from 2015; the running month is included, for estimates (RPT-3)
invoice_months = dg.MonthlyPartitionsDefinition(start_date="2015-01-01", end_offset=2)
