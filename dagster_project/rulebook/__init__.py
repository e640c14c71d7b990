"""The rulebook as data: each rule's text and source, its home, its tests, its mutation score.

What belongs here: finding and showing. What does not: any rule's doing; that is its home's. Reads
files only, so that `cxledger rules` answers at once; what an installation leaves out (the tests,
the dbt project, measurements) is shown as missing.
"""

from dagster_project.rulebook.register import Register, Rule, Score, load_register

__all__ = ["Register", "Rule", "Score", "load_register"]
