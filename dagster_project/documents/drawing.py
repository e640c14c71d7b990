"""Where the bars of a page lie: shares of a drawing's width, from figures that are already made.

Lengths on a screen, nothing else; no figure that is printed comes from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 100.0
_ZOOMED_SHARE = Decimal("0.5")
_LEFT_MARGIN, _RIGHT_MARGIN = Decimal("0.35"), Decimal("0.05")


@dataclass(frozen=True)
class Bar:
    """A rectangle in a drawing of 100 by 10, and the colour class that fills it."""

    x: float
    width: float
    fill: str
    y: float = 1.5
    height: float = 7.0


@dataclass(frozen=True)
class Axis:
    """The figures at both ends of a drawing.

    Attributes:
        low: at the left edge; 0 unless the differences would be too small to see.
        high: at the right edge.
    """

    low: Decimal
    high: Decimal

    def at(self, figure: Decimal) -> float:
        """Its place, 0 to 100."""
        span = self.high - self.low
        share = (figure - self.low) / span if span else Decimal(0)
        return round(WIDTH * float(min(max(share, Decimal(0)), Decimal(1))), 3)

    def bar(self, start: Decimal, end: Decimal, fill: str) -> Bar:
        """From one figure to another; at least a hair wide, so that it is seen."""
        left, right = sorted((self.at(start), self.at(end)))
        return Bar(x=min(left, WIDTH - 0.4), width=max(round(right - left, 3), 0.4), fill=fill)


def axis(figures: Sequence[Decimal], *, may_zoom: bool = False) -> Axis:
    """The axis that holds all figures and 0; zoomed in if all lie close together, far from 0.

    Args:
        figures: what is to be drawn.
        may_zoom: whether the left edge may be another figure than 0; the page must say so.
    """
    low, high = min(figures, default=Decimal(0)), max(figures, default=Decimal(0))
    span = high - low
    if may_zoom and low > 0 and span and span < high * _ZOOMED_SHARE:
        return Axis(max(low - span * _LEFT_MARGIN, Decimal(0)), high + span * _RIGHT_MARGIN)
    return Axis(min(low, Decimal(0)), max(high, Decimal(0)))


def columns(figures: Sequence[Decimal]) -> list[Bar]:
    """Upright bars side by side in a drawing of 10 a bar by 100, as (x, width) and (y, height)."""
    most = max((*figures, Decimal(0)))
    bars = []
    for place, figure in enumerate(figures):
        height = round(98 * float(figure / most), 3) if most and figure > 0 else 0.0
        bars.append(
            Bar(x=10.0 * place + 1, width=8.0, y=round(99 - height, 3), height=height, fill="ours")
        )
    return bars
