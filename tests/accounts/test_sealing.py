"""Secrets of second factors are not in the database as they are."""

import base64
import stat

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from tests.accounts.totp import code_of
from traitdunion.accounts import sealing
from traitdunion.accounts.models import User

SECRET = base64.b32encode(b"vingt octets, pas un").decode()
FIRST, SECOND = "une premiere phrase assez longue.", "une seconde phrase assez longue.."


@pytest.fixture
def equipped(db):
    user = User.objects.create_user("a@ici.example")
    TOTP.activate(user, SECRET)
    return user


def as_kept() -> str:
    """The table as whoever copies the database reads it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return repr(cursor.fetchall())


def test_neither_the_secret_nor_the_recovery_codes_are_in_the_database(equipped):
    codes = RecoveryCodes.activate(equipped)
    seed = sealing.unseal(codes.instance.data["seed"])
    assert SECRET not in as_kept()
    assert seed not in as_kept()
    assert as_kept().count(sealing.MARK) == 2
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(SECRET))
    assert codes.validate_code(codes.get_unused_codes()[0])


def test_the_same_secret_is_kept_otherwise_each_time():
    assert sealing.seal(SECRET) != sealing.seal(SECRET)
    assert sealing.unseal(sealing.seal("é à ç")) == "é à ç"


@pytest.mark.parametrize("place", [10, 40, -3])
def test_one_sign_changed_is_noticed(place):
    sealed = list(sealing.seal(SECRET))
    sealed[place] = "A" if sealed[place] != "A" else "B"
    with pytest.raises(sealing.UnreadableSecret):
        sealing.unseal("".join(sealed))


def test_a_secret_in_clear_is_not_taken():
    with pytest.raises(sealing.UnreadableSecret, match="traitdunion migrate"):
        sealing.unseal(SECRET)


def test_a_key_is_changed_without_a_stop(equipped, settings, capsys):
    settings.TRAITDUNION_MFA_KEYS = (FIRST,)
    TOTP(Authenticator.objects.get()).instance.delete()
    TOTP.activate(equipped, SECRET)
    settings.TRAITDUNION_MFA_KEYS = (SECOND, FIRST)
    before = as_kept()
    assert sealing.unseal(Authenticator.objects.get().data["secret"]) == SECRET
    call_command("accounts", "seal")
    assert "Secrets scellés sous la première clé : 1." in capsys.readouterr().out
    assert as_kept() != before
    settings.TRAITDUNION_MFA_KEYS = (SECOND,)
    assert sealing.unseal(Authenticator.objects.get().data["secret"]) == SECRET
    settings.TRAITDUNION_MFA_KEYS = (FIRST,)
    with pytest.raises(CommandError, match="remettez-la dans TRAITDUNION_MFA_KEYS"):
        call_command("accounts", "seal")


def test_without_a_phrase_one_is_drawn_and_kept_for_its_owner_alone(settings, tmp_path):
    settings.TRAITDUNION_MFA_KEYS = ()
    settings.TRAITDUNION_DATA_DIR = tmp_path / "data"
    sealed = sealing.seal(SECRET)
    (kept,) = settings.TRAITDUNION_DATA_DIR.iterdir()
    assert kept.name == sealing.KEY_FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert sealing.unseal(sealed) == SECRET
    kept.unlink()
    with pytest.raises(sealing.UnreadableSecret):
        sealing.unseal(sealed)


def test_a_short_phrase_is_refused_with_a_way_to_draw_one():
    assert sealing.phrases_from(f" {FIRST} , {SECOND}") == (FIRST, SECOND)
    assert sealing.phrases_from("") == ()
    with pytest.raises(ImproperlyConfigured, match="token_urlsafe"):
        sealing.phrases_from("trop courte")
