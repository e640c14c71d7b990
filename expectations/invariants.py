"""How a suite declares what reconciliation must find. The suites say what; this says how.

An invariant is one query, `rec_<family>__<sentence>`, and one typed expectation: in every row the
expected figure and the actual one are equal, to the last of their six decimals.
"""

from __future__ import annotations

from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.compatibility.pydantic import PrivateAttr
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration


class ExpectInvariantToHold(gxe.ExpectColumnPairValuesToBeEqual):  # type: ignore[misc]
    """The library's own, but for its configuration: made once, not at each of 60 readings."""

    _made: tuple[Any, ExpectationConfiguration] | None = PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """As the library makes it, kept until the expectation gets an identity or is rendered."""
        state = (self.id, self.rendered_content)
        if self._made is None or self._made[0] != state:
            self._made = (state, super().configuration)
        return self._made[1]


def holds(invariant_id: str, sentence: str, *, because: str | None = None) -> ExpectInvariantToHold:
    """Expected equals actual in every row of one invariant.

    Args:
        invariant_id: `<family>.<sentence>`, as the model `rec_<family>__<sentence>` yields it.
        sentence: what holds, for the reader of the Data Docs.
        because: why it must, where the sentence does not say so; rule ids go here.
    """
    return ExpectInvariantToHold(
        column_A="expected",
        column_B="actual",
        ignore_row_if="neither",
        row_condition=f'invariant_id == "{invariant_id}"',
        condition_parser="pandas",
        description=f"{invariant_id}: {sentence}",
        notes=because,
        severity="critical",
        meta={"invariant": invariant_id},
    )


def family_suite(family: str, *invariants: ExpectInvariantToHold) -> gx.ExpectationSuite:
    """The suite of a family: its invariants, that all are there, and that none is half there.

    A pair of figures of an invariant that yields no row is equal in vain, and two nulls are no
    proof: so the set of ids is asserted first, and that no figure is missing.
    """
    return gx.ExpectationSuite(
        name=family,
        expectations=[
            gxe.ExpectColumnDistinctValuesToEqualSet(
                column="invariant_id",
                value_set=[invariant.meta["invariant"] for invariant in invariants],
                description=f"Reconciliation computes the declared invariants of {family}, all "
                "of them and no other.",
                severity="critical",
                meta={"register": family},
            ),
            *(
                gxe.ExpectColumnValuesToNotBeNull(
                    column=column,
                    description=f"No invariant of {family} lacks its {column} figure.",
                    severity="critical",
                    meta={"figure": column},
                )
                for column in ("expected", "actual")
            ),
            *invariants,
        ],
    )


def declared(suite: gx.ExpectationSuite) -> dict[str, str]:
    """Invariant ids of a suite with their sentences."""
    return {
        expectation.meta["invariant"]: expectation.description.removeprefix(
            f"{expectation.meta['invariant']}: "
        )
        for expectation in suite.expectations
        if expectation.meta and "invariant" in expectation.meta
    }
