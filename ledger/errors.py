"""The ways the ledger says no, each by who must act on it."""

from __future__ import annotations


class LedgerError(Exception):
    """Something the ledger will not or cannot do.

    `code` is stable for ever and never translated; `template` and `facts` make the sentence, so that the
    command line can translate the one and fill in the other. `hints` are ways out, most useful first.
    """

    def __init__(self, code: str, template: str, /, *, hints: tuple[str, ...] = (), **facts: object) -> None:
        super().__init__(code, template, facts)
        self.code = code
        self.template = template
        self.facts = facts
        self.hints = hints

    def __str__(self) -> str:
        return self.template.format(**self.facts)


class Malformed(LedgerError):
    """The words make no command: a value of the wrong form, an unknown field, a broken line."""


class Refused(LedgerError):
    """A rule said no and will say no again; `code` is the rule's."""

    @property
    def rule(self) -> str:
        return self.code


class NotFound(LedgerError):
    """Nothing, or several, by that name; the candidates stand in `hints`."""


class Unknown(NotFound, Refused):
    """A rule needed something by a name that nothing has; its code ends in `.unknown`."""


class Damaged(LedgerError):
    """History does not verify, or cannot be read as it was written."""


class Conflict(LedgerError):
    """Somebody else wrote first, every time it was tried."""


class Unavailable(LedgerError):
    """The place where the record lives cannot be used now: no rights, no room, no answer."""
