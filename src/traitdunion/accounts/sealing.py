"""Encrypt the secrets that the site reads again, so that a copy of the database does not open them:
those of second factors, and of tools that sign their messages.

A model names its sealed columns in `sealed_columns`, so that they follow a change of key.

Fernet (AES-128-CBC, then HMAC-SHA256) under keys derived by HKDF (RFC 5869) from the phrases of
the settings. The first phrase seals; each of them opens, so that one is changed without a stop.
Where no phrase is set, one is drawn and kept in the folder of data, beside the database: a copy of
the database alone then opens nothing.
"""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

MARK = "scelle1:"
KEY_FILE = "double-verification.cle"
SHORTEST_PHRASE = 32


class UnreadableSecret(ValueError):
    """A secret was sealed under a phrase that is not set any more."""


def phrases_from(value: str) -> tuple[str, ...]:
    """Return the comma-separated phrases of a setting; ImproperlyConfigured if one is short."""
    phrases = tuple(phrase.strip() for phrase in value.split(",") if phrase.strip())
    if any(len(phrase) < SHORTEST_PHRASE for phrase in phrases):
        raise ImproperlyConfigured(
            f"TRAITDUNION_MFA_KEYS : chaque clé doit avoir {SHORTEST_PHRASE} signes au moins. "
            'Tirez-en une : python -c "import secrets; print(secrets.token_urlsafe(32))".'
        )
    return phrases


def seal(text: str) -> str:
    """Encrypt a secret; the result differs each time."""
    return MARK + _cipher().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt a secret; UnreadableSecret where no phrase opens it, or it was never sealed."""
    if not sealed.startswith(MARK):
        raise UnreadableSecret("Un secret n'est pas scellé : traitdunion migrate.")
    try:
        return _cipher().decrypt(sealed.removeprefix(MARK)).decode()
    except InvalidToken as closed:
        raise UnreadableSecret(
            "Un secret de double vérification a été scellé sous une autre clé : remettez-la dans "
            "TRAITDUNION_MFA_KEYS, ou réinitialisez la double vérification de la personne."
        ) from closed


def reseal(sealed: str) -> str:
    """Re-encrypt a secret with the first phrase."""
    return seal(unseal(sealed))


@transaction.atomic
def reseal_columns() -> int:
    """Re-encrypt the columns that models declare as sealed; return how many rows."""
    n_rows = 0
    for model in apps.get_models():
        columns = getattr(model, "sealed_columns", ())
        for row in model._default_manager.all() if columns else ():
            sealed = {name: value for name in columns if (value := getattr(row, name))}
            # What changed or was erased meanwhile stays as it is.
            same = model._default_manager.filter(pk=row.pk, **sealed)
            same.update(**{name: reseal(value) for name, value in sealed.items()})
            n_rows += bool(sealed)
    return n_rows


def with_secrets_changed(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return the data of an authenticator, each of its secrets put through `change`."""
    secret = {name: change(data[name]) for name in ("secret", "seed") if name in data}
    codes = data.get("migrated_codes")
    return data | secret | ({"migrated_codes": [change(code) for code in codes]} if codes else {})


def _cipher() -> MultiFernet:
    phrases = settings.TRAITDUNION_MFA_KEYS or (_phrase_of_data_folder(),)
    return MultiFernet([Fernet(_derive_key(phrase)) for phrase in phrases])


def _derive_key(phrase: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"traitdunion second factors")
    return base64.urlsafe_b64encode(derive.derive(phrase.encode()))


def _phrase_of_data_folder() -> str:
    """Read the phrase kept in the data folder, drawn the first time; of two that draw, one wins."""
    path = Path(settings.TRAITDUNION_DATA_DIR) / KEY_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn = path.with_name(f"{KEY_FILE}.{secrets.token_hex(8)}")
        with open(os.open(drawn, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(drawn, path)
        except FileExistsError:
            pass
        finally:
            drawn.unlink()
    return path.read_text().strip()
