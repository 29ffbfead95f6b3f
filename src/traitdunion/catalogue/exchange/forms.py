"""The form that takes a file in."""

from django import forms

from ..enums import FormatFichier, TypeSolution


class UploadForm(forms.Form):
    """A file, its format, and where to file what is of no type of ours."""

    fichier = forms.FileField(label="Fichier", help_text="10 Mo au plus.")
    format = forms.ChoiceField(
        label="Format", choices=FormatFichier.choices, widget=forms.RadioSelect
    )
    defaut = forms.ChoiceField(
        label="Type à donner aux services qui ne sont ni de mobilité ni de logement",
        required=False,
        choices=[("", "Les laisser de côté"), *TypeSolution.choices],
        help_text="Pour data·inclusion seulement.",
    )
