from __future__ import annotations

from scenario import Scenario, team

from ledger.errors import NotFound
from ledger.events.feedback import FeedbackBodyErased
from ledger.events.ledger import NoteAdded, PersonalDataErased
from ledger.events.member import MemberAdded, MemberRenamed
from ledger.events.private import kept


def named() -> Scenario:
    """As `team`; eva added dan as Dan, he calls himself Daniel now, and bo noted something about him."""
    world = team().tell("member add", handle="dan", name="Dan")
    world.tell("member rename", handle="dan", name="Daniel", by="dan", on="03-01")
    return world.tell("note", stream="member:dan", text="was ill", by="bo", on="03-02")


def texts(world: Scenario, stream: str = "member:dan") -> list[tuple[str, str]]:
    """What is not erased, as (field, text)."""
    return [(field, world.texts[digest].text) for digest, field in kept(world.entries(stream)).items()]


def test_an_event_holds_a_salted_commitment_and_never_the_name() -> None:
    world = Scenario()
    (event,) = world.events("member add", handle="anna", name="Anna")
    assert isinstance(event, MemberAdded)
    assert event.name is None
    assert event.name_digest is not None
    assert world.texts[event.name_digest].text == "Anna"
    assert "Anna" not in event.model_dump_json()


def test_the_same_name_twice_gives_two_commitments() -> None:
    world = Scenario().tell("member add", handle="anna", name="Anna")
    first = world.events("member rename", handle="anna", name="Anna")
    second = world.events("member rename", handle="anna", name="Anna", on="03-01")
    assert isinstance(first[0], MemberRenamed)
    assert first != second


def test_a_member_without_a_name_commits_to_nothing() -> None:
    assert Scenario().events("member add", handle="anna") == [MemberAdded(member="anna")]


def test_a_note_may_be_about_anything_that_is_there_and_by_any_member() -> None:
    world = named()
    decision = world.decides("Vans", by="anna")
    for stream in ("member:dan", world.responsibility("norr").id, decision, "ledger"):
        (event,) = world.events("note", stream=stream, text="seen", by="cia", on="04-01")
        assert isinstance(event, NoteAdded)
        assert world.texts[event.note_digest].text == "seen"
    refused = world.refused("subject.unknown", "note", stream="R-0000000000", text="seen")
    assert isinstance(refused, NotFound)


def test_a_member_may_have_all_that_is_private_about_them_erased() -> None:
    world = named()
    names = list(kept(world.entries("member:dan")))
    events = world.events("erase", stream="member:dan", ground="asked", by="dan", on="04-01")
    assert events == [
        PersonalDataErased(fields=("name", "note"), digests=tuple(names), ground="asked", whole=True),
    ]
    assert texts(world) == []


def test_who_holds_the_root_may_erase_and_nobody_else_but_the_member_themself() -> None:
    world = named()
    for who in ("anna", "bo", "cia"):
        assert "ask eva" in str(world.refused("erasure.not_yours", "erase", stream="member:dan", ground="x", by=who))
    world.tell("erase", stream="member:dan", ground="asked by letter", by="eva", on="04-01")


def test_what_is_noted_about_a_responsibility_is_erased_by_who_holds_the_root() -> None:
    world = team()
    norr = world.responsibility("norr").id
    world.tell("note", stream=norr, text="bo is ill", by="anna")
    world.refused("erasure.not_yours", "erase", stream=norr, ground="x", by="anna", on="03-01")
    world.tell("erase", stream=norr, ground="x", by="eva", on="03-01")


def test_a_founder_erases_while_nobody_holds_the_root() -> None:
    world = named().tell("hand-back", code="root", lacking="capacity", reason="ill", on="04-01")
    world.refused("erasure.not_yours", "erase", stream="member:dan", ground="x", by="bo", on="04-02")
    world.tell("erase", stream="member:dan", ground="x", by="eva", on="04-02")


def test_where_a_group_holds_the_root_together_it_erases_together() -> None:
    world = named().tell("member add", handle="board", group=True, acts="together", on="03-01")
    for who in ("anna", "bo"):
        world.tell("member join", group="board", handle=who, on="03-01")
    world.tell("revoke", code="root", reason="a board", on="04-01")
    world.tell("offer", code="root", to="board", on="04-02")
    world.tell("accept", code="root", by="anna", on="04-03", **{"with": ["bo"]})
    world.refused("authority.together", "erase", stream="member:dan", ground="x", by="anna", on="05-01")
    world.tell("erase", stream="member:dan", ground="x", by="anna", on="05-01", **{"with": ["bo"]})


def test_after_an_erasure_as_a_whole_nothing_private_is_recorded_about_the_subject_again() -> None:
    world = named().tell("erase", stream="member:dan", ground="asked", by="dan", on="04-01")
    world.refused("erasure.for_good", "member rename", handle="dan", name="Dan", on="05-01")
    world.refused("erasure.for_good", "note", stream="member:dan", text="again", on="05-01")
    world.tell("note", stream="member:bo", text="of another", on="05-01")


def test_after_an_erasure_by_field_the_rest_stays_and_there_may_be_a_new_text() -> None:
    world = named().tell("erase", stream="member:dan", fields=["name"], ground="wrong", by="dan", on="04-01")
    assert texts(world) == [("note", "was ill")]
    world.tell("member rename", handle="dan", name="D", on="05-01")
    assert texts(world) == [("note", "was ill"), ("name", "D")]


