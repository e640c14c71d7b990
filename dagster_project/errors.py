"""Errors that a person is meant to read: what is wrong, where, and what to do, in a line or two."""

from __future__ import annotations


class CxLedgerError(Exception):
    """Anything that stops a run, said so that its reader can act.

    Attributes:
        exit_code: the process's exit status (outputs.md): 1 the run failed, 2 wrong usage or a
            contract error.
    """

    exit_code = 1


class UsageError(CxLedgerError):
    """The command was asked for something that does not exist or does not fit."""

    exit_code = 2


class ContractError(CxLedgerError):
    """A contract file is wrong; names file, line and key. Stops that organization only."""

    exit_code = 2


class CatalogueError(CxLedgerError):
    """A catalogue or reference/*.csv file is wrong; names file, line and column."""

    exit_code = 2


class VendorInvoiceError(CxLedgerError):
    """A vendor's PDF cannot be read, or does not add up."""

    exit_code = 2


class LandingError(CxLedgerError):
    """A landed file cannot be read at all (a folder that is no report, an unreadable file)."""


class WarehouseError(CxLedgerError):
    """The warehouse cannot be opened, built, checked or published."""
