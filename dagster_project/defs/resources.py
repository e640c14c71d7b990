"""What assets are given: where the data are, whom to tell about progress, who hashes and proves."""

from pathlib import Path

import dagster as dg

from dagster_project.landing import sha256_of
from dagster_project.progress import SilentProgress
from dagster_project.settings import Settings
from expectations.validate import Prover


class DataDirectory(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The data directory of a run; empty means the environment's (settings.py)."""

    path: str = ""

    def settings(self) -> Settings:
        """Paths and limits under this directory."""
        return Settings.load(Path(self.path) if self.path else None)


@dg.definitions
def resources() -> dg.Definitions:
    """Defaults; the command line replaces all."""
    return dg.Definitions(
        resources={
            "data_directory": DataDirectory(),
            "progress": dg.ResourceDefinition.hardcoded_resource(SilentProgress()),
            "hasher": dg.ResourceDefinition.hardcoded_resource(sha256_of),
            "prover": dg.ResourceDefinition.hardcoded_resource(Prover()),
        }
    )
