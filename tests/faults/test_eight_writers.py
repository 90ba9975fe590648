"""Eight processes write to one ledger at once: nothing is lost, nothing missing, and nobody is told an error."""

from __future__ import annotations

from contextlib import ExitStack

from faultkit import Place, said_of, sound, write

from tests.processes import heard, running

WRITERS, TURNS = 8, 12


def test_eight_processes_write_and_ask_at_once(place: Place) -> None:
    with ExitStack() as stack:
        writers = [
            stack.enter_context(running(write, place, f"w{number}", range(TURNS), 4)) for number in range(WRITERS)
        ]
        told = [heard(said) for _process, said in writers]
        for process, _said in writers:
            process.join()
        assert [process.exitcode for process, _said in writers] == [0] * WRITERS
    for number, keys in enumerate(told):
        assert keys == [key for turn in range(TURNS) for key, _fields in said_of(f"w{number}", turn)]
    with place.open() as ledger:
        # The founding, anna, and five entries a turn.
        assert ledger.head() == 6 + WRITERS * TURNS * 5
    sound(place, [key for keys in told for key in keys])
