"""Pages that entries and rules cite: their text when read, and who has read them since."""

from django.db import models

from traitdunion.accounts.models import Organisation, User


class PageCitee(models.Model):
    """A page as it was last read; `texte` is its text, "" where it is no web page.

    `disparue_le`: since when the server answers that it is gone. `texte_initial` and
    `empreinte_initiale` are of the first reading.
    """

    url = models.URLField("adresse", max_length=500, unique=True)
    empreinte = models.CharField("empreinte", max_length=64, blank=True)
    texte = models.TextField("texte", blank=True)
    empreinte_initiale = models.CharField("première empreinte", max_length=64, blank=True)
    texte_initial = models.TextField("premier texte", blank=True)
    etag = models.CharField("ETag", max_length=300, blank=True)
    last_modified = models.CharField("Last-Modified", max_length=40, blank=True)
    checked_at = models.DateTimeField("demandée le", null=True)
    changed_at = models.DateTimeField("changement vu le", null=True)
    disparue_le = models.DateTimeField("n'existe plus depuis", null=True)
    annonce_fin = models.BooleanField("semble annoncer une fin", default=False)
    reason = models.CharField("pourquoi elle n'a pas été lue", max_length=200, blank=True)

    class Meta:
        verbose_name = "page citée"
        ordering = ["url"]

    def __str__(self) -> str:
        return self.url


class RelecturePage(models.Model):
    """That an organisation has read a page since it changed, and found its figures as they are."""

    page = models.ForeignKey(PageCitee, models.CASCADE, related_name="relectures")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    empreinte = models.CharField("empreinte", max_length=64)
    texte = models.TextField("texte", blank=True)
    at = models.DateTimeField("relue le")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "relecture d'une page"
        constraints = [
            models.UniqueConstraint(fields=["page", "organisation"], name="relecture_page_once")
        ]

    def __str__(self) -> str:
        return f"{self.page_id}, {self.organisation_id}"
