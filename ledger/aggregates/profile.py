"""The profiles: what each kind of organisation has for rules where they differ, as data that the rules read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Profile:
    """One column of the table of profiles.

    `accepted` says whether a holder's yes gives authority, or the offer does and the yes is an acknowledgement.
    `joint` says whether any group may hold together, or only a body of elected members. `further` says who may
    delegate further. `reserved` are the types that the root keeps from the start. `overruled` and `ratified` say
    whether what was decided below may be undone from above, and what was decided outside mandate taken inside;
    it may be reversed, superseded or decided anew in every profile. `urgent` says who may decide where waiting is
    impossible. `reported` says what must be told, and `usual_level` is the level of an offer that names none. No
    mandate lasts longer than the `window`: a term ends with the root's own mandate. `numbered` says which registers
    there may be. `public` says that whoever asks may come to read what is written between two.
    """

    name: str
    accepted: Literal["needed", "acknowledged"] = "needed"
    joint: Literal["any group", "a body"] = "any group"
    further: Literal["as the mandate says", "the head of administration"] = "as the mandate says"
    reserved: tuple[str, ...] = ()
    overruled: bool = True
    ratified: bool = True
    urgent: Literal["with a reason", "by the named"] = "with a reason"
    reported: Literal["at level 6", "or minuted, per item", "above a limit"] = "at level 6"
    usual_level: int = 6
    window: Literal["none", "term", "fiscal year"] = "none"
    numbered: Literal["as wished", "one register a year"] = "as wished"
    public: bool = False


TILLIT = Profile("tillit")

# Kommunallagen 6:37-40, 7:5-8, as read in delegation orders and in what SKR says of them. The reserved are those of
# 6:38: goals, direction, scope or quality of the activity; statements to the council and on appeals of the board's own
# decisions; exercise of authority against individuals that is of principle or of greater weight.
KOMMUNAL = Profile(
    "kommunal",
    accepted="acknowledged",
    joint="a body",
    further="the head of administration",
    reserved=("direction/*", "statement/*", "principle/*"),
    overruled=False,
    ratified=False,
    urgent="by the named",
    reported="or minuted, per item",
    window="term",
    numbered="one register a year",
    public=True,
)

# Which matters are the board's is for the company to say: they are called board/...
BOLAG = Profile("bolag", reserved=("board/*",), reported="above a limit", usual_level=7, window="fiscal year")

PROFILES = {each.name: each for each in (TILLIT, KOMMUNAL, BOLAG)}
