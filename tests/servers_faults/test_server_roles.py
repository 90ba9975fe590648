"""What each role on a server can do to a ledger, and what nobody can, not even its superuser by the usual ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from ledger import command, questions
from ledger.errors import Damaged, Unavailable
from tests.faults.faultkit import Place, insist, said_of, sound
from tests.servers import OWNER, Server

DEFINE = command({"do": "define", "by": "eva", "code": "bus", "title": "Buses"})
TABLES = ("event", "command", "node", "checkpoint", "disclosure", "subject_key", "head")
LEAF = "INSERT INTO ledger.event (position, stream, version, kind, recorded_at, leaf_hash, leaf) VALUES"
CHANGES = [
    "UPDATE ledger.event SET kind = 'x'",
    "DELETE FROM ledger.event",
    "DELETE FROM ledger.command",
    "UPDATE ledger.node SET hash = ''",
    "UPDATE ledger.disclosure SET subject = 'x'",
    "DELETE FROM ledger.subject_key",
    "DELETE FROM ledger.head",
    "UPDATE ledger.checkpoint SET size = 1",
    *(f"TRUNCATE ledger.{table} CASCADE" for table in TABLES),
]
FORGERIES = [
    f"{LEAF} (1, 'R-x', 1, 'k', '', '', '')",
    f"{LEAF} (1000, 'R-x', 1, 'k', '', '', '')",
    f"{LEAF} (-1, 'R-x', 1, 'k', '', '', '')",
    f"{LEAF} (0, 'R-x', 1, 'k', '', '', '')",
]


class Town:
    """A founded ledger with words in it, and who may do what there."""

    def __init__(self, server: Server, place: Place) -> None:
        self.place = place
        self._server = server
        self.name = place.address.partition("@/")[2].partition("?")[0]
        for role in ("writer", "reader", "nobody"):
            server.ask(f"CREATE ROLE {self.name}_the_{role} LOGIN")
        for role in ("writer", "reader"):
            server.ask(f"GRANT {self.name}_{role} TO {self.name}_the_{role}")
        with place.open() as ledger:
            for _key, fields in said_of("w", 0):
                insist(ledger, fields)
            ledger.tell(command({"do": "member add", "by": "eva", "handle": "bo", "name": "Bo B"}))
            ledger.catch_up()

    def as_(self, role: str) -> Place:
        return replace(self.place, address=self.place.address.replace("postgres@", f"{self.name}_the_{role}@"))

    def connected(self, role: str | None = None) -> psycopg.Connection[tuple[object, ...]]:
        user = OWNER if role is None else f"{self.name}_the_{role}"
        return psycopg.connect(self._server.conninfo(self.name), autocommit=True, user=user)


@pytest.fixture(scope="module")
def town(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    place = Place(server.database(), tmp_path_factory.mktemp("settings")).found()
    town = Town(server, place)
    yield town
    sound(place, ["w-0-decide"])


def test_a_writer_tells_and_asks_and_verifies_and_builds_the_views_anew(town: Town) -> None:
    with town.as_("writer").open() as ledger:
        for _key, fields in said_of("v", 0):
            insist(ledger, fields)
        with ledger.ask(questions.who_owns, None, None, "v-0") as answer:
            assert [row["holder"] for row in answer.value] == ["anna"]
        assert ledger.rebuild() == ledger.head()
        assert ledger.verify().whole


def test_whoever_builds_the_views_anew_shuts_nobody_else_out_of_them(town: Town) -> None:
    for role in ("writer", None, "writer"):
        with (town.place if role is None else town.as_(role)).open() as ledger:
            assert ledger.rebuild() == ledger.head()
    with town.as_("reader").open() as ledger, ledger.ask(questions.who_owns, None, None, "w-0") as answer:
        assert [row["holder"] for row in answer.value] == ["anna"]


def test_a_reader_asks_and_says_what_has_not_reached_the_views_and_cannot_tell(town: Town) -> None:
    with town.as_("reader").open() as ledger:
        with ledger.ask(questions.who_owns, None, None, "w-0") as answer:
            assert ([row["holder"] for row in answer.value], answer.behind) == (["anna"], 0)
        with pytest.raises(Unavailable) as caught:
            ledger.tell(DEFINE)
        assert caught.value.code == "store.no_right"
        with town.place.open() as other:
            other.tell(command({"do": "define", "by": "eva", "code": "new", "title": "New"}))
        with ledger.ask(questions.who_owns, None, None, "w-0") as answer:
            assert (list(answer.value) != [], answer.behind) == (True, 1)
        assert ledger.verify().whole


def test_somebody_without_a_role_sees_nothing(town: Town) -> None:
    with pytest.raises(Unavailable) as caught:
        town.as_("nobody").open()
    assert caught.value.code == "store.no_right"


@pytest.mark.parametrize("role", ["writer", "reader"])
@pytest.mark.parametrize("change", [*CHANGES, *FORGERIES, "CREATE TEMP TABLE mine (x int)", "CREATE TABLE ledger.x ()"])
def test_neither_role_can_change_or_forge_or_take_away(town: Town, role: str, change: str) -> None:
    with town.connected(role) as own, pytest.raises(psycopg.Error) as caught:
        own.execute(change.encode())
    assert _is_refused(caught.value)


@pytest.mark.parametrize("change", [*CHANGES, *FORGERIES])
def test_not_even_the_superuser_can_where_triggers_are_told_to_keep_still(town: Town, change: str) -> None:
    with town.connected() as own:
        own.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.Error) as caught:
            own.execute(change.encode())
    assert _is_refused(caught.value)


def test_the_next_position_taken_by_hand_stops_the_log_and_verify_says_where(server: Server, tmp_path: Path) -> None:
    place = Place(server.database(), tmp_path / "settings").found()
    town = Town(server, place)
    with place.open() as ledger, town.connected("writer") as own:
        next_ = ledger.head() + 1
        own.execute(f"{LEAF} ({next_}, 'R-x', 1, 'k', '', '', '')".encode())
        with pytest.raises(Damaged) as caught:
            ledger.tell(DEFINE)
        assert caught.value.code == "store.head"
        report = ledger.verify()
        assert (report.whole, report.position) == (False, next_)


def _is_refused(error: psycopg.Error) -> bool:
    of_trigger = {"store.append_only", "store.position"}
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.UniqueViolation)
    return isinstance(error, refused) or error.diag.message_primary in of_trigger
