"""The form that takes a file in."""

from typing import Any

from django import forms

from ..enums import FormatFichier, TypeSolution


class UploadForm(forms.Form):
    """A file or the address of a feed, its format, and where to file what is of no type of ours."""

    fichier = forms.FileField(label="Fichier", required=False, help_text="10 Mo au plus.")
    adresse = forms.URLField(
        label="Ou adresse du flux GBFS",
        required=False,
        assume_scheme="https",
        max_length=200,
        help_text="Celle du fichier gbfs.json ; ses autres fichiers sont lus de là.",
    )
    format = forms.ChoiceField(
        label="Format", choices=FormatFichier.choices, widget=forms.RadioSelect
    )
    defaut = forms.ChoiceField(
        label="Type à donner aux services qui ne sont ni de mobilité ni de logement",
        required=False,
        choices=[("", "Les laisser de côté"), *TypeSolution.choices],
        help_text="Pour data·inclusion seulement.",
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        has_file, url = bool(given.get("fichier")), given.get("adresse")
        if has_file and url:
            self.add_error("adresse", "Donnez le fichier ou l'adresse, pas les deux.")
        elif url and given.get("format") != FormatFichier.GBFS:
            self.add_error("adresse", "Seul un flux GBFS se lit à son adresse : cochez GBFS.")
        elif not has_file and not url and not {"fichier", "adresse"} & self.errors.keys():
            self.add_error("fichier", "Choisissez un fichier, ou donnez l'adresse d'un flux GBFS.")
        return given