def heard() -> tuple[Scenario, dict[str, str]]:
    """As `named`; bo says something to dan, something to cia about dan, and dan something to cia, who answers."""
    world = named()
    norr = world.responsibility("norr").id
    said: dict[str, str] = {}
    for name, by, to, about in (
        ("to dan", "bo", "dan", norr),
        ("about dan", "bo", "cia", "member:dan"),
        ("by dan", "dan", "cia", norr),
    ):
        fields = {"by": by, "to": to, "about": about, "kind": "appreciation", "text": name, "on": "03-03"}
        world.tell("feedback give", **fields)
        said[name] = next(reversed(world.streams))
    world.tell("feedback reply", feedback=said["by dan"], by="cia", text="Thanks", on="03-04")
    world.tell("feedback ask", of="dan", by="cia", about=norr, question="Was I clear?", on="03-05")
    said["asked of dan"] = next(reversed(world.streams))
    return world, said


def test_of_a_member_what_was_said_to_them_or_about_them_is_erased_and_not_what_they_said() -> None:
    world, said = heard()
    world.tell("erase", stream="member:dan", ground="asked", by="dan", on="04-01")
    left = {name: texts(world, stream) for name, stream in said.items()}
    assert left == {
        "to dan": [],
        "about dan": [],
        "asked of dan": [],
        "by dan": [("body", "by dan"), ("body", "Thanks")],
    }
    assert texts(world) == []
    for name in ("to dan", "about dan", "asked of dan"):
        erased = world.entries(said[name])[-1].event
        assert isinstance(erased, FeedbackBodyErased)
        assert (erased.whole, erased.ground) == (True, "asked")


def test_only_what_was_said_may_be_erased_too_and_then_more_may_be_said() -> None:
    world, said = heard()
    fields = ["body", "question"]
    world.tell("erase", stream="member:dan", fields=fields, ground="asked", by="dan", on="04-01")
    assert {field for field, _text in texts(world)} == {"name", "note"}
    assert [texts(world, said[name]) for name in ("to dan", "about dan", "asked of dan")] == [[], [], []]
    world.tell("feedback reply", feedback=said["to dan"], by="dan", text="Why?", on="04-02")
    world.tell("feedback give", by="bo", to="dan", about="member:dan", kind="appreciation", text="more", on="04-02")


def test_nothing_is_said_to_or_about_who_was_erased_for_good() -> None:
    world, _said = heard()
    world.tell("erase", stream="member:dan", ground="asked", by="dan", on="04-01")
    norr = world.responsibility("norr").id
    give = {"by": "bo", "kind": "appreciation", "text": "more", "on": "04-02"}
    world.refused("erasure.for_good", "feedback give", to="dan", about=norr, **give)
    world.refused("erasure.for_good", "feedback give", to="cia", about="member:dan", **give)
    world.refused("erasure.for_good", "feedback ask", of="dan", by="bo", about=norr, on="04-02")
    world.tell("feedback give", to="cia", about=norr, **give)


def test_who_has_no_name_or_note_is_closed_by_the_erasure_of_what_was_said_to_them() -> None:
    world = team()
    norr = world.responsibility("norr").id
    world.tell("feedback give", by="cia", to="bo", about=norr, kind="appreciation", text="well done", on="03-02")
    events = world.events("erase", stream="member:bo", ground="asked", by="bo", on="03-03")
    assert [(type(each), len(each.digests)) for each in events if isinstance(each, PersonalDataErased)] == [
        (PersonalDataErased, 0),
        (FeedbackBodyErased, 1),
    ]
    world.refused("erasure.for_good", "note", stream="member:bo", text="ill", on="03-04")


def test_what_is_not_there_or_is_gone_already_cannot_be_erased() -> None:
    world = team()
    world.refused("erasure.nothing", "erase", stream="member:bo", ground="x")
    world.tell("note", stream="member:bo", text="ill")
    world.refused("erasure.nothing", "erase", stream="member:bo", fields=["name"], ground="x", on="03-01")
    world.tell("erase", stream="member:bo", fields=["note"], ground="x", on="03-01")
    world.refused("erasure.nothing", "erase", stream="member:bo", ground="x", on="04-01")
    world.refused("subject.unknown", "erase", stream="member:nobody", ground="x", on="04-01")


def test_an_annulled_entry_keeps_its_text_until_that_is_erased() -> None:
    world = named().tell("annul", stream="member:dan", version=3, reason="untrue", by="bo", on="04-01")
    assert ("note", "was ill") in texts(world)
    world.tell("erase", stream="member:dan", fields=["note"], ground="untrue", on="04-02")
    assert ("note", "was ill") not in texts(world)


def test_more_texts_than_one_entry_holds_are_erased_by_several() -> None:
    world = team()
    for number in range(1001):
        world.tell("note", stream="member:bo", text=str(number))
    events = world.events("erase", stream="member:bo", ground="x", on="03-01")
    assert [len(event.digests) for event in events if isinstance(event, PersonalDataErased)] == [1000, 1]


def test_a_private_text_is_said_anew_and_not_corrected() -> None:
    world = named()
    for version, field in ((1, "name"), (1, "name_digest"), (2, "name"), (3, "note_digest"), (3, "note")):
        world.refused(
            "correction.private_text",
            "correct",
            stream="member:dan",
            version=version,
            field=field,
            after="Dan Ek",
            reason="slip",
            on="04-01",
        )


def test_an_erasure_is_neither_corrected_nor_annulled() -> None:
    world = named().tell("erase", stream="member:dan", ground="asked", by="dan", on="04-01")
    said = {"stream": "member:dan", "version": 4, "reason": "slip", "on": "05-01"}
    world.refused("correction.erasure", "annul", **said)
    world.refused("correction.erasure", "correct", field="digests", after=[], **said)
