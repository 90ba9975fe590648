"""The command line: speaks to people, and knows the ledger only by its front door."""

__version__ = "0.1.0"
