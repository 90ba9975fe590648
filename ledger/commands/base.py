"""What every command has in common, and the strict types its fields are made of."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ledger import values

MAX_TEXT = 20_000
MAX_TITLE = 300
# C0 and lone surrogates never belong in a text; newline and tab do. What merely looks dangerous
# (bidirectional controls, C1) is a fact of somebody's text: it is stored as given and shown escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

T = TypeVar("T")


def _text(text: str) -> str:
    if found := _FORBIDDEN.search(text):
        message = f"holds the control character U+{ord(found[0]):04X} at character {found.start() + 1}; take it out"
        raise ValueError(message)
    if not text.strip():
        message = "is empty; write something"
        raise ValueError(message)
    return unicodedata.normalize("NFC", text)


def _at_most(limit: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > limit:
            message = f"is {len(text)} characters long; at most {limit} fit"
            raise ValueError(message)
        return text

    return AfterValidator(check)


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        message = "holds a line break or tab; a title is one line"
        raise ValueError(message)
    return text


def _slug(pattern: str, what: str) -> AfterValidator:
    expression = re.compile(pattern)

    def check(text: str) -> str:
        if not expression.fullmatch(text):
            message = f"'{text[:80]}' is no {what}"
            raise ValueError(message)
        return text

    return AfterValidator(check)


def _amount(text: str) -> str:
    if values.amount(text) is None:
        message = f"'{text[:40]}' is no amount; write plain digits with at most four decimals, as in 80000 or 49999.50"
        raise ValueError(message)
    return text


def _instant(given: object) -> object:
    if isinstance(given, str):
        return values.instant(given)
    if isinstance(given, datetime):
        if given.tzinfo is None:
            message = "an instant needs its offset from UTC"
            raise ValueError(message)
        return given.astimezone(UTC)
    return values.start_of(given) if isinstance(given, date) else given


def _day(given: object) -> object:
    return values.day(given) if isinstance(given, str) else given


def _tuple(given: object) -> object:
    return tuple(given) if isinstance(given, list) else given  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


Text = Annotated[str, AfterValidator(_text), _at_most(MAX_TEXT)]
Title = Annotated[str, AfterValidator(_text), AfterValidator(_one_line), _at_most(MAX_TITLE)]
Handle = Annotated[str, _slug(values.HANDLE.pattern, "handle; use a-z, 0-9 and . _ : - (at most 64)")]
Code = Annotated[str, _slug(values.CODE.pattern, "code; use a-z, 0-9 and . _ - (at most 64)")]
Responsibility = Annotated[
    str, _slug(rf"R-[0-9a-z]{{10}}|{values.CODE.pattern}", "responsibility; name its code or its id R-…")
]
DecisionId = Annotated[str, _slug(r"D-[0-9a-z]{10}", "decision; name its id D-…")]
Reference = Annotated[
    str,
    _slug(
        r"objection [1-9][0-9]{0,5}|D-[0-9a-z]{10}/[1-9][0-9]{0,5}",
        "objection or entry; write objection 1 or D-0123456789/4",
    ),
]
GoalId = Annotated[str, _slug(r"G-[0-9a-z]{10}", "goal; name its id G-…")]
FeedbackId = Annotated[str, _slug(r"F-[0-9a-z]{10}", "feedback; name its id F-…")]
About = Annotated[
    str,
    _slug(
        rf"member:{values.HANDLE.pattern}|[RD]-[0-9a-z]{{10}}(/[1-9][0-9]{{0,5}})?",
        "subject of feedback; write D-…, R-…, member:HANDLE, or an entry as in R-…/20",
    ),
]
Result = Annotated[
    str,
    _slug(r"[DGR]-[0-9a-z]{10}(/[1-9][0-9]{0,5})?", "decision, goal, responsibility or entry; write D-… or R-…/20"),
]
Register = Annotated[
    str,
    _slug(
        # What begins as an id does is one.
        r"(?![A-Za-z](-|$))[A-Za-zÅÄÖåäö0-9][A-Za-zÅÄÖåäö0-9._-]{0,39}",
        "register; use letters, digits and . _ - as in KS-2025 (at most 40)",
    ),
]
DecisionType = Annotated[str, _slug(values.TYPE.pattern, "decision type; write it as in purchase/vehicle")]
TypePattern = Annotated[
    str, _slug(values.TYPE_PATTERN.pattern, "type pattern; write *, purchase/* or purchase/vehicle")
]
Label = Annotated[str, _slug(r"[a-z0-9][a-z0-9._/-]{0,63}", "label; use a-z, 0-9 and . _ / -")]
ConditionText = Annotated[
    str,
    _slug(
        r"(consult|consent|report):[a-z0-9][a-z0-9._:-]{0,63}(/[1-9][0-9]{0,3})?(\+[0-9]{1,15}(\.[0-9]{1,4})?)?",
        "condition; write consult:HANDLE, consent:HANDLE or report:HANDLE, with /DAYS after it for a time limit, "
        "and +AMOUNT where only more than that takes it",
    ),
]
Period = Annotated[str, _slug(values.PERIOD.pattern, "length of time; write 2w, 30d, 3mo or 1y")]
Amount = Annotated[str, AfterValidator(_amount)]
Moment = Annotated[datetime, BeforeValidator(_instant)]
Day = Annotated[date, BeforeValidator(_day)]
Level = Annotated[int, Field(ge=1, le=7)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
Many = Annotated[tuple[T, ...], BeforeValidator(_tuple)]


class Command(BaseModel):
    """What somebody wants recorded. `do` is its name on the command line and in a journal.

    `by` decided it (whoever types it is given beside the command); `on` is when it was true (None: now); `key`
    makes it recorded once however often it is sent; `with` names those who decided together with `by`.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, strict=True, extra="forbid", validate_by_name=True, validate_by_alias=True
    )
    do: ClassVar[str]
    # A plan may be told before its day: the entry is of today, what it plans lies ahead.
    plans: ClassVar[bool] = False
    # Fields whose text goes into no event, and so into no hash without a salt either.
    private: ClassVar[frozenset[str]] = frozenset()
    # Fields that whoever sends the command works out each time, so that sending it again is still the same command.
    worked_out: ClassVar[frozenset[str]] = frozenset()

    by: Handle
    on: Moment | None = None
    key: Key | None = None
    basis: Text | None = None
    reason: Text | None = None
    together_with: Many[Handle] = Field(default=(), validation_alias="with")
