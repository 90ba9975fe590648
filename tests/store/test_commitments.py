from __future__ import annotations

import pytest

from ledger.commitments import SALT_BYTES, Disclosure, digest_of

# RFC 9901, section 4.2.1 and 4.2.3.
EXAMPLE = Disclosure("_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius")
ENCODED = b"WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
DIGEST = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_a_commitment_is_the_one_of_the_standards_example() -> None:
    assert (EXAMPLE.encoded, EXAMPLE.digest) == (ENCODED, DIGEST)
    assert digest_of(ENCODED) == DIGEST


def test_a_disclosure_is_read_from_its_bytes() -> None:
    assert Disclosure.decoded(ENCODED) == EXAMPLE


@pytest.mark.parametrize("bytes_", [b"", b"WyJhIl0", b"eyJhIjogMX0", b"WzEsIDIsIDNd", b"\xff", b"W10", b"_w"])
def test_what_is_no_disclosure_is_refused(bytes_: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Disclosure.decoded(bytes_)


def test_a_salt_is_of_128_bits_and_another_salt_gives_another_digest() -> None:
    salted = [Disclosure.salted(bytes([number]) * SALT_BYTES, "name", "Anna") for number in range(3)]
    assert {len(each.salt) for each in salted} == {22}
    assert len({each.digest for each in salted}) == 3
