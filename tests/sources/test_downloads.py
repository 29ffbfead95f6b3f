"""Downloads against a server that misbehaves: nothing half-written, nothing private, all told."""

import contextlib
import io
import socket
import ssl
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from misbehaving import (
    LOOPBACK,
    Site,
    begin,
    dripping,
    dripping_headers,
    in_turn,
    misbehaving_site,
    redirect,
    reset,
    silent,
    status,
    truncated,
    whole,
    without_length,
)

from traitdunion.sources import downloads
from traitdunion.sources.downloads import (
    Downloaded,
    DownloadError,
    Limits,
    Validators,
    download,
    require_zip,
)
from traitdunion.sources.public_addresses import Network, is_public

PATIENT = Limits(total_s=60.0, silence_s=20.0, size_bytes=1 << 20, redirects=5, pauses_s=())
"""What a busy machine may need; tests of slowness are in a hurry."""
GIGABYTE = 1 << 30


def zipped(text: str = "stop_id\n", *, name: str = "stops.txt") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, text)
    return held.getvalue()


@pytest.fixture
def site():
    with misbehaving_site() as served:
        yield served


@pytest.fixture
def into(tmp_path) -> Path:
    return tmp_path / "feeds" / "cars.zip"


def get(url: str, into: Path, **more) -> Downloaded | None:
    values = {"called": "Cars 43", "check": require_zip, "network": LOOPBACK, "limits": PATIENT}
    return download(url, into, **values | more)


def never(_seconds: float) -> None:
    pytest.fail("paused")


def refused(url: str, into: Path, **more) -> DownloadError:
    """The error of a download that leaves nothing behind, told as one names a feed."""
    with pytest.raises(DownloadError, match=r"^Cars 43 : .+\. .+\.$") as wrong:
        get(url, into, **more)
    assert not into.parent.exists() or list(into.parent.iterdir()) == []
    return wrong.value


def test_a_file_is_downloaded_whole_with_what_tells_a_newer_one(site, into):
    body = zipped()
    seen = "Tue, 24 Nov 2026 04:00:00 GMT"
    url = site.serve("/a.zip", whole(body, etag='"v1"', last_modified=seen))
    made = get(url, into)
    assert into.read_bytes() == body
    assert (made.url, made.size_bytes) == (url, len(body))
    assert made.validators == Validators('"v1"', seen)
    (_, headers), *_ = site.asked
    assert headers["accept-encoding"] == "identity"
    assert headers["host"] == f"127.0.0.1:{site.port}"
    assert "if-none-match" not in headers
    assert [path.name for path in into.parent.iterdir()] == ["cars.zip"]


def test_nothing_newer_is_not_downloaded_again(site, into):
    url = site.serve("/a.zip", whole(zipped(), etag='"v1"'))
    assert get(url, into, known=Validators('"v1"', "")) is None
    assert not into.exists()
    dated = "Tue, 24 Nov 2026 04:00:00 GMT"
    url = site.serve("/b.zip", whole(zipped(), last_modified=dated))
    assert get(url, into, known=Validators("", dated)) is None
    assert get(url, into, known=Validators("", "Mon, 23 Nov 2026 04:00:00 GMT")) is not None


def test_not_modified_without_having_been_asked_is_refused(site, into):
    assert "répondu 304" in str(refused(site.serve("/a.zip", status(304)), into))


def test_a_last_modified_that_is_no_date_is_not_kept(site, into):
    made = get(site.serve("/a.zip", whole(zipped(), last_modified="hier")), into)
    assert made.validators == Validators("", "")


def test_redirects_are_followed_relative_ones_too(site, into):
    site.serve("/c.zip", whole(zipped()))
    site.serve("/deep/b", redirect("../c.zip", 307))
    url = site.serve("/a", redirect(site.url("/deep/b"), 301))
    assert get(url, into).url == site.url("/c.zip")


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_loop_is_told(site, into, code):
    site.serve("/b", redirect("/a", code))
    wrong = refused(site.serve("/a", redirect("/b", code)), into)
    assert "en boucle" in str(wrong)
    assert not wrong.transient
    assert len(site.asked) == 2


def test_too_many_redirects_are_told(site, into):
    for i in range(20):
        site.serve(f"/{i}", redirect(f"/{i + 1}"))
    assert "plus de 5 fois" in str(refused(site.url("/0"), into))
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("ftp://exemple.fr/a.zip", "http ou https"),
        ("file:///etc/passwd", "http ou https"),
        ("http://moi:secret@127.0.0.1/a.zip", "identifiant"),
        ("http://[::1", "illisible"),
        ("", "sans dire où"),
    ],
)
def test_a_redirect_elsewhere_than_the_open_web_is_refused(site, into, target, message):
    wrong = refused(site.serve("/a", redirect(target)), into)
    assert message in str(wrong)
    assert "secret" not in str(wrong)


@pytest.mark.parametrize(
    "url", ["ftp://exemple.fr/a.zip", "/etc/passwd", "http://u:p@exemple.fr/", "x" * 3000, "http:"]
)
def test_an_address_that_is_none_is_refused_before_any_connection(into, url):
    never = Network(resolve=lambda host, port: pytest.fail(f"resolved {host}"))
    refused(url, into, network=never)


