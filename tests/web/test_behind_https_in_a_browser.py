"""The site as it is deployed: `traitdunion serve` behind HAProxy or nginx, over TLS."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.operations import invite
from traitdunion.cooperation.enums import EtatSeance
from traitdunion.cooperation.models import Axe, Seance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "mettre-le-site-en-ligne.md"
PASSWORD = "une phrase que nul ne devine"
MAX_WAIT_S = 60


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def certificate(path: Path) -> Path:
    """Write a key and its certificate for localhost, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


def configuration_of(kind: str, changes: dict[str, str]) -> str:
    """The configuration of the guide, on ports of this test."""
    (text,) = re.findall(rf"```{kind}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    for written, here in changes.items():
        assert written in text
        text = text.replace(written, here)
    return text


def haproxy_command(folder: Path, pem: Path, *, plain: int, tls: int, site: int) -> list[str]:
    program = program_of("haproxy")
    if program is None:
        pytest.fail("no haproxy on this machine: scripts/install-system-packages haproxy")
    path = folder / "haproxy.cfg"
    changes = {
        "bind :80\n": f"bind 127.0.0.1:{plain}\n",
        "bind :443 ": f"bind 127.0.0.1:{tls} ",
        "/etc/haproxy/guichet.pem": str(pem),
        "127.0.0.1:8000": f"127.0.0.1:{site}",
    }
    path.write_text(configuration_of("haproxy", changes))
    return [program, "-db", "-f", str(path)]


def nginx_command(folder: Path, pem: Path, *, plain: int, tls: int, site: int) -> list[str]:
    """The command of nginx, where it is; its package would start a server on port 80."""
    program = program_of("nginx")
    if program is None:
        pytest.skip("no nginx on this machine: scripts/install-system-packages nginx")
    changes = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{tls} ssl;",
        "guichet.exemple.fr": "localhost",
        "/etc/nginx/guichet.pem": str(pem),
        "127.0.0.1:8000": f"127.0.0.1:{site}",
    }
    places = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Started by root, its workers would be of an account that may not write there.
    user = "user root;" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(
        f"{user} daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {places}\n{configuration_of('nginx', changes)}}}\n"
    )
    return [program, "-e", "stderr", "-p", str(folder), "-c", str(path)]


def program_of(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")


PROXIES = {"haproxy": haproxy_command, "nginx": nginx_command}


def until_it_listens(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + MAX_WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"nothing listens: {process.args}")


@pytest.fixture(params=PROXIES)
def deployed(request, db, tmp_path, mailbox, settings):
    """The served site with its first invitation and an open session; its addresses."""
    organisation = Organisation.objects.create(slug="ici", nom="Guichet d'ici")
    now = timezone.now()
    first = invite(
        by=None, organisation=organisation, email="aline@ici.example",
        role=Role.ADMINISTRATEUR, now=now,
    )  # fmt: skip
    seance = Seance.objects.create(
        slug="seance", titre="Coopérer", organisation=organisation, tenue_le=now, code="ABC234",
        etat=EtatSeance.OUVERTE,
    )  # fmt: skip
    Axe.objects.create(seance=seance, ordre=1, titre="Se déplacer", question="Comment ?")
    data = tmp_path / "data"
    data.mkdir()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(data / "traitdunion.sqlite3")])
    plain, tls, port = (free_port() for _ in range(3))
    site = f"https://localhost:{tls}"
    environ = {name: text for name, text in os.environ.items() if "TRAITDUNION" not in name} | {
        "TRAITDUNION_SITE": site,
        "TRAITDUNION_DATA_DIR": str(data),
        "TRAITDUNION_MFA_REQUIRED": "0",
        "TRAITDUNION_SMTP_HOST": settings.EMAIL_HOST,
        "TRAITDUNION_SMTP_PORT": str(settings.EMAIL_PORT),
        "TRAITDUNION_SMTP_TLS": "0",
    }
    pem = certificate(tmp_path / "site.pem")
    proxy_command = PROXIES[request.param](tmp_path, pem, plain=plain, tls=tls, site=port)
    command = [sys.executable, "-m", "traitdunion.web.command_line", "serve", "--port", str(port)]
    with (
        open(tmp_path / "log", "wb") as log,
        subprocess.Popen(command, env=environ, stdout=log, stderr=log) as served,
        subprocess.Popen(proxy_command, stderr=log) as proxy,
    ):
        try:
            until_it_listens(port, served)
            until_it_listens(tls, proxy)
            yield SimpleNamespace(
                site=site, plain=f"http://localhost:{plain}", inside=f"http://127.0.0.1:{port}",
                invitation=f"{site}/invitations/{first.token}/", log=tmp_path / "log",
            )  # fmt: skip
        finally:
            proxy.terminate()
            served.terminate()


