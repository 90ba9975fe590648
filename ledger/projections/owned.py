"""The tables of who owns what: responsibilities, offers, what is held, stand-ins, and what allowances were drawn."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, MetaData

from ledger.projections.temporal import TEXT, temporal_table

metadata = MetaData()

responsibility = temporal_table(
    "responsibility",
    metadata,
    Column("code", TEXT, nullable=False),
    Column("title", TEXT, nullable=False),
    Column("parent", TEXT),
    Column("purpose", TEXT),
    Column("decides", TEXT, nullable=False),
    Column("reserved", TEXT, nullable=False),
    Column("legal_basis", TEXT),
    Column("report_rule", TEXT),
    Column("goals", TEXT),
    Column("life", TEXT, nullable=False),
    find_by=("code", "parent"),
)
offer = temporal_table(
    "offer",
    metadata,
    Column("number", Integer, nullable=False),
    Column("to", TEXT, nullable=False),
    Column("delegator", TEXT, nullable=False),
    Column("mandate", TEXT, nullable=False),
    Column("review_on", TEXT, nullable=False),
    Column("check_in_every", TEXT),
    Column("basis", TEXT),
    Column("succeeds", Integer),
    Column("in_force", Boolean, nullable=False),
    find_by=("to",),
)
holding = temporal_table(
    "holding",
    metadata,
    Column("number", Integer, nullable=False),
    Column("holder", TEXT, nullable=False),
    Column("delegator", TEXT, nullable=False),
    Column("mandate", TEXT, nullable=False),
    Column("mandate_since", TEXT, nullable=False),
    Column("level", Integer, nullable=False),
    Column("held_since", TEXT, nullable=False),
    Column("cause", TEXT),
    Column("review_on", TEXT, nullable=False),
    Column("check_in_every", TEXT),
    Column("reservations", TEXT),
    Column("basis", TEXT),
    find_by=("holder", "delegator"),
    keep_empty=True,
)
stand_in = temporal_table(
    "stand_in",
    metadata,
    Column("number", Integer, nullable=False),
    Column("member", TEXT, nullable=False),
    Column("named_by", TEXT, nullable=False),
    find_by=("member",),
)
allowance = temporal_table(
    "allowance",
    metadata,
    Column("year", Integer, nullable=False),
    Column("amount", TEXT, nullable=False),
    Column("decision", TEXT, nullable=False),
)
