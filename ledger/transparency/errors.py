"""The ways a transparency log's material fails to convince, each with one sentence that says why."""

from __future__ import annotations


class TransparencyError(ValueError):
    """Something handed in proves nothing, or has not the form that its specification asks for.

    The one argument is a sentence for people; `str()` gives it back.
    """

    def __init__(self, sentence: str, /) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InvalidProof(TransparencyError):
    """A Merkle proof does not prove what it was handed in for, or cannot exist for a tree of that size."""


class InvalidNote(TransparencyError):
    """A signed note, checkpoint or signature is malformed, or no known key made it."""


class InvalidPolicy(TransparencyError):
    """A policy is malformed, or what was handed in does not meet it."""


class InvalidTile(TransparencyError):
    """A tile, a bundle of entries or the path of one is not as tlog-tiles writes it."""
