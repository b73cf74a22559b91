"""Where the points of automatic criteria come from: reports, records, files (work.py) and the ledger (money.py)."""

from assessments.sources import money, work
from assessments.sources.registry import Finding, Scope, Source, read_sources, register, source_choices, sources

__all__ = ["Finding", "Scope", "Source", "money", "read_sources", "register", "source_choices", "sources", "work"]
