"""Command `traitdunion check`: what this site lacks in order to answer, one line each."""

from smtplib import SMTPException
from typing import Annotated

import typer
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management.base import CommandError
from django.core.validators import validate_email
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.accounts.outbox.delivery import reason
from traitdunion.web.arguments import AsJson
from traitdunion.web.health import Check, State, check_all, worst
from traitdunion.web.rendering import show_json

MARKS = {State.FINE: "bon", State.WARNING: "à voir", State.BROKEN: "PANNE"}


class Command(TyperCommand):
    help = "Contrôler le site : base, dossier, horaires, messages, horloge, réglages."

    def handle(
        self,
        deploy: Annotated[
            bool, typer.Option("--deploy", help="Ajouter les contrôles de sécurité de Django.")
        ] = False,
        mail: Annotated[
            str, typer.Option("--mail", help="Envoyer un vrai message à cette adresse.")
        ] = "",
        json: AsJson = False,
    ) -> None:
        """Print each check; exit with code 1 where the site cannot answer."""
        checks = [*check_all(timezone.localtime()), *_of_settings(deploy=deploy)]
        if mail:
            checks.append(_mail_to(mail))
        if json:
            show_json(
                self.stdout,
                [{"nom": c.name, "etat": c.state, "message": c.message} for c in checks],
            )
        else:
            for check in checks:
                self.stdout.write(f"{MARKS[check.state]:<7}{check.name} : {check.message}")
        if worst(checks) is State.BROKEN:
            raise CommandError("Le site ne peut pas répondre : corrigez ce qui est en panne.")


def _mail_to(address: str) -> Check:
    """Hand a message to the mail server now, past the outbox, and return how that went."""
    message = EmailMessage(
        "Essai de Trait d’union", "Ce message montre que le site sait écrire.", to=[address]
    )
    try:
        validate_email(address)
        message.send()
    except ValidationError:
        return Check("courriel", State.BROKEN, f"« {address} » n'est pas une adresse.")
    except (OSError, SMTPException) as failed:
        return Check("courriel", State.BROKEN, f"Message refusé : {reason(failed)}")
    return Check("courriel", State.FINE, f"Le serveur a pris le message pour {address}.")


def _of_settings(*, deploy: bool) -> list[Check]:
    """Return what Django's own checks find, or one line if they find nothing."""
    checks = [
        Check(
            "réglages",
            State.BROKEN if message.is_serious() else State.WARNING,
            " ".join(f"{message.msg} {message.hint or ''}".split()),
        )
        for message in run_checks(include_deployment_checks=deploy)
    ]
    return checks or [Check("réglages", State.FINE, "Rien à redire.")]
