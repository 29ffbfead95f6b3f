"""No secret in the tree: known forms of keys, and drawn text beside a word that names a secret."""

import math
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "tests", "scripts", "docs", "benchmarks", "requirements")
MAX_BYTES = 2_000_000
MIN_BITS = 3.6
"""Bits a sign from which sixteen signs or more look drawn; English and French words stay under."""
FORMS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}",
    "key of AWS": r"\bAKIA[0-9A-Z]{16}\b",
    "token of GitHub": r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{40,}",
    "token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20}",
    "token of Slack": r"\bxox[abprs]-[A-Za-z0-9-]{20,}",
    "key of Stripe": r"\b[rs]k_live_[A-Za-z0-9]{20,}",
    "key of Mapbox": r"\bsk\.eyJ[A-Za-z0-9_-]{30,}",
    "token signed (JWT)": r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{15,}",
    # Hosts of examples (RFC 2606) and of this machine belong to no one.
    "address with a password": r"\b[a-z+]{3,}://[^\s:/@\"'<>{}]+:[A-Za-z0-9!%._-]{8,}@"
    r"(?!localhost|127\.|[a-z0-9.-]*\.example\b)[a-z0-9.-]+\.[a-z]{2,}",
}
NAMED = re.compile(
    r"(?i)(?:secret|token|passw|mot_de_passe|api_?key|private_?key)\w*[\"']?\s*[:=]\s*[\"']?"
    r"(?P<value>[A-Za-z0-9+/=_-]{16,})[\"'\s]"
)


def bits(text: str) -> float:
    """Return the entropy of a text, in bits a sign."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def secrets_in(text: str) -> list[str]:
    """Return what looks like a secret, named by its form."""
    alike = [name for name, form in FORMS.items() if re.search(form, text)]
    for match in NAMED.finditer(text):
        value = match["value"]
        is_mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
        if is_mixed and bits(value) >= MIN_BITS:
            alike.append(f"drawn: {match[0].strip()}")
    return alike


def test_no_file_of_the_tree_holds_a_secret():
    looked_at = 0
    wrong = {}
    for folder in (*FOLDERS, "."):
        paths = (ROOT / folder).glob("*") if folder == "." else (ROOT / folder).rglob("*")
        for path in paths:
            if not path.is_file() or "__pycache__" in path.parts or path == Path(__file__):
                continue
            if path.stat().st_size > MAX_BYTES:
                continue
            looked_at += 1
            if alike := secrets_in(path.read_bytes().decode("latin-1")):
                wrong[str(path.relative_to(ROOT))] = alike
    assert looked_at > 1_000
    assert not wrong


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
        "id = 'AKIA" + "IOSFODNN7EXAMPLE" + "'",
        "ghp_" + "a1B2" * 9,
        'API_KEY = "f3a9c1d87b2e4605" \n',
        "secret_key: Zx81kQpT0vLm93RsYw \n",
        "postgresql://site:kZ81-xQp0vLm@base.mairie.fr/site",
    ],
)
def test_what_looks_like_a_secret_is_found(text):
    assert secrets_in(text)


@pytest.mark.parametrize(
    "text",
    [
        'token = "un-secret-de-test" ',
        'password="une phrase longue pour essayer"',
        "SECRET = environ['TRAITDUNION_SECRET_KEY']",
        "postgresql://site:motdepasse@base.example/site",
    ],
)
def test_names_and_phrases_are_no_secret(text):
    assert secrets_in(text) == []
