"""How much there is of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ledger.projections.decisions import decision
from ledger.projections.members import presence
from ledger.projections.ownership import holding, offer, responsibility
from ledger.projections.temporal import at

if TYPE_CHECKING:
    from ledger.asking.view import View


def counted(view: View) -> dict[str, int]:
    """How many members, responsibilities, holdings, offers and decisions there are at the moment."""
    tables = {
        "members": presence,
        "responsibilities": responsibility,
        "held": holding,
        "offered": offer,
        "decisions": decision,
    }
    return {
        name: view.connection.execute(select(func.count()).where(at(table, view.at, view.known))).scalar_one()
        for name, table in tables.items()
    }
