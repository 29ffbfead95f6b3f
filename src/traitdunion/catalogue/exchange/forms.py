"""The form that takes a file in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst

from traitdunion.accounts.models import Organisation
from traitdunion.sources.bounded import Table

from ..entries import label_of
from ..enums import FormatFichier, TypeSolution
from .headings import FREQUENT, OFFERED, guessed, samples


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


class ColumnsForm(forms.Form):
    """One list for each heading of a spreadsheet, and the values of the rows that have none."""

    def __init__(self, *args: Any, table: Table, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = list(dict.fromkeys(heading for heading in table.headings if heading))
        proposed = guessed(self.headings, organisation)
        for n, heading in enumerate(self.headings):
            shown = " ; ".join(f"« {value[:60]} »" for value in samples(table, heading))
            self.fields[f"colonne-{n}"] = forms.ChoiceField(
                label=heading,
                required=False,
                choices=_columns(),
                initial=proposed[heading],
                help_text=f"Par exemple {shown}." if shown else "Colonne vide.",
            )
        self.fields["type_solution"] = forms.ChoiceField(
            label="Type des lignes qui n'en disent pas",
            required=False,
            choices=[("", "À dire ligne par ligne"), *TypeSolution.choices],
        )
        self.fields["structure"] = forms.ModelChoiceField(
            organisation.structures.all(),
            label="Structure des lignes qui n'en disent pas",
            required=False,
            empty_label="À dire ligne par ligne",
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first: dict[str, str] = {}
        for n, heading in enumerate(self.headings):
            name = given.get(f"colonne-{n}")
            if name and name in first:
                self.add_error(f"colonne-{n}", f"Déjà prise par « {first[name]} » : gardez-en une.")
            elif name:
                first[name] = heading
        if "nom" not in first and not self.errors:
            self.add_error(None, "Associez une colonne au nom de la solution.")
        return given

    def columns(self) -> dict[str, str]:
        """Return our column of each heading, "" where it is left out."""
        return {
            heading: self.cleaned_data[f"colonne-{n}"] for n, heading in enumerate(self.headings)
        }

    def for_all(self) -> dict[str, str]:
        """Return the values of the rows that have none."""
        structure = self.cleaned_data["structure"]
        return {
            "type_solution": self.cleaned_data["type_solution"],
            "structure": structure.pk if structure else "",
        }


def _columns() -> list[Any]:
    """Return our columns as choices, the most used first; those of one type come last."""
    others = [name for name in OFFERED if name not in FREQUENT]
    plain_names = [name for name in others if not name.startswith("detail.")]
    of_type = [name for name in others if name.startswith("detail.")]
    return [
        ("", "Ne pas reprendre"),
        ("Le plus souvent", _labelled(FREQUENT)),
        ("Autres", _labelled(plain_names)),
        ("Selon le type", _labelled(of_type)),
    ]


def _labelled(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, capfirst(label_of(name))) for name in names]
