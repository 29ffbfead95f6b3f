"""Forms of the occupations of a site."""

from typing import Any

from django import forms

from traitdunion.territory.models import Equipe, Site

from ..enums import NaturePoste
from .fields import OccupationField
from .search import Occupation

MAX_POSTS = 999


class PostForm(forms.Form):
    """An occupation that a site recruits for or lets people discover."""

    metier = OccupationField()
    nature = forms.ChoiceField(
        label="Le site", choices=NaturePoste, widget=forms.RadioSelect, initial=NaturePoste.EMPLOI
    )
    equipe = forms.ModelChoiceField(
        label="Équipe", queryset=Equipe.objects.none(), required=False,
        empty_label="Horaires non renseignés",
    )  # fmt: skip
    nombre = forms.IntegerField(
        label="Combien", required=False, min_value=1, max_value=MAX_POSTS,
        help_text="Vide : non renseigné.",
    )  # fmt: skip

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["equipe"].queryset = site.equipes.all()  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return the columns of a valid form."""
        values = dict(self.cleaned_data)
        occupation: Occupation = values.pop("metier")
        title = occupation.title or occupation.rome
        return {**values, "rome": occupation.rome, "titre": title}
