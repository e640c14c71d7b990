"""The imports that a run cannot do without: the measure of start-up."""

import dagster  # noqa: F401
import dagster_dbt  # noqa: F401
import dbt.cli.main  # noqa: F401

from tests.benchmarks.measure import tell

if __name__ == "__main__":
    tell({})
