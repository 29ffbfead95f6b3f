"""Command `traitdunion accounts`: organisations, the first invitation, the permission table."""

from typing import Annotated

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django_typer.management import TyperCommand, command

from traitdunion.accounts import operations, permissions, second_factor
from traitdunion.accounts.enums import Role
from traitdunion.accounts.mails import link_of
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.sealing import UnreadableSecret, reseal_columns
from traitdunion.accounts.site import site_address

Slug = Annotated[str, typer.Argument(help="Identifiant de l'organisation, par exemple guichet-43.")]


class Command(TyperCommand):
    help = "Créer les organisations, inviter leur premier administrateur, lire les permissions."

    @command(help="Créer une organisation.")
    def organisation(
        self, slug: Slug, nom: Annotated[str, typer.Argument(help="Nom affiché.")]
    ) -> None:
        """Create an organisation; it is an error if it exists."""
        try:
            operations.create_organisation(slug=slug, nom=nom, now=timezone.now())
        except operations.AccountsError as refused:
            raise CommandError(str(refused)) from refused
        except DatabaseError as wrong:
            raise CommandError(f"La base refuse ({wrong}) : traitdunion migrate.") from wrong
        self.stdout.write(f"Organisation créée : {nom}. Invitez-y : traitdunion accounts invite.")

    @command(help="Écrire le lien qui invite une adresse dans une organisation.")
    def invite(
        self,
        slug: Slug,
        email: Annotated[str, typer.Argument(help="Adresse électronique.")],
        role: Annotated[Role, typer.Option(help="Rôle donné.")] = Role.ADMINISTRATEUR,
        site: Annotated[
            str, typer.Option(help="Adresse du site, si TRAITDUNION_SITE ne la donne pas.")
        ] = "",
    ) -> None:
        """Print the link, for the operator of the machine to send."""
        organisation = Organisation.objects.filter(slug=slug).first()
        if organisation is None:
            raise CommandError(
                f"Organisation inconnue : « {slug} ». Créez-la : traitdunion accounts organisation."
            )
        try:
            sent = operations.invite(
                by=None, organisation=organisation, email=email, role=role, now=timezone.now()
            )
        except operations.AccountsError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"À transmettre à {email}, une seule fois : {site or site_address()}{link_of(sent)}"
        )

    @command(help="Sceller à neuf les secrets gardés dans la base, après un changement de clé.")
    def seal(self) -> None:
        """Seal every secret under the first phrase of TRAITDUNION_MFA_KEYS."""
        try:
            with transaction.atomic():
                n_sealed = second_factor.reseal_second_factors() + reseal_columns()
        except UnreadableSecret as closed:
            raise CommandError(str(closed)) from closed
        self.stdout.write(f"Secrets scellés sous la première clé : {n_sealed}.")

    @command(help="Écrire la table des permissions, en Markdown.")
    def permissions(self) -> None:
        """Print the table of the documentation."""
        self.stdout.write(permissions.table_in_markdown())
