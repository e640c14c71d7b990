"""The proof: what reconciliation must find, asserted by Great Expectations."""
