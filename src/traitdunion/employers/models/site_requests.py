"""Tables of the requests to sites: who answers for a site, a request, its turn at each site.

A request says what is asked and for which occupation; nothing of the person but a reference that
the site never sees.
"""

from datetime import date, timedelta

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Count, F, Q

from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.shared_words import SharedWords
from traitdunion.territory.models import Site

from ..enums import EtatDemande, EtatEnvoi, NatureDemande, is_known

SILENCE = timedelta(days=10)
"""A site that has not answered by then loses its turn."""
FRESH = timedelta(days=90)
"""A site whose contact has not shown itself for so long is asked no more."""


def signer() -> Signer:
    """Return what signs the links of sites; what the database keeps opens none."""
    return Signer(salt="traitdunion.employers.site", sep=".")


class ContactSiteQuerySet(models.QuerySet["ContactSite"]):
    """Adjectives of the contacts of sites."""

    def listed(self, on: date) -> "ContactSiteQuerySet":
        """Keep those that may be asked on a day: reached, refreshed, not paused."""
        rows = self.exclude(courriel="").filter(retire_le=None, rafraichi_le__gt=on - FRESH)
        return rows.filter(Q(pause_jusqu_au=None) | Q(pause_jusqu_au__lt=on))

    def free(self, on: date) -> "ContactSiteQuerySet":
        """Keep those listed whose requests of the calendar month are under their cap."""
        of_month = Q(
            envois__envoyee_le__year=on.year, envois__envoyee_le__month=on.month
        )  # in the time zone of the site
        rows = self.listed(on).annotate(n_month=Count("envois", filter=of_month))
        return rows.filter(Q(plafond=None) | Q(n_month__lt=F("plafond")))


class ContactSite(models.Model):
    """The mailbox that answers for a site, without an account.

    `organisation`: the one to which the site agreed. `plafond`: requests a month at most; None for
    no cap. `pause_jusqu_au`: last day of a pause. `version`: of its link, which a new mailbox
    closes. `retire_le`: the site asked to be left alone; nobody registers it again.
    """

    site = models.OneToOneField(Site, models.CASCADE, related_name="contact")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="contacts_de_sites")
    courriel = models.EmailField("adresse du contact", blank=True)
    plafond = models.PositiveSmallIntegerField("demandes par mois", null=True, blank=True)
    pause_jusqu_au = models.DateField("en pause jusqu'au", null=True, blank=True)
    rafraichi_le = models.DateField("confirmé le")
    version = models.PositiveIntegerField("version du lien", default=1)
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects = ContactSiteQuerySet.as_manager()

    class Meta:
        verbose_name = "contact d'un site"
        verbose_name_plural = "contacts des sites"
        ordering = ["site"]
        constraints = [
            models.CheckConstraint(
                condition=Q(retire_le=None) | Q(courriel=""),
                name="contact_site_withdrawn_has_no_mailbox",
            ),
            models.CheckConstraint(
                condition=Q(plafond=None) | Q(plafond__gte=1), name="contact_site_cap_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site}"

    @property
    def token(self) -> str:
        """Return the secret of the link of the site."""
        return signer().sign(f"{self.pk}-{self.version}")

    @classmethod
    def by_token(cls, token: str) -> "ContactSite | None":
        """Return the contact of a link; None where the link is wrong or no longer in force."""
        try:
            pk, _, version = signer().unsign(token).partition("-")
        except BadSignature:
            return None
        rows = cls.objects.select_related("site__commune", "organisation")
        return rows.filter(pk=pk, version=version).first()


class DemandeSite(models.Model):
    """A request for one person, passed from site to site until one accepts.

    `reference`: what the organisation calls the person; never a name, never sent to a site, emptied
    with `precision` some time after the end.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="demandes_aux_sites"
    )
    reference = models.CharField("référence de la personne", max_length=20, blank=True)
    nature = models.CharField("nature", max_length=12, choices=NatureDemande)
    rome = models.CharField("métier (code ROME)", max_length=5, blank=True)
    precision = models.CharField("précision pour le site", max_length=300, blank=True)
    demandee_le = models.DateTimeField("demandée le")
    etat = models.CharField(
        "état", max_length=10, choices=EtatDemande, default=EtatDemande.EN_COURS
    )
    finie_le = models.DateTimeField("finie le", null=True, blank=True)

    shared_words = SharedWords(
        {"precision": "La précision pour le site"}, "organisation", Permission.ASK_SITES,
        "les sites à qui elle est envoyée",
    )  # fmt: skip

    class Meta:
        verbose_name = "demande à un site"
        verbose_name_plural = "demandes aux sites"
        ordering = ["-demandee_le", "-pk"]
        constraints = [
            is_known("nature", NatureDemande.values, "demande_site_nature_is_known"),
            is_known("etat", EtatDemande.values, "demande_site_etat_is_known"),
            models.CheckConstraint(
                condition=Q(etat=EtatDemande.EN_COURS, finie_le=None)
                | (~Q(etat=EtatDemande.EN_COURS) & Q(finie_le__isnull=False)),
                name="demande_site_ended_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()}, demande n° {self.pk}"

    @property
    def journal_label(self) -> str:
        """Return how the journal names the request, without the person."""
        return f"demande à un site n° {self.pk}"


class EnvoiSite(models.Model):
    """The turn of a site in a request.

    `cle`: organisation and reference, so that the database refuses to ask a site twice for the same
    person; emptied with the reference. `repondue_le`: the first answer.
    """

    demande = models.ForeignKey(DemandeSite, models.CASCADE, related_name="envois")
    contact = models.ForeignKey(ContactSite, models.CASCADE, related_name="envois")
    rang = models.PositiveSmallIntegerField("rang")
    cle = models.CharField("personne", max_length=100, blank=True)
    etat = models.CharField("état", max_length=15, choices=EtatEnvoi, default=EtatEnvoi.ATTENTE)
    envoyee_le = models.DateTimeField("envoyée le", null=True, blank=True)
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)

    class Meta:
        verbose_name = "tour d'un site"
        verbose_name_plural = "tours des sites"
        ordering = ["demande", "rang"]
        constraints = [
            is_known("etat", EtatEnvoi.values, "envoi_site_etat_is_known"),
            models.UniqueConstraint(fields=["demande", "rang"], name="envoi_site_one_by_rank"),
            models.UniqueConstraint(
                fields=["contact", "cle"],
                condition=~Q(cle=""),
                name="envoi_site_once_for_a_person",
            ),
            models.CheckConstraint(
                condition=Q(repondue_le=None) | Q(envoyee_le__isnull=False),
                name="envoi_site_answered_was_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact}, {self.get_etat_display().lower()}"
