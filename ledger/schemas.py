"""The published JSON Schema of everything that is stored and everything that can be told."""

from __future__ import annotations

from typing import Literal

from ledger.commands import COMMANDS
from ledger.events import KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(of: Literal["events", "commands"]) -> dict[str, object]:
    """JSON Schema with one definition per event kind, or per command as a journal line writes it."""
    if of == "events":
        definitions = {kind: event.model_json_schema(mode="serialization") for kind, event in KINDS.items()}
        return {"$schema": DIALECT, "title": "Events of a Tillit ledger", "$defs": definitions}
    definitions = {}
    for do, command in COMMANDS.items():
        written = command.model_json_schema(mode="validation")
        written["properties"] = {"do": {"const": do}, **written["properties"]}
        written["required"] = ["do", *written.get("required", ())]
        definitions[do] = written
    return {
        "$schema": DIALECT,
        "title": "Commands to a Tillit ledger, as a journal holds them",
        "oneOf": [{"$ref": f"#/$defs/{do}"} for do in COMMANDS],
        "$defs": definitions,
    }
