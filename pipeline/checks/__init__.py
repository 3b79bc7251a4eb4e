"""Deterministic arithmetic: `run_checks(document, facts)` and the catalogue behind it."""

from pipeline.checks.catalogue import all_identities, explain
from pipeline.checks.run import CheckReport, run_checks

__all__ = ["CheckReport", "all_identities", "explain", "run_checks"]
