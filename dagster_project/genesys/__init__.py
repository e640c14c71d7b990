"""Usage reports: bytes in, typed rows and rejects out. Knows neither Dagster nor DuckDB."""

from dagster_project.genesys.registry import REPORTS

__all__ = ["REPORTS"]
