"""The one home of slugs: how names become parts of charge codes (outputs.md 'Tables')."""

from __future__ import annotations

import re


def slug(name: str) -> str:
    """Lower case; runs of other characters than ASCII letters and digits one `_`, none at the ends.

    A name without any ASCII letter or digit has the empty slug, which no charge code can hold.
    """
    return re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_").lower()
