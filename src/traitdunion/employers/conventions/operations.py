"""Writes of the conventions: opened by an administrator of who keeps the data, closed at once."""

from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.cooperation.forms import day_field
from traitdunion.cooperation.operations import CooperationError, clean

from ..enums import Acces
from ..errors import EmployersError
from ..models import Convention


@dataclass(frozen=True, slots=True)
class Terms:
    """What two organisations signed; both days are included."""

    vers: Organisation
    acces: Acces
    reference: str
    debut_le: date
    fin_le: date


@transaction.atomic
def open_convention(
    *, by: User, organisation: Organisation, terms: Terms, now: datetime
) -> Convention:
    """Record a signed convention; it gives access on its days, and on none other."""
    check(by, Permission.MANAGE_MEMBERS, organisation)
    if terms.fin_le < timezone.localdate(now):
        raise EmployersError("Cette convention est déjà finie : elle n'ouvrirait rien.")
    row = Convention(
        de=organisation, vers=terms.vers, acces=terms.acces, ecrite_le=now, ecrite_par=by,
        reference=" ".join(terms.reference.split()), debut_le=terms.debut_le, fin_le=terms.fin_le,
    )  # fmt: skip
    try:
        clean(row)
    except CooperationError as refused:
        raise EmployersError(str(refused)) from refused
    row.save(force_insert=True)
    record(by=by, organisation=organisation, action=Did.CREER, target=row, at=now)
    return row


@transaction.atomic
def close_convention(*, by: User, organisation: Organisation, key: int, now: datetime) -> None:
    """Close a convention before its end, by either organisation: it gives no access from today."""
    check(by, Permission.MANAGE_MEMBERS, organisation)
    rows = Convention.objects.select_for_update(of=("self",)).select_related("de", "vers")
    row = rows.filter(pk=key, close_le=None).first()
    if row is None or organisation not in (row.de, row.vers):
        raise EmployersError("Cette convention est déjà close.")
    row.close_le = timezone.localdate(now)
    row.save(update_fields=["close_le"])
    record(by=by, organisation=organisation, action=Did.RETIRER, target=row, at=now)


class ConventionForm(forms.Form):
    """A signed convention."""

    vers = forms.ModelChoiceField(
        label="Avec quelle organisation", queryset=Organisation.objects.none(), empty_label=None
    )
    acces = forms.ChoiceField(label="Elle ouvre", choices=Acces, widget=forms.RadioSelect)
    reference = forms.CharField(label="Référence du texte signé", max_length=60)
    debut_le = day_field("À partir du", required=True)
    fin_le = day_field("Jusqu'au", required=True)

    def __init__(self, *args: object, organisation: Organisation, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        others = Organisation.objects.exclude(pk=organisation.pk).order_by("nom")
        same = others.filter(demonstration=organisation.demonstration)
        self.fields["vers"].queryset = same  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Refuse an end before the beginning."""
        given = super().clean() or {}
        if given.get("debut_le") and given.get("fin_le") and given["fin_le"] < given["debut_le"]:
            self.add_error("fin_le", "La fin vient après le début.")
        return given

    def terms(self) -> Terms:
        """Return the terms of a valid form."""
        return Terms(**{**self.cleaned_data, "acces": Acces(self.cleaned_data["acces"])})
