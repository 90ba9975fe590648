"""The only place that writes to the streams: data to stdout, words to stderr, nothing that a terminal would obey."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from cli.escape import shown
from cli.everywhere import given_flag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from click._termui_impl import ProgressBar


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def say(text: str) -> None:
    """Words for people, to stderr."""
    # What was answered before must stand before it on a terminal too.
    flush()
    _write(sys.stderr, shown(text, lines=True) + "\n")


def data(text: str) -> None:
    """One line or block of the answer, to stdout."""
    _write(sys.stdout, shown(text, lines=True) + "\n")


def octets(content: bytes) -> None:
    """A whole file for another program, to stdout, byte for byte."""
    flush()
    sys.stdout.buffer.write(content)


def drawn(text: str) -> None:
    """A drawing with colours of our own, whose cells are escaped already; through PAGER where it fills the screen."""
    if os.environ.get("PAGER") and may_ask() and on_terminal() and text.count("\n") >= _screen_lines():
        flush()
        click.echo_via_pager(text, color=coloured())
    else:
        _write(sys.stdout, text)


def on_terminal() -> bool:
    return _is_terminal(sys.stdout)


def may_ask() -> bool:
    """Whether a person sits there to be asked: never rely on it, every question has its option."""
    return _is_terminal(sys.stdin) and _is_terminal(sys.stderr) and not given_flag("no_input")


def confirmed(question: str, *, otherwise: bool) -> bool:
    """The answer of the person at the terminal, or `otherwise` where there is none to ask."""
    return click.confirm(shown(question), default=otherwise, err=True) if may_ask() else otherwise


@contextmanager
def steps(label: str, *, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A function that is told (done, of how many; 0 where nobody knows) and draws a bar where stderr is a terminal.

    Where less is done than before, that is another round of the work, and has a bar of its own.
    """
    if quiet or not _is_terminal(sys.stderr):
        yield lambda _done, _total: None
        return
    with ExitStack() as stack:

        def begun() -> ProgressBar[int]:
            return stack.enter_context(click.progressbar(length=0, label=shown(label), file=sys.stderr, show_pos=True))

        bar = begun()

        def step(done: int, total: int) -> None:
            nonlocal bar
            if done < bar.pos:
                stack.close()
                bar = begun()
            bar.length = max(total, done)
            bar.update(done - bar.pos)

        yield step


def coloured() -> bool:
    """NO_COLOR over FORCE_COLOR over what stdout is (no-color.org, force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return forced() or (on_terminal() and os.environ.get("TERM") != "dumb")


def forced() -> bool:
    return bool(os.environ.get("FORCE_COLOR"))


def unicode_out() -> bool:
    """Whether stdout can carry any character; where not, JSON must escape more."""
    return (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")


def _screen_lines() -> int:
    import shutil  # noqa: PLC0415 - only a terminal needs it

    return shutil.get_terminal_size().lines


def flush() -> None:
    """Writes out what waits. Raises OSError where it cannot be: the reader has gone, the disk is full."""
    for stream in _streams():
        stream.flush()


def unread() -> bool:
    """Whether whoever read stdout has gone, which else would only show when something is written."""
    import select  # noqa: PLC0415 - only what goes on for long needs it

    try:
        number = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return False
    watched = select.poll()
    watched.register(number, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _number, event in watched.poll(0))


def let_go() -> None:
    """Before the end: what cannot be written is dropped, so that the interpreter does not complain of it at exit."""
    for stream in _streams():
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _streams() -> list[TextIO]:
    # Python has None for a stream that was closed before it started.
    streams: tuple[TextIO | None, ...] = (sys.stdout, sys.stderr)
    return [stream for stream in streams if stream is not None]
