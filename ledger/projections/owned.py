"""The tables of who owns what: responsibilities, offers, what is held, stand-ins, and what allowances were drawn."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, MetaData, String

from ledger.projections.temporal import temporal_table

metadata = MetaData()

responsibility = temporal_table(
    "responsibility",
    metadata,
    Column("code", String, nullable=False),
    Column("title", String, nullable=False),
    Column("parent", String),
    Column("purpose", String),
    Column("decides", String, nullable=False),
    Column("reserved", String, nullable=False),
    Column("legal_basis", String),
    Column("report_rule", String),
    Column("goals", String),
    Column("life", String(27), nullable=False),
    find_by=("code", "parent"),
)
offer = temporal_table(
    "offer",
    metadata,
    Column("number", Integer, nullable=False),
    Column("to", String, nullable=False),
    Column("delegator", String, nullable=False),
    Column("mandate", String, nullable=False),
    Column("review_on", String, nullable=False),
    Column("check_in_every", String),
    Column("basis", String),
    Column("succeeds", Integer),
    Column("in_force", Boolean, nullable=False),
    find_by=("to",),
)
holding = temporal_table(
    "holding",
    metadata,
    Column("number", Integer, nullable=False),
    Column("holder", String, nullable=False),
    Column("delegator", String, nullable=False),
    Column("mandate", String, nullable=False),
    Column("mandate_since", String(27), nullable=False),
    Column("level", Integer, nullable=False),
    Column("held_since", String(27), nullable=False),
    Column("cause", String),
    Column("review_on", String, nullable=False),
    Column("check_in_every", String),
    Column("reservations", String),
    Column("basis", String),
    find_by=("holder", "delegator"),
    keep_empty=True,
)
stand_in = temporal_table(
    "stand_in",
    metadata,
    Column("number", Integer, nullable=False),
    Column("member", String, nullable=False),
    Column("named_by", String, nullable=False),
    find_by=("member",),
)
allowance = temporal_table(
    "allowance",
    metadata,
    Column("year", Integer, nullable=False),
    Column("amount", String, nullable=False),
    Column("decision", String, nullable=False),
)
