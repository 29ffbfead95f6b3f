"""Secrets of second factors lay in clear: seal those that do."""

from django.db import migrations

from traitdunion.accounts.sealing import MARK, seal, sealed_anew, unseal


def seal_what_is_clear(apps, schema_editor):
    for one in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        one.data = sealed_anew(
            one.data, lambda text: text if text.startswith(MARK) else seal(text)
        )
        one.save(update_fields=["data"])


def open_what_is_sealed(apps, schema_editor):
    for one in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        one.data = sealed_anew(one.data, unseal)
        one.save(update_fields=["data"])


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_sign_in_by_openid"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal_what_is_clear, open_what_is_sealed)]
