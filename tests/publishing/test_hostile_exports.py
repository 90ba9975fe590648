from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from exportkit import KEY, KEYS, ORIGIN, Memory, broken, edited, entry, exported, log_of, verified

from ledger.errors import Damaged, LedgerError, NotFound
from ledger.publishing.forks import ForkProof
from ledger.publishing.offline import verify_export
from ledger.publishing.reading import MAX_BUNDLE, MAX_NAMES, Folder, shown
from ledger.publishing.tlog import export_tlog
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import Note, SigningKey

SECONDS = 20


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """A hostile export must not hold anybody up: the alarm ends a test that waits or goes on for ever."""
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An export of 300 entries, to be spoilt."""
    exported(log_of(300), tmp_path / "out")
    return tmp_path / "out"


def replaced_by_link(path: Path) -> None:
    path.rename(path.parents[len(path.parts) - 1 - path.parts.index("out")] / "elsewhere")
    path.symlink_to(path.parents[len(path.parts) - 1 - path.parts.index("out")] / "elsewhere")


def replaced_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def replaced_by_socket(path: Path) -> None:
    path.unlink()
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path has at most 107 bytes
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


def replaced_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replaced_by_device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def huge(path: Path) -> None:
    os.truncate(path, 2**42)


HARMS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a link": (replaced_by_link, "export.not_plain"),
    "a pipe": (replaced_by_pipe, "export.not_plain"),
    "a socket": (replaced_by_socket, "export.not_plain"),
    "a folder": (replaced_by_folder, "export.not_plain"),
    "a link to a device": (replaced_by_device, "export.not_plain"),
    "four terabytes of nothing": (huge, "export.too_big"),
}
PLACES = {"checkpoint": None, "tile/0/000": 1, "tile/1/000.p/1": 1, "tile/entries/001.p/44": 257}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("harm", HARMS)
def test_what_is_no_plain_file_of_a_possible_size_is_refused_unread(out: Path, place: str, harm: str) -> None:
    do, code = HARMS[harm]
    do(out / place)
    assert broken(out) == [(code, PLACES[place])]


@pytest.mark.parametrize("folder", ["tile", "tile/0", "tile/entries", "tile/entries/001.p", "tile/1/000.p"])
def test_a_link_in_the_place_of_a_folder_is_not_followed(out: Path, folder: str) -> None:
    replaced_by_link(out / folder)
    assert [code for code, _ in broken(out)] == ["export.not_plain"]


def test_the_folder_itself_may_not_be_a_link_either(out: Path) -> None:
    (out.parent / "link").symlink_to(out)
    with pytest.raises(Damaged) as error:
        verify_export(out.parent / "link", KEYS)
    assert error.value.code == "export.not_plain"


def test_links_in_a_circle_end(out: Path) -> None:
    (out / "tile/loop").symlink_to(out)
    (out / "tile/x000").symlink_to(".")
    assert broken(out) == []
    assert "tile/loop, tile/x000" in verified(out)["files"].said


@pytest.mark.parametrize(
    ("place", "edit", "damage"),
    [
        ("tile/0/000", lambda data: data + b"\0", ("export.too_big", 1)),
        ("tile/0/001.p/44", lambda data: data + b"\0", ("damage.malformed", 257)),
        ("tile/0/001.p/44", lambda data: data + bytes(32), ("damage.malformed", 257)),
        ("tile/0/001.p/44", lambda data: data[:-32], ("damage.malformed", 257)),
        ("tile/0/001.p/44", lambda data: data[:-1], ("damage.malformed", 257)),
        ("tile/0/000", lambda data: data[:-32], ("damage.malformed", 1)),
        ("tile/0/000", lambda _: b"", ("damage.malformed", 1)),
        ("tile/1/000.p/1", lambda data: data * 2, ("damage.malformed", 1)),
        ("tile/entries/000", lambda data: data + b"\0\0", ("damage.malformed", 1)),
        ("tile/entries/000", lambda data: data + b"\0", ("damage.malformed", 1)),
        ("tile/entries/001.p/44", lambda data: data + b"\0\0", ("damage.malformed", 257)),
        ("tile/entries/001.p/44", lambda data: data[:-1], ("damage.malformed", 257)),
        ("tile/entries/001.p/44", lambda data: b"\xff" + data[1:], ("damage.malformed", 257)),
        ("tile/entries/000", lambda _: bytes(MAX_BUNDLE), ("damage.malformed", 1)),
        ("tile/entries/000", lambda _: b"", ("damage.malformed", 1)),
        ("checkpoint", lambda data: data + b"\n", ("damage.checkpoint", None)),
        ("checkpoint", lambda data: b"\n" + data, ("damage.checkpoint", None)),
        ("checkpoint", lambda data: data.replace(b"\n", b"\r\n"), ("damage.checkpoint", None)),
        ("checkpoint", lambda data: data.replace(b"300", b"0300"), ("damage.checkpoint", None)),
        ("checkpoint", lambda data: data.replace(b"300", b"-300"), ("damage.checkpoint", None)),
        ("checkpoint", lambda data: data.replace(b"300", b"9" * 100_000), ("damage.checkpoint", None)),
        ("checkpoint", lambda _: b"\xff" * 999_999, ("damage.checkpoint", None)),
        ("checkpoint", lambda _: b"\n" * 999_999, ("damage.checkpoint", None)),
        ("checkpoint", lambda data: data + b"x" * 1_000_000, ("export.too_big", None)),
        ("checkpoint", lambda _: b"", ("damage.checkpoint", None)),
    ],
)
def test_bytes_too_many_or_too_few_are_refused(
    out: Path, place: str, edit: Callable[[bytes], bytes], damage: tuple[str, int | None]
) -> None:
    edited(out, place, edit)
    assert broken(out) == [damage]


@pytest.mark.parametrize("size", [301, 10**9, 2**63 - 1])
def test_a_checkpoint_that_claims_more_than_there_is_costs_no_more_time(out: Path, size: int) -> None:
    (out / "checkpoint").write_bytes(Checkpoint(ORIGIN, size, bytes(32)).signed(KEY).encoded())
    assert [code for code, _ in broken(out)] == ["damage.missing"]


def test_a_checkpoint_with_as_many_lines_as_fit_is_refused_in_time(out: Path) -> None:
    note = Note.parse((out / "checkpoint").read_bytes())
    line = f"{note.signatures[0].line}\n"
    (out / "checkpoint").write_text(note.text + "\n" + line * (999_000 // len(line.encode())))
    assert broken(out) == [("damage.checkpoint", None)]


@pytest.mark.parametrize(
    "leaf",
    [
        b"[" * 65_535,
        b'{"a":' * 13_107,
        b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b'{"a":' + b"9" * 65_000 + b"}",
        b'{"a":' + b"-" * 65_000 + b"}",
        b'{"a":1e' + b"9" * 65_000 + b"}",
        b"{" + b",".join(b'"k%d":0' % number for number in range(6_000)) + b"}",
        b"{" + b",".join(b'"k":0' for _ in range(10_000)) + b"}",
        b'{"a":"' + b"\\ud800" * 10_000 + b'"}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b"\xef\xbb\xbf{}",
        b'{"a":1}\n',
        b"\0" * 65_535,
    ],
    ids=lambda leaf: str(leaf[:12]),
)
def test_a_bundle_full_of_the_worst_json_is_refused_in_time(tmp_path: Path, leaf: bytes) -> None:
    exported(Memory.of([leaf] * 256), tmp_path / "out")
    assert broken(tmp_path / "out") in ([("damage.leaf", 1)], [("damage.fields", 1)])


def test_no_text_from_an_export_reaches_a_terminal_as_it_is(tmp_path: Path) -> None:
    name = "evil\x9b2J\u202egro"
    key = SigningKey(name, 1, bytes(32))
    log = Memory.of([entry(0).replace(ORIGIN.encode(), name.encode())], origin=name)
    export_tlog(log, tmp_path / "out", log.note(key=key))
    (tmp_path / "out/\udcff\x1b[31m\n").write_text("")
    # `broken` wants every sentence to be printable.
    assert broken(tmp_path / "out") == [("damage.signature", None)]
    for one in verify_export(tmp_path / "out", [key.verifier]):
        assert str(one).isprintable()
    assert shown("a" * 1_000) == "a" * 119 + "…"


def test_a_folder_with_names_without_end_is_given_up(out: Path) -> None:
    for number in range(MAX_NAMES + 1):
        (out / f"tile/entries/001.p/x{number}").touch()
    assert broken(out) == [("export.too_many", 257)]


def test_other_folders_are_not_entered_however_deep_they_are(out: Path) -> None:
    here = Path.cwd()
    os.chdir(out)
    try:
        for _ in range(1_500):
            Path("x000").mkdir()
            os.chdir("x000")
    finally:
        os.chdir(here)
    deep = out / "tile/0/x000/x000/x000/x000/x000/x000/x000"
    deep.mkdir(parents=True)
    try:
        assert broken(out) == []
        assert verified(out)["files"].said.endswith("x000, tile/0/x000/x000/x000/x000/x000/x000/x000 (2 in all)")
    finally:
        # Whoever clears away old folders of tests would drown in it.
        subprocess.run(["rm", "-r", str(out / "x000")], check=True)


@pytest.mark.parametrize("path", ["../secret", "tile/../../secret", "/etc/passwd", "tile//0", "./checkpoint", "a\0b"])
def test_a_path_that_leaves_the_folder_is_not_opened(out: Path, path: str) -> None:
    (out.parent / "secret").write_text("secret")
    with Folder(out) as folder, pytest.raises(Damaged) as error:
        folder.read(path, 100)
    assert error.value.code == "export.not_plain"


def test_a_file_is_read_up_to_its_limit_and_no_further(out: Path) -> None:
    with Folder(out) as folder:
        assert len(folder.read("tile/0/000", 8_192)) == 8_192
        with pytest.raises(Damaged) as error:
            folder.read("tile/0/000", 8_191)
        assert error.value.code == "export.too_big"
        with pytest.raises(NotFound):
            folder.read("tile/0/007", 8_192)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no such files on this system")
def test_a_file_that_does_not_tell_its_size_is_measured_while_it_is_read() -> None:
    with Folder(Path("/proc/self/task")) as folder, pytest.raises(Damaged) as error:
        folder.read(f"{os.getpid()}/status", 10)
    assert error.value.code == "export.too_big"


def test_a_file_that_may_not_be_read_is_told(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.open

    def refused(path: str, flags: int, *rest: object, **more: object) -> int:
        if path == "000":
            raise PermissionError(13, "Permission denied")
        return plain(path, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refused)
    assert broken(out) == [("export.unreadable", 1)]


def test_a_fork_proof_from_outside_is_refused_in_time() -> None:
    for data in (b"\n" * 2_000_000, b"tillit.fork-proof@v1\n" + b"A" * 2_000_000, b"root\n\n" * 300_000):
        with pytest.raises(LedgerError):
            ForkProof.parse(data)
