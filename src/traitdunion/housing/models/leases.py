"""Leases with their versions, and resales with the events that start legal clocks."""

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import F, Q

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.shared_words import SharedWords
from traitdunion.territory.models import Commune

from ..enums import EvenementRevente, NatureBail, NatureReference, Section

INDICES = (NatureReference.IRL, NatureReference.ICC, NatureReference.ILC)


def signer() -> Signer:
    """Return what signs the links of the pages of households."""
    return Signer(salt="traitdunion.housing.bail")


class Bail(models.Model):
    """A lease: what never changes, and who holds it now."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="baux")
    numero = models.CharField("numéro", max_length=20)
    nature = models.CharField("nature", max_length=10, choices=NatureBail.choices)
    logement = models.CharField("logement", max_length=150)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+")
    surface_utile = models.DecimalField("surface utile, m²", max_digits=7, decimal_places=2)
    preneur = models.CharField("preneur", max_length=100, blank=True)
    # The link of the household's page holds this number: another number closes the former link.
    lien = models.PositiveSmallIntegerField("numéro du lien, 0 sans lien", default=0)
    lien_dernier = models.PositiveSmallIntegerField("dernier numéro donné", default=0)
    demonstration = models.BooleanField("bail de démonstration", default=False)

    class Meta:
        verbose_name = "bail"
        verbose_name_plural = "baux"
        ordering = ["organisation", "numero"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "numero"], name="bail_number_once"),
            models.CheckConstraint(
                condition=Q(nature__in=NatureBail.values), name="bail_nature_is_known"
            ),
            models.CheckConstraint(condition=Q(surface_utile__gt=0), name="bail_has_a_surface"),
        ]

    def __str__(self) -> str:
        return f"Bail {self.numero}"

    @property
    def token(self) -> str:
        """Return the secret of the household's page; "" where it has no link."""
        return signer().sign(f"{self.pk}.{self.lien}") if self.lien else ""

    @classmethod
    def by_token(cls, token: str) -> "Bail | None":
        """Return the lease of a link; None where the link is wrong or was closed."""
        try:
            pk, _, lien = signer().unsign(token).partition(".")
        except BadSignature:
            return None
        rows = cls.objects.select_related("organisation", "commune")
        return rows.filter(pk=pk, lien=lien).exclude(lien=0).first()

    @property
    def section(self) -> Section:
        return Section.BRSA if self.nature == NatureBail.ACTIVITE else Section.BRS


class VersionBail(models.Model):
    """The terms of a lease from a day on; an amendment adds a version, and changes none.

    `indice_base`: quarter of the index at the start ("2024T1"). Amounts in cents.
    """

    bail = models.ForeignKey(Bail, models.PROTECT, related_name="versions")
    depuis = models.DateField("vaut depuis le")
    fin = models.DateField("fin prévue")
    duree_ans = models.PositiveSmallIntegerField("durée, ans")
    prix_centimes = models.BigIntegerField("prix d'acquisition, centimes")
    redevance_centimes = models.BigIntegerField("redevance mensuelle, centimes")
    plancher_centimes = models.BigIntegerField("plancher de redevance", null=True, blank=True)
    indice = models.CharField(
        "indice", max_length=20, choices=[(i.value, i.label) for i in INDICES]
    )
    indice_base = models.CharField("trimestre de l'indice", max_length=6)
    motif = models.CharField("motif", max_length=200)
    ecrite_le = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "version d'un bail"
        verbose_name_plural = "versions d'un bail"
        ordering = ["bail", "depuis", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duree_ans__gte=18, duree_ans__lte=99), name="bail_from_18_to_99_years"
            ),
            models.CheckConstraint(
                condition=Q(fin__gt=F("depuis")), name="bail_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(prix_centimes__gte=0, redevance_centimes__gte=0),
                name="bail_amounts_not_negative",
            ),
            models.UniqueConstraint(fields=["bail", "depuis"], name="bail_one_version_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.bail}, depuis le {self.depuis}"


class TravauxValorises(models.Model):
    """Improvement works that a lease values at its resale, straight line over their life."""

    bail = models.ForeignKey(Bail, models.PROTECT, related_name="travaux")
    libelle = models.CharField("travaux", max_length=150)
    montant_centimes = models.BigIntegerField("montant, centimes")
    faits_le = models.DateField("faits le")
    vie_ans = models.PositiveSmallIntegerField("durée de vie, ans")

    shared_words = SharedWords(
        {"libelle": "Les travaux"}, "bail__organisation", Permission.KEEP_LEASES,
        "le ménage, sur la page de son bail",
    )  # fmt: skip

    class Meta:
        verbose_name = "travaux valorisés"
        verbose_name_plural = "travaux valorisés"
        ordering = ["bail", "faits_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(montant_centimes__gte=0, vie_ans__gt=0), name="travaux_can_be_valued"
            )
        ]

    def __str__(self) -> str:
        return self.libelle


class Revente(models.Model):
    """A resale of a lease to a buyer; its checks are None until they are made."""

    bail = models.ForeignKey(Bail, models.PROTECT, related_name="reventes")
    acquereur = models.CharField("acquéreur", max_length=100, blank=True)
    prix_centimes = models.BigIntegerField("prix demandé, centimes")
    ressources_verifiees = models.BooleanField("ressources sous le plafond", null=True, blank=True)
    financement_verifie = models.BooleanField("plan de financement", null=True, blank=True)
    non_proprietaire = models.BooleanField("déclaration de non-propriétaire", null=True, blank=True)
    ouverte_le = models.DateTimeField("ouverte le")

    class Meta:
        verbose_name = "revente"
        ordering = ["-ouverte_le", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(prix_centimes__gte=0), name="revente_price")
        ]

    def __str__(self) -> str:
        return f"Revente du {self.bail}"


class Evenement(models.Model):
    """An event of a resale, with its proof; never changed nor removed. No proof, no date."""

    revente = models.ForeignKey(Revente, models.PROTECT, related_name="evenements")
    nature = models.CharField("événement", max_length=20, choices=EvenementRevente.choices)
    le = models.DateField("date")
    preuve = models.CharField("preuve", max_length=200)
    motif = models.CharField("motif", max_length=300, blank=True)
    regles = models.CharField("version des délais", max_length=64)
    par = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    ecrit_le = models.DateTimeField("écrit le")

    class Meta:
        verbose_name = "événement d'une revente"
        verbose_name_plural = "événements d'une revente"
        ordering = ["revente", "le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nature__in=EvenementRevente.values), name="evenement_nature_is_known"
            ),
            models.CheckConstraint(condition=~Q(preuve=""), name="evenement_has_a_proof"),
            models.UniqueConstraint(fields=["revente", "nature"], name="evenement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} le {self.le}"
