"""Housekeeping commands: the founding, corrections and evidence."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue

from ledger.commands.base import Command, Handle, Many, Text, Title


class Found(Command):
    """Only the first command of a ledger."""

    do: ClassVar[str] = "init"
    name: Title
    origin: Annotated[str, Field(pattern=r"^[!-*,-~]{1,200}$")]
    founders: Annotated[Many[Handle], Field(min_length=1)]
    profile: Literal["tillit", "kommunal"] = "tillit"
    language: Literal["en", "sv"] = "en"


class Correct(Command):
    """`field` (dots lead inwards) of the event `version` of `stream` should have said `after`."""

    do: ClassVar[str] = "correct"
    stream: Text
    version: int = Field(ge=1)
    field: Text
    after: JsonValue


class Annul(Command):
    do: ClassVar[str] = "annul"
    stream: Text
    version: int = Field(ge=1)


class Attach(Command):
    """Link evidence to a stream; `digest` is `sha256:` and hex."""

    do: ClassVar[str] = "attach"
    stream: Text
    uri: Text
    label: Title
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
