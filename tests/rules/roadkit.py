"""Matters opened in the world of `scenario`, and the words that are said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario import team

from ledger.events.decision import DecisionProposed

if TYPE_CHECKING:
    from scenario import Scenario


def proposed(world: Scenario, process: str = "consent", *, by: str = "anna", on: str = "03-01", **fields: Any) -> str:  # noqa: ANN401 - a command's fields
    """The id of what anna proposed in norr: to lease, or to buy."""
    matter = {"title": "Vans", "in": "norr", "type": "purchase", "options": ["lease", "buy"], "process": process}
    if process in {"consent", "consensus"}:
        matter["consenters"] = ["anna", "bo", "cia"]
    (event,) = world.events("propose", by=by, on=on, **{**matter, **fields})
    assert isinstance(event, DecisionProposed)
    return event.decision


def choose(id_: str, on: str = "03-20", by: str = "anna", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - a command's fields
    return {"decision": id_, "chose": "lease", "by": by, "on": on, **fields}


def consents(world: Scenario, id_: str, *who: str, on: str = "03-05", version: int = 1) -> None:
    for each in who:
        world.tell("consent", decision=id_, by=each, on=on, version=version)


def opened(world: Scenario, **fields: Any) -> DecisionProposed:  # noqa: ANN401 - a command's fields
    matter = {"title": "Vans", "in": "norr", "type": "purchase", "options": ["lease", "buy"], "by": "bo", "on": "03-01"}
    (event,) = world.events("propose", **{**matter, **fields})
    assert isinstance(event, DecisionProposed)
    return event


def board(acts: str = "together") -> Scenario:
    """As `team`, with syd held by a board in which bo and cia sit."""
    world = team().tell("member add", handle="board", group=True, acts=acts, on="01-02")
    for handle in ("bo", "cia"):
        world.tell("member join", group="board", handle=handle, on="01-02")
    everyone = {"with": ["cia"]} if acts == "together" else {}
    world.tell("define", code="syd", title="South").tell("offer", code="syd", to="board")
    return world.tell("accept", code="syd", by="bo", on="02-02", **everyone)
