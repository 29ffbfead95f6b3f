"""Whatever is sent to a form, the site answers, and never breaks (no 5xx)."""

import os
import random
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.accounts import test_every_address as every_address
from traitdunion.accounts.permissions import ROLES_OF

PER_FORM = int(os.environ.get("FUZZ_FORMS", "8"))
pytestmark = pytest.mark.databases
PUBLIC = (
    "/", "/aides/", "/fiche/", "/solutions/", "/participer/", "/participer/ABC234/",
    "/compte/connexion/", "/compte/mot-de-passe/oubli/", "/evaluer/",
)  # fmt: skip
NASTY = (
    "", " ", "\x00", "é" * 600, "9" * 400, "-1", "0", "1e309", "NaN", "²", "1,5", "2026-02-30",
    "0001-01-01", "9999-12-31T23:59", "25:61", "<b>&", "%00", "../..", "=1+1", "[]", "{}", "null",
    "xn--a@b", "a@b.c", "http://xn--a/", "http://[", "\ud7ff\ufffe", "\r\n", "12345678901234567890",
    "12" * 40,
)  # fmt: skip


@pytest.fixture
def arguments(people, now):
    return every_address.arguments_of(people, now)


class Forms(HTMLParser):
    """The forms of a page: action, method, and for each field its name, kind and values."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(
                {
                    "action": given.get("action", ""),
                    "post": given.get("method", "get").lower() == "post",
                    "fields": {},
                }
            )
        if not self.forms:
            return
        fields = self.forms[-1]["fields"]
        name = given.get("name", self._select if tag == "option" else "")
        if tag == "select":
            self._select = name
        if tag in ("input", "textarea", "select", "button", "option") and name:
            _, values = fields.setdefault(name, (given.get("type", tag), []))
            if "value" in given:
                values.append(given["value"])


def variants(form, rng):
    """Submissions of a form, the first as it stands, then each with one or two fields spoilt."""
    fields = {name: field for name, field in form["fields"].items() if "csrf" not in name}
    plain = {name: (values or ["x"])[0] for name, (_, values) in fields.items()}
    files = [name for name, (kind, _) in fields.items() if kind == "file"]
    for name in files:
        plain.pop(name)
    for number in range(PER_FORM):
        sent = dict(plain)
        for name in rng.sample(sorted(sent), min(number and 1 + number % 2, len(sent))):
            sent[name] = rng.choice([*NASTY, *fields[name][1]])
        for name in files:
            content = rng.choice([b"", b"a;b\r1;2\r", b"PK\x03\x04", b"\xff\xd8\xff", b"\x00" * 99])
            sent[name] = SimpleUploadedFile(rng.choice(["a.csv", "a.xlsx", "a.jpg"]), content)
        yield sent


def broken_by(client, url, rng):
    """What of a page's forms ended in an error, as (address, fields sent, error)."""
    client.raise_request_exception = False
    page = client.get(url)
    wrong = [(url, "GET", page.exc_info)] if page.status_code >= 500 else []
    if page.status_code != 200 or "html" not in page.headers.get("Content-Type", ""):
        return wrong
    for form in Forms(page.content.decode()).forms:
        where = form["action"].split("#")[0] or url
        if not where.startswith("/") or "deconnexion" in where:
            continue
        send = client.post if form["post"] else client.get
        for sent in variants(form, rng):
            with transaction.atomic():
                answer = send(where, sent)
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                wrong.append((where, sent, repr(answer.exc_info and answer.exc_info[1])[:200]))
    return wrong


@pytest.mark.django_db
def test_no_public_form_breaks(arguments, client):
    rng = random.Random(14)
    wrong = [fault for url in PUBLIC for fault in broken_by(client, url, rng)]
    assert not wrong, "\n".join(map(repr, wrong))


@pytest.mark.django_db
def test_no_form_of_the_professionals_breaks(arguments, people):
    rng, wrong = random.Random(14), []
    for name, gate in sorted(every_address.GUARDED.items()):
        if name not in arguments:
            continue  # the table of addresses fails on it
        client = Client()
        role = sorted(ROLES_OF[gate.permission])[0] if gate.permission else "conseiller"
        client.force_login(people[role, "ici"])
        wrong += broken_by(client, reverse(name, kwargs=arguments[name]), rng)
    assert not wrong, "\n".join(map(repr, wrong))
