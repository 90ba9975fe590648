"""Several processes take the next number of one register at once: none is missing, none is given twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ledger import command, create_ledger, open_ledger, questions

PROJECT = Path(__file__).resolve().parents[2]
EACH = 15
TAKER = """
import sys, time
from ledger import command, open_ledger
from ledger.errors import Conflict

with open_ledger(sys.argv[1]) as ledger:
    ledger.begin()
    print("ready", flush=True)
    sys.stdin.readline()
    for id_ in sys.argv[2:]:
        while True:
            try:
                ledger.tell(command({"do": "number", "by": "eva", "decision": id_, "register": "KS-2025"}))
            except Conflict:
                continue
            break
        time.sleep(0.01)  # else one of them may be done before the other is given a turn
"""


def test_two_processes_number_at_once_and_the_register_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "ledger.db"
    with create_ledger(place, "Town", ["eva"]) as ledger:
        matter = {"do": "decide", "by": "eva", "in": "root", "type": "buy"}
        ids = [
            ledger.tell(command({**matter, "title": f"Matter {each}"})).entries[0].stream for each in range(2 * EACH)
        ]
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, str(place), *own],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for own in (ids[:EACH], ids[EACH:])
    ]
    for each in takers:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in takers:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in takers:
        _out, err = each.communicate(timeout=300)
        assert each.returncode == 0, err
    with open_ledger(place) as ledger, ledger.ask(questions.numbers, None, None, "KS-2025") as answer:
        rows = list(answer.value)
    assert [row["number"] for row in rows] == list(range(1, 2 * EACH + 1))
    assert {row["state"] for row in rows} == {"given"}
    assert sorted(str(row["of"]) for row in rows) == sorted(ids)
    # They took turns: else nothing was raced for.
    order = [row["of"] in ids[:EACH] for row in rows]
    assert order not in ([True] * EACH + [False] * EACH, [False] * EACH + [True] * EACH)
