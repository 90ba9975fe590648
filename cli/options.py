"""The options that writing and asking commands share, handed to each command as one small value."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, Literal, TypeVar

import click

from cli import days, tables
from cli.call import Asking, Call, Writing
from cli.errors import Usage, nearest
from cli.everywhere import everywhere, given
from cli.values import KNOWN, TEXT
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Callable

    Option = Callable[[Callable[..., Any]], object]

EXPLAIN: Final = "explain"
C = TypeVar("C", bound="Call")
R = TypeVar("R")


def calls(body: Callable[Concatenate[Call, ...], R]) -> Callable[..., R]:
    """For a command that neither records nor answers in rows: `--json`, `--ledger` and `--me`."""
    return _shared([_json_option()], lambda words: Call(**_common(words)))(body)


def writes(
    *, reason: Literal["no", "may", "must"] = "may"
) -> Callable[[Callable[Concatenate[Writing, ...], R]], Callable[..., R]]:
    """For a command that records. Stands lowest, next to the function, which takes a Writing first."""
    options: list[Option] = [
        click.option("--on", type=days.DAY, metavar="DAY", help=_("When it was so; now if not said.")),
        click.option("--by", metavar="HANDLE", help=_("Who decided it, where it was not you.")),
        click.option(
            "--with", "together_with", multiple=True, metavar="HANDLE", help=_("Who decided it together with you.")
        ),
        click.option("--basis", type=TEXT, metavar="TEXT", help=_("What it rests on: a law, a minute, a rule.")),
        click.option("--key", metavar="TEXT", help=_("Your own key: the same key is never carried out twice.")),
        click.option("--dry-run", is_flag=True, help=_("Show what would be recorded, and record nothing.")),
        no_sign(),
        _json_option(),
    ]
    if reason != "no":
        must = reason == "must"
        options.insert(4, click.option("--reason", type=TEXT, metavar="TEXT", required=must, help=_("Why.")))
    return _shared(options, _writing)


def reads(*columns: str) -> Callable[[Callable[Concatenate[Asking, ...], R]], Callable[..., R]]:
    """For a command that answers with these columns. Stands lowest, next to the function, which takes an Asking."""

    def chosen(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[tuple[str, ...], bool]:
        del parameter
        known = (*columns, EXPLAIN) if context.params.get(EXPLAIN) else columns
        return (known, False) if value is None else (_fields(value, known), True)

    options: list[Option] = [
        click.option("--as-of", type=days.DAY, metavar="DAY|INSTANT", help=_("What was true then; now if not said.")),
        click.option(
            "--known-at", type=KNOWN, metavar="INSTANT|POSITION", help=_("What the ledger knew then; all if not said.")
        ),
        # Eager: which fields there are depends on it, wherever on the line it stands.
        click.option("--explain", is_flag=True, is_eager=True, help=_("Add the events behind each row.")),
        click.option(
            "--fields",
            metavar="A,B",
            callback=chosen,
            help=_("Only these, in this order: {columns}.").format(columns=", ".join(columns)),
        ),
        click.option("--format", type=click.Choice(tables.FORMATS), help=_("The form of the answer.")),
        click.option(
            "--read-from",
            metavar="URL",
            envvar="TILLIT_READ_FROM",
            help=_("A server that follows the ledger's own, to ask there."),
        ),
        _json_option(),
    ]
    return _shared(options, _asking)


def _shared(
    options: list[Option], build: Callable[[dict[str, Any]], C]
) -> Callable[[Callable[Concatenate[C, ...], R]], Callable[..., R]]:
    def decorate(body: Callable[Concatenate[C, ...], R]) -> Callable[..., R]:
        @wraps(body)
        def command(*context: object, **words: object) -> R:
            # `build` takes its own words out; the rest are the command's.
            return body(build(words), *context, **words)

        for option in reversed(options):
            option(command)
        # click keeps what its decorators collect here, last first.
        collected: list[click.Parameter] = command.__dict__["__click_params__"]
        collected[:0] = reversed(everywhere(below=True))
        return command

    return decorate


def no_sign() -> Callable[[Any], Any]:
    """For a command that records: `sign` is false where it was said."""
    return click.option(
        "--no-sign",
        "sign",
        is_flag=True,
        default=True,
        flag_value=False,
        envvar="TILLIT_NO_SIGN",
        help=_("Record without signing; the next checkpoint covers it."),
    )


def _json_option() -> Option:
    return click.option("--json", is_flag=True, help=_("Answer, and err, in JSON."))


def _common(words: dict[str, Any]) -> dict[str, Any]:
    return {
        "given_ledger": given("ledger"),
        "given_me": given("me"),
        "json": words.pop("json"),
        "now": days.present(),
    }


def _writing(words: dict[str, Any]) -> Writing:
    return Writing(
        **_common(words),
        on=words.pop("on"),
        given_by=words.pop("by"),
        together_with=words.pop("together_with"),
        basis=words.pop("basis"),
        reason=words.pop("reason", None),
        key=words.pop("key"),
        dry_run=words.pop("dry_run"),
        sign=words.pop("sign"),
    )


def _asking(words: dict[str, Any]) -> Asking:
    common = _common(words)
    named = words.pop("format")
    if common["json"] and named not in {None, "json"}:
        raise Usage("usage.two_formats", later("--json and --format {format} ask for two things."), format=named)
    columns, chosen = words.pop("fields")
    said = words.pop("as_of")
    known = words.pop("known_at")
    return Asking(
        **common,
        as_of=None if said is None else days.asof(said, common["now"]),
        read_from=words.pop("read_from"),
        known_at=known if known is None or isinstance(known, int) else days.asof(known, common["now"]),
        day=common["now"].date() if said is None else said,
        columns=columns,
        chosen=chosen,
        format="json" if common["json"] else named or "table",
        format_named=named is not None,
        explain=words.pop(EXPLAIN),
    )


def _fields(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in known:
            meant = tuple(_("Did you mean {name}?").format(name=near) for near in nearest(name, known)[:1])
            hints = (*meant, _("The fields are: {names}.").format(names=", ".join(known)))
            raise Usage("fields.unknown", later("There is no field {name}."), hints=hints, name=name or "“”")
    return names
