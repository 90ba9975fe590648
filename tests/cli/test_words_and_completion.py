"""The reader's language, and what a shell may complete."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import click
import pytest
from click.shell_completion import ShellComplete

from cli import completion, words
from cli.main import root

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Say = Callable[..., Result]
    Demonstrate = Callable[[click.Command], None]
    Tillit = Callable[..., subprocess.CompletedProcess[str]]


def catalogue(folder: Path, sentences: dict[str, str]) -> None:
    """Writes the compiled form that gettext reads (GNU gettext manual, The Format of GNU MO Files)."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **sentences}.items())
    keys, values = ([text.encode() for text in column] for column in zip(*pairs, strict=True))
    at = 28 + 16 * len(pairs)
    table = b""
    for text in (*keys, *values):
        table += struct.pack("<II", len(text), at)
        at += len(text) + 1
    path = folder / "sv" / "LC_MESSAGES" / "tillit.mo"
    path.parent.mkdir(parents=True)
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    path.write_bytes(head + table + b"".join(text + b"\0" for text in (*keys, *values)))


def test_the_environment_chooses_the_language(tillit: Tillit, tmp_path: Path) -> None:
    catalogue(
        tmp_path, {"Ask": "Fråga", "Friday": "fredag", "There is no day {text} in the calendar.": "{text} finns ej."}
    )
    before = f"import cli.words; cli.words.FOLDER = {str(tmp_path)!r}"
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        assert "\nFråga:\n" in tillit("--help", before=before, **{"LANG": "C", variable: "sv_SE.UTF-8"}).stdout
    assert "\nAsk:\n" in tillit("--help", before=before, LANG="en_GB.UTF-8").stdout


def test_facts_are_filled_into_the_translated_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cli.errors import sentence

    catalogue(tmp_path, {"no {name}": "{name} saknas"})
    monkeypatch.setattr(words, "FOLDER", str(tmp_path))
    monkeypatch.setenv("LANGUAGE", "sv")
    assert sentence("no {name}", {"name": "norr"}) == "norr saknas"
    assert words._("") == ""


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_each_shell_gets_its_script(say: Say, shell: str) -> None:
    result = say("completion", shell)
    assert result.exit_code == 0
    assert f"_TILLIT_COMPLETE={shell}_complete" in result.stdout


def completed(*given: str, incomplete: str) -> list[tuple[str, str | None]]:
    found = ShellComplete(root, {}, "tillit", "_TILLIT_COMPLETE").get_completions(list(given), incomplete)
    return [(item.value, item.help) for item in found]


def test_commands_complete_with_their_line() -> None:
    assert completed(incomplete="who") == [("who-owns", "Who owns what."), ("who-can", "Who could decide this?")]
    assert ("add", "Enter a person or a group.") in completed("member", incomplete="")
    assert [name for name, _help in completed(incomplete="--le")] == ["--ledger"]


def test_live_values_complete_from_the_ledger_said_on_the_line(
    demonstrate: Demonstrate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    demonstrate(
        click.Command("find", params=[click.Argument(["code"], shell_complete=completion.live("code"))], callback=print)
    )
    assert completed("find", incomplete="n") == []
    asked: list[tuple[str, str, str]] = []

    def candidates(kind: str, incomplete: str, ledger: str) -> list[tuple[str, str]]:
        asked.append((kind, incomplete, ledger))
        return [("norr", "Drift\x1b norr"), ("soder", ""), ("n$(rm)", "evil"), ("n x", "split")]

    monkeypatch.setattr(completion, "candidates", candidates)
    path = tmp_path / "own.db"
    path.touch()
    assert completed("--ledger", str(path), "find", incomplete="n") == [("norr", "Drift\\x1b norr")]
    assert asked == [("code", "n", str(path))]

    def broken(*_words: str) -> list[tuple[str, str]]:
        raise RuntimeError

    monkeypatch.setattr(completion, "candidates", broken)
    assert completed("--ledger", str(path), "find", incomplete="n") == []
