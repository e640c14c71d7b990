"""Usage reports: bytes in, typed rows and rejects out. Knows neither Dagster nor DuckDB."""
