"""Says what a run is doing, to whoever asked: nothing by default, a live display in a terminal."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What the assets tell while they work."""

    def stage(self, title: str, total: int | None = None) -> None:
        """A new stage begins, of `total` steps if that is known."""

    def step(self, label: str) -> None:
        """One step of the stage is done."""


class SilentProgress:
    """For schedules and the web UI, which have Dagster's own events."""

    def stage(self, title: str, total: int | None = None) -> None:
        """Says nothing."""

    def step(self, label: str) -> None:
        """Says nothing."""