def test_a_redirect_to_a_private_address_is_refused(site, into):
    url = site.serve("/a", redirect("http://169.254.169.254/latest/meta-data"))
    wrong = refused(url, into)
    assert "n'est pas publique (169.254.169.254)" in str(wrong)
    assert not wrong.transient


def test_this_machine_is_refused_unless_allowed(site, into):
    url = site.serve("/a.zip", whole(zipped()))
    for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "[::1]")):
        assert "n'est pas publique" in str(refused(address, into, network=Network()))
    assert site.asked == []


def test_one_private_address_among_several_is_enough_to_refuse(site, into):
    both = Network(resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"])
    assert "10.0.0.1" in str(refused("http://flux.exemple/a.zip", into, network=both))


def test_a_name_that_changes_its_mind_is_resolved_once(site, into):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    network = replace(LOOPBACK, resolve=lambda host, port: next(answers))
    site.serve("/a.zip", whole(zipped()))
    made = get(f"http://flux.exemple:{site.port}/a.zip", into, network=network)
    assert made.size_bytes == len(zipped())
    assert next(answers) == ["10.0.0.1"]  # never asked for
    assert site.asked[0][1]["host"] == f"flux.exemple:{site.port}"


def test_an_address_that_does_not_answer_leaves_its_turn_to_the_next(site, into):
    network = Network(
        allowed=lambda address: address.is_loopback,
        resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"],
    )
    url = site.serve("/a.zip", whole(zipped())).replace("127.0.0.1", "flux.exemple")
    assert get(url, into, network=network).size_bytes == len(zipped())


PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001:db8::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2002:7f00:1::",
    "2002:a00:1::",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "172.15.0.1",
    "172.32.0.1",
    "192.169.0.1",
    "2a00:1450:4007:80e::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


@pytest.mark.parametrize("text", PRIVATE)
def test_addresses_that_are_not_public(text):
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_addresses_that_are_public(text):
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    ("code", "message", "transient"),
    [
        (404, "n'est plus à cette adresse", False),
        (410, "n'est plus à cette adresse", False),
        (403, "refuse l'accès", False),
        (206, "répondu 206", False),
        (500, "répondu 500", True),
        (429, "répondu 429", True),
    ],
)
def test_answers_that_are_no_file_are_told(site, into, code, message, transient):
    wrong = refused(site.serve("/a", status(code)), into)
    assert message in str(wrong)
    assert wrong.transient is transient


def test_a_passing_trouble_is_tried_again_after_longer_and_longer_pauses(site, into):
    url = site.serve("/a", in_turn(status(503), reset(), whole(zipped())))
    paused = []
    limits = replace(PATIENT, pauses_s=(0.1, 0.2))
    assert get(url, into, limits=limits, pause=paused.append) is not None
    assert paused == [0.1, 0.2]
    site.serve("/a", status(503))
    with pytest.raises(DownloadError):
        get(url, into, limits=limits, pause=paused.append)
    assert len(site.asked) == 6


def test_a_lasting_trouble_is_not_tried_again(site, into):
    limits = replace(PATIENT, pauses_s=(0.1, 0.2))
    url = site.serve("/a", status(404))
    refused(url, into, limits=limits, pause=never)
    assert len(site.asked) == 1


def test_a_new_attempt_is_not_made_past_the_time_limit(site, into):
    limits = replace(PATIENT, total_s=20.0, pauses_s=(30.0,))
    refused(
        site.serve("/a", status(503)), into, limits=limits, pause=lambda s: pytest.fail("paused")
    )


def test_a_server_that_says_nothing_is_left(site, into):
    began = time.monotonic()
    wrong = refused(site.serve("/a", silent(30)), into, limits=replace(PATIENT, silence_s=0.5))
    assert "ne répond plus" in str(wrong)
    assert wrong.transient
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("page", [dripping(0.1), dripping_headers(0.1)], ids=["body", "headers"])
def test_a_server_that_drips_is_left_at_the_time_limit(site, into, page):
    began = time.monotonic()
    wrong = refused(site.serve("/a", page), into, limits=replace(PATIENT, total_s=1.0))
    assert "dépasse 1 secondes" in str(wrong)
    assert 0.9 < time.monotonic() - began < 20


def test_a_body_shorter_than_announced_is_refused(site, into):
    body = zipped()
    wrong = refused(site.serve("/a", truncated(body, len(body) + 100)), into)
    assert "coupée en chemin" in str(wrong)
    assert wrong.transient


def test_a_truncated_archive_without_a_length_is_refused(site, into):
    wrong = refused(site.serve("/a", without_length(lambda: iter([zipped()[:-30]]))), into)
    assert "tronquée" in str(wrong)
    assert wrong.transient


def test_a_connection_reset_is_told(site, into):
    assert "coupée" in str(refused(site.serve("/a", reset()), into))
    assert "coupée" in str(refused(site.serve("/b", reset(zipped())), into))


