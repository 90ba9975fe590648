from __future__ import annotations

import random
import signal

from storekit import record, writer

from ledger.store import open_record

WRITERS, EACH, KILLS = 4, 50, 20


def test_four_processes_write_to_one_place_without_a_gap_or_a_loss(address: str) -> None:
    record(address).close()
    processes = [writer(address, f"R-{number}", EACH) for number in range(WRITERS)]
    said = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * WRITERS
    assert said == [[str(number) for number in range(1, EACH + 1)]] * WRITERS
    with open_record(address) as recorder:
        check = recorder.check()
        assert (check.events, check.damage) == (WRITERS * EACH * 2, None)


def test_a_writer_killed_at_any_point_leaves_all_it_acknowledged_and_nothing_half(address: str) -> None:
    record(address).close()
    chance = random.Random(7)  # noqa: S311 - where to kill is no secret
    for number in range(KILLS):
        process = writer(address, f"R-{number}", 1_000_000)
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(chance.randint(1, 12))]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.stdout.read().splitlines(keepends=True)
        process.wait()
        last = max(int(line) for line in acknowledged if line.endswith("\n"))
        with open_record(address) as recorder:
            pairs = (len(recorder.stream(f"R-{number}")), len(recorder.stream(f"R-{number}-b")))
            assert pairs[0] == pairs[1]
            assert pairs[0] in {last, last + 1}
    with open_record(address) as recorder:
        assert recorder.check().damage is None
