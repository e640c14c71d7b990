"""A hint for an unknown word: the known ones that it is most like."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from rapidfuzz import process

_LISTED = 12


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean a or b?`, else what there is to choose from: all if few, else the first.

    Args:
        word: what was written.
        known: what could have been.
    """
    choices = sorted(known)
    spelled = {choice.lower(): choice for choice in choices}
    near = get_close_matches(word.lower(), spelled, n=2, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(spelled[match] for match in near)}?"
    listed = ", ".join(choices[:_LISTED])
    return f"known: {listed}{', …' if len(choices) > _LISTED else ''}"


def nearest_names(word: str, known: Iterable[str]) -> str:
    """`Nearest: a, b, c.`, the three names that are most like the word; empty if none is known.

    For ids, which nobody guesses from a list: however unlike, the nearest are the best hint.
    """
    near = [name for name, _, _ in process.extract(word, list(known), limit=3)]
    return f"Nearest: {', '.join(near)}." if near else ""
