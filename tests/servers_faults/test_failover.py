"""The primary dies under its writers, and with a standby that has all that was confirmed they go on by themselves."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hearing import writers

from tests.faults.faultkit import Place, sound
from tests.servers import Server, across

TURNS = 12


@pytest.fixture
def cluster(server: Server) -> Iterator[list[Server]]:
    """A primary and two standbys, one of which must have applied what is acknowledged."""
    with ExitStack() as stack:
        servers = []
        for _ in range(3):
            servers.append(server.another("-c", "synchronous_commit=remote_apply"))
            stack.callback(servers[-1].remove)
        servers[0].create()
        servers[0].ask("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (s0, s1, s2)'")
        for number in (1, 2):
            servers[number].follow(servers[0], f"s{number}")
        servers[0].ask("SELECT pg_reload_conf()")
        yield servers


def furthest(standbys: list[Server]) -> Server:
    """The standby that has received most."""
    return max(standbys, key=lambda each: int(str(each.ask("SELECT pg_last_wal_receive_lsn() - '0/0'")[0][0])))


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_a_primary_that_is_killed_or_hangs_costs_no_acknowledged_command_and_doubles_none(
    cluster: list[Server], tmp_path: Path, end: signal.Signals
) -> None:
    primary, *standbys = cluster
    primary.ask("CREATE DATABASE town")
    place = Place(f"{across(cluster, 'town')}&connect_timeout=2", tmp_path / "settings").found()
    with writers(place, 4, TURNS) as writing:
        writing.more(8)
        primary.send(end)
        chosen = furthest(standbys)
        chosen.promote()
        other = next(each for each in standbys if each is not chosen)
        name = f"s{cluster.index(other)}"
        other.ask(f"ALTER SYSTEM SET primary_conninfo = '{chosen.conninfo()} application_name={name}'")
        other.ask("SELECT pg_reload_conf()")
        # They have gone on while it hung, if it did.
        writing.more(1)
        primary.kill()
        writing.to_the_end()
    assert [len(keys) for keys in writing.said] == [4 * TURNS] * 4
    sound(place, writing.all)
