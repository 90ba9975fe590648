"""What may stand at an address that is not a witness: every call is bounded, and never led elsewhere."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
import time
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from serverkit import KEYS, REQUEST, Handler, always, by_a_witness, code_of, serving
from witnesskit import TREE

from ledger.errors import Malformed, NotFound, Refused, Unavailable
from ledger.transparency.notes import Note
from ledger.transparency.witnesses import MAX_REQUEST, Accepted
from ledger.witnessing.client import MAX_ANSWER, submit
from ledger.witnessing.web import fetched

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_never_followed(status: int) -> None:
    with serving(by_a_witness(3)) as elsewhere, serving(always(status, Location=elsewhere.url)) as server:
        with pytest.raises(Refused, match=elsewhere.url) as refused:
            submit(server.url, REQUEST, KEYS)
        assert refused.value.code == "web.moved"
        assert elsewhere.asked == []
        assert len(server.asked) == 1


def test_an_answer_without_an_end_is_not_read_to_it() -> None:
    begun = time.monotonic()
    with serving(always(200, b"x" * 100_000_000)) as server:
        assert code_of(lambda: submit(server.url, REQUEST, KEYS), Refused) == "web.too_long"
    assert time.monotonic() - begun < 5
    with serving(always(200, b"x" * MAX_ANSWER)) as server:
        assert code_of(lambda: submit(server.url, REQUEST, KEYS), Refused) == "witness.incoherent"


def test_an_answer_that_comes_byte_by_byte_is_not_waited_for_longer_than_the_whole_time() -> None:
    stop = threading.Event()

    class Slow(Handler):
        def do_POST(self) -> None:  # noqa: N802 - as the library names it
            while not stop.wait(0.1):
                try:
                    self.wfile.write(b"H")
                except OSError:
                    return

    with serving(always(200)) as server:
        server.RequestHandlerClass = Slow
        begun = time.monotonic()
        assert code_of(lambda: submit(server.url, REQUEST, KEYS, timeout=0.5), Unavailable) == "web.timeout"
        assert time.monotonic() - begun < 3
        stop.set()


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with serving(lambda _path, _body: (time.sleep(3), {}, b"")) as server:  # type: ignore[arg-type,return-value]
        with pytest.raises(Unavailable, match=r"within 0\.3 seconds") as late:
            submit(server.url, REQUEST, KEYS, timeout=0.3)
        assert late.value.code == "web.timeout"


def test_an_address_where_nobody_listens_is_told() -> None:
    with serving(always(200)) as server:
        url = server.url
    with pytest.raises(Unavailable, match="Connection refused") as refused:
        submit(url, REQUEST, KEYS)
    assert refused.value.code == "web.unreachable"
    assert code_of(lambda: submit("https://nowhere.invalid", REQUEST, KEYS), Unavailable) == "web.unreachable"


def test_what_is_no_http_is_told() -> None:
    class Gibberish(Handler):
        def do_POST(self) -> None:  # noqa: N802 - as the library names it
            self.wfile.write(b"SSH-2.0-OpenSSH\r\n")

    with serving(always(200)) as server:
        server.RequestHandlerClass = Gibberish
        assert code_of(lambda: submit(server.url, REQUEST, KEYS), Unavailable) == "web.unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "witness.example",
        "http://witness.example",
        "http://127.0.0.1.witness.example",
        "http://localhost.witness.example",
        "http://0.0.0.0:7890",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "data:text/plain,x",
        "https://",
        "https://:443",
        "https://witness.example:port",
        "https://witness.example:99999",
        "https://user:word@witness.example",
        "https://witness.example/?x",
        "https://witness.example/#x",
        "https://witness.example/a b",
        "https://witness.example/\r\nX: y",
        "https://witn\u00e9ss.example",
        "https://[::1",
        "HTTP://witness.example",
    ],
)
def test_only_an_encrypted_address_or_one_on_this_machine_is_asked(url: str) -> None:
    assert code_of(lambda: submit(url, REQUEST, KEYS), Malformed) == "web.address"


def test_a_proxy_of_the_environment_never_sees_what_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(by_a_witness(3)) as server, serving(always(502)) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert isinstance(submit(server.url, REQUEST, KEYS), Accepted)
        assert proxy.asked == []


def test_an_encrypted_witness_is_asked_only_if_somebody_vouches_for_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(by_a_witness(3)) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate = self_signed(tmp_path / "server.pem")
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        url = f"https://127.0.0.1:{server.server_address[1]}"
        assert code_of(lambda: submit(url, REQUEST, KEYS), Unavailable) == "web.certificate"
        assert server.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert isinstance(submit(url, REQUEST, KEYS), Accepted)


def self_signed(file: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = builder.add_extension(address, critical=False).sign(key, SHA256())
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(secret + made.public_bytes(pem))
    return file


def test_a_checkpoint_is_fetched_as_it_lies_there() -> None:
    note = TREE.checkpoint(7).encoded()
    with serving(lambda path, _body: (200, {}, note) if path == "/checkpoint" else (404, {}, b"")) as server:
        assert Note.parse(fetched(f"{server.url}/checkpoint")).encoded() == note
        assert code_of(lambda: fetched(f"{server.url}/other"), NotFound) == "web.not_found"
    with serving(always(500)) as server:
        assert code_of(lambda: fetched(server.url), Unavailable) == "web.failed"
    with serving(always(200, b"x" * 2 * MAX_REQUEST)) as server:
        assert code_of(lambda: fetched(server.url), Refused) == "web.too_long"
