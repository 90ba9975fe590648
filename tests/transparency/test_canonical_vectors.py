"""Canonical JSON held against RFC 8785's own pairs of input and output, and what a ledger's narrower rule refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.canonical import canonical, parse, read

FOLDER = Path(__file__).parents[2].parent / "shared" / "vectors" / "jcs" / "testdata"
shared = pytest.mark.skipif(not FOLDER.is_dir(), reason="no folder shared/vectors/jcs beside the checkout")


def given(name: str) -> bytes:
    return (FOLDER / "input" / f"{name}.json").read_bytes()


def wanted(name: str) -> bytes:
    expected = bytes.fromhex((FOLDER / "outhex" / f"{name}.txt").read_text())
    assert expected == (FOLDER / "output" / f"{name}.json").read_bytes()
    return expected


@shared
def test_all_pairs_are_there() -> None:
    names = ["arrays", "french", "structures", "unicode", "values", "weird"]
    assert sorted(path.stem for path in (FOLDER / "input").iterdir()) == names


@shared
@pytest.mark.parametrize("name", ["french", "unicode"])
def test_an_object_of_texts_is_written_as_the_rfc_writes_it(name: str) -> None:
    assert canonical(parse(given(name))) == wanted(name)
    assert canonical(parse(wanted(name))) == wanted(name)


@shared
@pytest.mark.parametrize(("name", "number"), [("structures", "56.0"), ("values", "333333333.33333329")])
def test_an_object_with_a_float_is_refused(name: str, number: str) -> None:
    with pytest.raises(ValueError, match=f"{number} is not an integer"):
        parse(given(name))


@shared
def test_the_object_with_a_float_that_is_whole_is_written_as_the_rfc_does_once_it_is_an_integer() -> None:
    assert canonical(parse(given("structures").replace(b"56.0", b"56"))) == wanted("structures")
    assert canonical(parse(wanted("structures"))) == wanted("structures")


@shared
def test_the_texts_and_literals_beside_floats_are_written_as_the_rfc_does() -> None:
    value = json.loads(given("values"))
    del value["numbers"]
    before, after = wanted("values").split(b'"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],')
    assert canonical(value) == before + after


@shared
def test_an_array_is_refused_at_the_top_and_written_as_the_rfc_does_inside() -> None:
    with pytest.raises(ValueError, match="not a JSON object"):
        parse(given("arrays"))
    assert canonical(parse(b'{"array":' + given("arrays") + b"}")) == b'{"array":' + wanted("arrays") + b"}"


@shared
def test_keys_are_sorted_by_their_utf_16_units() -> None:
    # Which puts an emoji before U+FB33; by code point it would come after.
    value = parse(given("weird"))
    assert canonical(value) == wanted("weird")
    assert canonical({"inside": [value]}) == b'{"inside":[' + wanted("weird") + b"]}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'{"b": 1, "a": [true, false, null], "A": {}, "": ""}', b'{"":"","A":{},"a":[true,false,null],"b":1}'),
        (r'{"10": 1, "1": 2, "2": -0}', b'{"1":2,"10":1,"2":0}'),
        (
            r'{"a": "\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/"}',
            '{"a":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode(),
        ),
        (r'{"a": "\u0000\u007f\u0080\u2028\ud83d\ude02"}', '{"a":"\\u0000\x7f\x80\u2028\U0001f602"}'.encode()),
        (r'{"a": "\b\t\n\f\r\u000b"}', rb'{"a":"\b\t\n\f\r\u000b"}'),
        (r'{"a": "A\u030a"}', '{"a":"A\u030a"}'.encode()),
        (r'{"a": 9007199254740991, "b": -9007199254740991}', b'{"a":9007199254740991,"b":-9007199254740991}'),
    ],
)
def test_texts_literals_and_integers_have_one_form(text: str, expected: bytes) -> None:
    assert canonical(parse(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1.0}',
        '{"a": 1e3}',
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": 9007199254740992}',
        '{"a": 1, "a": 1}',
        '{"a": {"b": 1, "b": 2}}',
        "[]",
        '"a"',
        "null",
        "",
    ],
)
def test_floats_large_integers_repeated_keys_and_what_is_no_object_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_a_lone_surrogate_has_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        canonical(parse(r'{"a": "\ud83d"}'))


def test_reading_wants_the_order_that_writing_gives() -> None:
    in_order = canonical({"\ufb33": 2, "\U0001f602": 1})
    by_code_point = '{"\ufb33":2,"\U0001f602":1}'.encode()
    assert in_order != by_code_point
    assert read(in_order) == {"\ufb33": 2, "\U0001f602": 1}
    assert read(by_code_point) is None


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1.5}',
        b'{"a":[1,2.0]}',
        b'{"a":["x",1e3]}',
        b'{"a":90071992547409920}',
        b'{"a":-90071992547409920}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":"\\u00e5"}',
        b'{"a":"\\ud800"}',
        b"[1]",
        b'{"a":1}\n',
        b'{"a":NaN}',
        b"\xff",
        b"",
    ],
)
def test_what_is_not_canonical_is_not_read(data: bytes) -> None:
    assert read(data) is None


@pytest.mark.parametrize("text", ["at 12:30.5, 1.5 and 2e3", "1234567890123456789", "[1.5,2.5]", "smörgås", "😂"])
def test_a_text_may_look_like_any_number(text: str) -> None:
    assert read(canonical({"a": text, "n": 7})) == {"a": text, "n": 7}