def test_a_page_instead_of_an_archive_is_told(site, into):
    page = b"\xef\xbb\xbf\n<!DOCTYPE html><title>Maintenance</title>"
    wrong = refused(site.serve("/a", whole(page, content_type="application/zip")), into)
    assert "page web" in str(wrong)
    assert not wrong.transient
    assert "pas une archive zip" in str(refused(site.serve("/b", whole(b"{}")), into))
    assert "vide" in str(refused(site.serve("/c", whole(b"")), into))


def test_an_encoded_archive_is_refused(site, into):
    wrong = refused(site.serve("/a", whole(zipped(), content_encoding="gzip")), into)
    assert "compresse" in str(wrong)


def test_five_gigabytes_announced_are_refused_at_once(site, into):
    sent = []

    def page(asked):
        begin(asked, 200, Content_Length=str(5 * GIGABYTE))
        for _ in range(5 * GIGABYTE >> 20):
            asked.wfile.write(b"P" * (1 << 20))
            sent.append(1)

    wrong = refused(site.serve("/a", page), into)
    assert "dépasse 1 Mo (au moins 5120 Mo)" in str(wrong)
    assert len(sent) < 50


def test_five_gigabytes_without_a_length_are_cut_at_the_limit(site, into):
    sent = []

    def pieces():
        for _ in range(5 * GIGABYTE >> 16):
            sent.append(1)
            yield b"P" * (1 << 16)

    wrong = refused(site.serve("/a", without_length(pieces)), into)
    assert "dépasse 1 Mo" in str(wrong)
    assert len(sent) < 800  # 1 MB taken, and what the sockets hold


def test_a_server_that_is_not_there_is_told(into):
    with misbehaving_site() as gone:
        url = gone.url("/a.zip")
    wrong = refused(url, into)
    assert "injoignable (il refuse la connexion)" in str(wrong)
    assert wrong.transient


def test_an_unknown_name_is_told(into):
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    network = Network(resolve=unknown)
    wrong = refused("http://nulle.part/a.zip", into, network=network)
    assert "injoignable (son nom est inconnu)" in str(wrong)


def test_a_certificate_that_is_not_valid_is_told(tmp_path, into):
    """A server that speaks TLS with a certificate of its own making is not believed."""
    with tls_site(tmp_path) as port:
        wrong = refused(f"https://127.0.0.1:{port}/a.zip", into)
    assert "certificat" in str(wrong)
    assert not wrong.transient


def test_no_encrypted_address_leads_to_one_that_is_not(site, tmp_path, into, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(self_signed(tmp_path / "own.pem")))
    # Authorities are read once a process: here they are another file's.
    monkeypatch.setattr(downloads, "_trusted", downloads._trusted.__wrapped__)
    target = site.serve("/a.zip", whole(zipped()))
    moved = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
    with tls_site(tmp_path, says=moved.encode()) as port:
        wrong = refused(f"https://127.0.0.1:{port}/a.zip", into)
    assert f"une adresse non chiffrée ({target})" in str(wrong)
    assert site.asked == []


@contextlib.contextmanager
def tls_site(folder: Path, *, says: bytes = b"") -> Iterator[int]:
    """Port of a server that shakes hands once, and says always the same."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = folder / "own.pem"
    context.load_cert_chain(own if own.exists() else self_signed(own))

    def shake_hands():
        with contextlib.suppress(OSError):
            held = context.wrap_socket(listening.accept()[0], server_side=True)
            if says:
                held.recv(4096)
                held.sendall(says)
            held.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=shake_hands, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)


def self_signed(path: Path) -> Path:
    """A key and its certificate, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    began = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, began, began + timedelta(36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    kind = serialization.PrivateFormat.PKCS8
    unlocked = serialization.NoEncryption()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, unlocked) + certificate)
    return path


def test_the_former_file_stays_until_the_new_one_is_whole(site, into):
    get(site.serve("/a", whole(zipped("stop_id\na\n"))), into)
    former = into.read_bytes()
    with pytest.raises(DownloadError):
        get(site.serve("/b", truncated(zipped(), 10_000)), into)
    assert into.read_bytes() == former
    assert [path.name for path in into.parent.iterdir()] == ["cars.zip"]


def test_the_body_is_what_counts_not_its_declared_type(site: Site, into):
    assert get(site.serve("/a", whole(zipped(), content_type="text/html")), into) is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://xn--a.fr/",  # a name that no resolver takes
        "http://a..b/",
        f"http://{'a' * 70}.fr/",
        "http://[v1.a]/",
        "http://1.2.3.999/",
        "http://a\x00b/",
        "http://[::1%25eth0]/",
    ],
)
def test_an_address_that_cannot_be_asked_fails_as_a_download_and_as_nothing_else(url, tmp_path):
    with pytest.raises(DownloadError):
        download(
            url, tmp_path / "page", called="page", check=lambda path: None,
            limits=Limits(total_s=5, silence_s=2, size_bytes=10, pauses_s=()),
        )  # fmt: skip
