"""Keys and what was signed with them, outside the ledger's folder: the signer is the first witness of its own log."""

from __future__ import annotations

from ledger.signing.keys import Keys
from ledger.signing.memory import Memory, Signed
from ledger.signing.signer import Signer, Turn

__all__ = ["Keys", "Memory", "Signed", "Signer", "Turn"]
