"""The project of an organisme de foncier solidaire: agrément file, documents, partners."""

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User
from traitdunion.cooperation.models import Engagement

from ..enums import AvisCrhh, EtatApport, EtatPiece, FormeOfs, GenreApport, NaturePartenaire

MENTIONS = ("reference", "perimetre", "reserves", "retrait")


class Projet(models.Model):
    """A project of OFS: legal form, statutory mentions (R.329-4), dates of the agrément.

    A mention is None until the statutes were read. `complet_le`: the prefect's letter that the file
    is complete, which starts the three months; without it, no date.
    """

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, primary_key=True, related_name="projet_ofs"
    )
    forme = models.CharField("forme juridique", max_length=16, choices=FormeOfs.choices)
    territoire = models.CharField("périmètre d'intervention", max_length=200, blank=True)
    colleges = models.TextField("collèges et voix", max_length=1000, blank=True)
    mention_reference = models.BooleanField(
        "les statuts se réfèrent à l'article L.329-1", null=True, blank=True
    )
    mention_perimetre = models.BooleanField(
        "1° périmètre géographique, au-delà de la région s'il y a lieu", null=True, blank=True
    )
    mention_reserves = models.BooleanField(
        "2° part des bénéfices d'autres activités affectée aux réserves", null=True, blank=True
    )
    mention_retrait = models.BooleanField(
        "3° décisions en cas de suspension ou de retrait, dévolution sous un an",
        null=True,
        blank=True,
    )
    avis_crhh = models.CharField(
        "avis du CRHH", max_length=12, choices=AvisCrhh.choices, blank=True
    )
    avis_le = models.DateField("avis du CRHH le", null=True, blank=True)
    depose_le = models.DateField("dossier déposé le", null=True, blank=True)
    complet_le = models.DateField("dossier reçu complet le", null=True, blank=True)
    complet_preuve = models.CharField("preuve du dossier complet", max_length=200, blank=True)
    agree_le = models.DateField("agréé le", null=True, blank=True)
    arrete = models.CharField("arrêté d'agrément", max_length=200, blank=True)
    autres_ofs = models.TextField("autres OFS du territoire", max_length=1000, blank=True)
    demonstration = models.BooleanField("projet de démonstration", default=False)

    class Meta:
        verbose_name = "projet d'OFS"
        verbose_name_plural = "projets d'OFS"
        constraints = [
            models.CheckConstraint(
                condition=Q(complet_le=None) | ~Q(complet_preuve=""),
                name="projet_complete_has_a_proof",
            ),
            models.CheckConstraint(
                condition=Q(agree_le=None) | ~Q(arrete=""), name="projet_agreed_by_a_decision"
            ),
        ]

    def __str__(self) -> str:
        return f"projet d'OFS, {self.organisation}"


class PieceAgrement(models.Model):
    """A point of R.329-7: its state, and who brings it. Point 11 is absent from the text."""

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="pieces")
    point = models.PositiveSmallIntegerField("point")
    etat = models.CharField(
        "état", max_length=12, choices=EtatPiece.choices, default=EtatPiece.A_FAIRE
    )
    responsable = models.CharField("qui l'apporte", max_length=100, blank=True)
    remarque = models.CharField("remarque", max_length=300, blank=True)

    class Meta:
        verbose_name = "pièce du dossier d'agrément"
        verbose_name_plural = "pièces du dossier d'agrément"
        ordering = ["projet", "point"]
        constraints = [
            models.UniqueConstraint(fields=["projet", "point"], name="piece_once_by_point")
        ]

    def __str__(self) -> str:
        return f"{self.point}°"


class DocumentAgrement(models.Model):
    """A PDF of a point of the file."""

    piece = models.ForeignKey(PieceAgrement, models.CASCADE, related_name="documents")
    titre = models.CharField("document", max_length=120)
    contenu = models.BinaryField("contenu")
    sha256 = models.CharField("empreinte", max_length=64)
    depose_le = models.DateTimeField("déposé le")
    par = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "document du dossier d'agrément"
        verbose_name_plural = "documents du dossier d'agrément"
        ordering = ["piece", "depose_le", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["piece", "sha256"], name="document_once_by_point")
        ]

    def __str__(self) -> str:
        return self.titre


class PartenaireOfs(models.Model):
    """A partner of the project: what it asks, its convention."""

    projet = models.ForeignKey(Projet, models.CASCADE, related_name="partenaires")
    nature = models.CharField("nature", max_length=16, choices=NaturePartenaire.choices)
    nom = models.CharField("organisme", max_length=120)
    demande = models.CharField("ce qu'il demande", max_length=300, blank=True)
    convention = models.CharField("convention", max_length=200, blank=True)
    convention_le = models.DateField("convention signée le", null=True, blank=True)

    class Meta:
        verbose_name = "partenaire de l'OFS"
        verbose_name_plural = "partenaires de l'OFS"
        ordering = ["projet", "nature", "nom", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nature__in=NaturePartenaire.values), name="partenaire_nature_is_known"
            ),
            models.UniqueConstraint(
                fields=["projet", "nature", "nom"], name="partenaire_once_by_project"
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class Apport(models.Model):
    """What a partner brings; `montant_centimes` None: not an amount, or not known.

    `engagement`: the commitment of the roadmap it comes from.
    """

    partenaire = models.ForeignKey(PartenaireOfs, models.CASCADE, related_name="apports")
    genre = models.CharField("genre", max_length=12, choices=GenreApport.choices)
    quoi = models.CharField("quoi", max_length=200)
    montant_centimes = models.BigIntegerField("montant, centimes", null=True, blank=True)
    etat = models.CharField("état", max_length=8, choices=EtatApport.choices)
    depuis = models.DateField("dans cet état depuis le")
    engagement = models.ForeignKey(
        Engagement, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "apport d'un partenaire"
        verbose_name_plural = "apports d'un partenaire"
        ordering = ["partenaire", "genre", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=EtatApport.values), name="apport_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(montant_centimes=None) | Q(montant_centimes__gte=0),
                name="apport_amount_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.quoi
