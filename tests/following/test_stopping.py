"""What is asked to end ends where it stands, or when what is in hand is done; asked twice, at once."""

from __future__ import annotations

import signal

import pytest

from cli.stopping import Stop, Stopped, stoppable


def test_sigterm_ends_a_block_as_if_it_had_come_to_its_end() -> None:
    done: list[str] = []
    before = signal.getsignal(signal.SIGTERM)
    with stoppable():
        done.append("begun")
        signal.raise_signal(signal.SIGTERM)
        done.append("gone on")
    assert done == ["begun"]
    assert signal.getsignal(signal.SIGTERM) is before


def test_sigint_is_the_readers_ctrl_c() -> None:
    with pytest.raises(KeyboardInterrupt), stoppable():
        signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_hand_is_done_first(how: signal.Signals) -> None:
    done: list[str] = []
    try:
        with stoppable() as stop:
            with stop.in_hand():
                signal.raise_signal(how)
                done.append("in hand")
            done.append("after")
    except KeyboardInterrupt:
        done.append("aborted")
    assert done == ["in hand", *(["aborted"] if how == signal.SIGINT else [])]


def test_what_is_in_hand_may_say_where_it_can_be_left() -> None:
    done: list[str] = []
    with stoppable() as stop, stop.in_hand():
        stop.here()
        done.append("one")
        signal.raise_signal(signal.SIGTERM)
        done.append("two")
        stop.here()
        done.append("three")
    assert done == ["one", "two"]


def test_asked_twice_it_ends_at_once() -> None:
    done: list[str] = []
    with stoppable() as stop, stop.in_hand():
        signal.raise_signal(signal.SIGTERM)
        done.append("once")
        signal.raise_signal(signal.SIGTERM)
        done.append("twice")
    assert done == ["once"]


def test_an_error_in_hand_is_not_hidden_by_the_end() -> None:
    stop = Stop()

    def fail() -> None:
        stop.heard(signal.SIGTERM, None)
        message = "wrong"
        raise ValueError(message)

    with pytest.raises(ValueError, match="wrong"), stop.in_hand():
        fail()
    with pytest.raises(Stopped):
        stop.here()