@pytest.fixture
def visit(browser):
    """Function that opens an address in a new context, which accepts our own certificate."""
    contexts = []

    def open_(url):
        contexts.append(browser.new_context(ignore_https_errors=True, locale="fr-FR"))
        contexts[-1].set_default_timeout(10_000)
        page = contexts[-1].new_page()
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()


def status(url: str, **headers: str) -> tuple[int, dict[str, str]]:
    trusting = ssl._create_unverified_context()
    try:
        with urlopen(Request(url, headers=headers), context=trusting) as answer:
            return answer.status, {name.lower(): text for name, text in answer.headers.items()}
    except HTTPError as refused:
        return refused.code, {}


def test_people_join_sign_in_invite_and_take_part_behind_https(deployed, visit, mailbox):
    page = visit(deployed.plain + "/compte/connexion/")
    expect(page).to_have_url(deployed.site + "/compte/connexion/")

    page.goto(deployed.invitation)
    page.get_by_label("Votre nom").fill("Aline")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")

    page.goto(deployed.site + "/compte/deconnexion/")
    page.get_by_role("main").get_by_role("button").first.click()
    page.goto(deployed.site + "/compte/connexion/")
    page.get_by_label("E-mail").fill("aline@ici.example")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert {"__Host-sessionid", "__Host-csrftoken"} <= cookies.keys()
    assert all(cookie["secure"] and cookie["httpOnly"] for cookie in cookies.values())

    page.get_by_role("link", name="Membres et invitations").click()
    page.get_by_label("Adresse électronique").fill("nouvelle@ici.example")
    page.get_by_label("Conseiller", exact=True).check()
    page.get_by_role("button", name="Envoyer l'invitation").click()
    expect(page.get_by_role("status")).to_contain_text("Invitation")
    deadline = time.monotonic() + MAX_WAIT_S
    invited = []
    while not invited and time.monotonic() < deadline:
        time.sleep(0.2)
        invited = [mail for mail in mailbox if mail["to"] == "nouvelle@ici.example"]
    (link,) = re.findall(r"https?://\S+", invited[0].get_content())
    assert link.startswith(deployed.site + "/invitations/")
    assert invited[0]["from"] == "trait-d-union@localhost"
    expect(visit(link).get_by_label("Votre nom")).to_be_visible()

    phone = visit(deployed.site + "/participer/ABC234/")
    phone.get_by_role("radio").first.check()
    phone.get_by_role("button", name="Continuer").click()
    expect(phone.get_by_text("Vous participez au titre de")).to_be_visible()
    expect(phone.get_by_text("Se déplacer").first).to_be_visible()
    assert all(cookie["secure"] for cookie in phone.context.cookies())

    code, headers = status(deployed.site + "/")
    assert (code, headers["strict-transport-security"]) == (200, "max-age=31536000")
    assert b"Traceback" not in deployed.log.read_bytes()


def test_each_machine_behind_the_proxy_is_counted_apart_and_cannot_give_itself_another_address(
    deployed,
):
    def opens_wrong_link(base: str, address: str) -> int:
        return status(
            f"{base}/invitations/nulle-part/",
            Host=deployed.site.removeprefix("https://"),
            **{"X-Forwarded-For": address, "X-Forwarded-Proto": "https"},
        )[0]

    for _ in range(60):
        assert opens_wrong_link(deployed.inside, "192.0.2.1") == 410
    assert opens_wrong_link(deployed.inside, "192.0.2.1") == 429
    assert opens_wrong_link(deployed.inside, "192.0.2.2") == 410
    assert opens_wrong_link(deployed.site, "192.0.2.1") == 410


def test_a_photograph_of_eight_megabytes_reaches_the_site(deployed):
    """A proxy with its usual limits would refuse it before the site is asked."""
    with httpx2.Client(verify=False, timeout=60) as client:
        answer = client.post(f"{deployed.site}/participer/ABC234/", content=b"x" * 8_000_000)
    assert answer.status_code == 403, answer.text  # by the site: the form bears no token
    assert "Trait d'union" in unescape(answer.text)
