"""The builder of a rule: lines to fill in, grouped, that make a document of `data/rules`.

All the groups must hold; of a group, one line is enough. The whole state is in the form, so that
the page needs no script.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from traitdunion.rules import Criterion
from traitdunion.rules.criteria import Nature
from traitdunion.rules.durations import parse_duration
from traitdunion.rules.trees import DEADLINES, NEEDS_NO_VALUE, Op

from .places import names_of_places, places_named

SOURCE = "source"
CONFIANCES = (
    ("A", "Texte officiel lu"),
    ("B", "Deux pages concordantes, ou convention signée"),
    ("C", "Une seule page : la règle ne dira jamais oui"),
)
USAGES = (("acces", "Condition d'une solution du catalogue"), ("aide", "Aide, montrée à tous"))
PERIODES = (("mois", "par mois"), ("une_fois", "une fois"), ("an", "par an"))
ORDERED = (
    (Op.AU_MOINS, "au moins"), (Op.PLUS_DE, "plus de"),
    (Op.AU_PLUS, "au plus"), (Op.MOINS_DE, "moins de"),
)  # fmt: skip
OPS: Mapping[Nature, Sequence[tuple[Op, str]]] = {
    Nature.OUI_NON: ((Op.EST, "est"),),
    Nature.NOMBRE: ORDERED,
    Nature.DUREE: ORDERED,
    Nature.CHOIX: ((Op.PARMI, "est l'une de ces réponses"), (Op.HORS_DE, "n'en est aucune")),
    Nature.PLUSIEURS: (
        (Op.COMPREND, "comprend l'une de ces réponses"),
        (Op.COMPREND_TOUS, "les comprend toutes"),
        (Op.NE_COMPREND_PAS, "n'en comprend aucune"),
    ),
    Nature.DATE: (
        (Op.DEMANDE_AVANT, "il faut demander avant ce jour"),
        (Op.DEMANDE_DANS, "il faut demander avant, ou dans ce délai après"),
        (Op.DEPUIS_AU_MOINS, "c'était il y a au moins"),
    ),
}
YES_NO = (("oui", "Oui"), ("non", "Non"))
MAX_ROWS = 30
SUMS = 2
NEEDED = "Remplissez ce champ."


class HeaderForm(forms.Form):
    """What the rule is called, who answers for it, and where it is written."""

    nom = forms.CharField(label="Nom", max_length=100, error_messages={"required": NEEDED})
    resume = forms.CharField(
        label="En une phrase", max_length=300, error_messages={"required": NEEDED}
    )
    organisme = forms.CharField(
        label="Organisme qui décide", max_length=100, error_messages={"required": NEEDED}
    )
    telephone = forms.CharField(label="Téléphone", max_length=30, required=False)
    usage = forms.ChoiceField(
        label="À quoi sert-elle ?", choices=USAGES, initial="acces", widget=forms.RadioSelect
    )
    valide_du = forms.DateField(
        label="En vigueur à partir du",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": NEEDED, "invalid": "Écrivez une date, par exemple 01/12/2026."},
    )
    source_titre = forms.CharField(
        label="Où est-ce écrit ?",
        help_text="Règlement, délibération, page, avec sa date.",
        max_length=200,
        error_messages={"required": NEEDED},
    )
    confiance = forms.ChoiceField(
        label="Confiance", choices=CONFIANCES, initial="B", widget=forms.RadioSelect
    )
    a_faire = forms.CharField(
        label="Ce qu'il faut faire",
        help_text="Une démarche par ligne. Les échéances s'ajoutent d'elles-mêmes.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SumForm(forms.Form):
    """A sum, left out where it is empty."""

    libelle = forms.CharField(label="Montant : libellé", max_length=100, required=False)
    euros = forms.DecimalField(
        label="Euros",
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "Écrivez un nombre, par exemple 150."},
    )
    periode = forms.ChoiceField(label="Rythme", choices=PERIODES, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("libelle")) != (cleaned.get("euros") is not None) and not self.errors:
            self.add_error("euros", "Donnez le libellé et le montant, ou ni l'un ni l'autre.")
        return cleaned


class ConditionForm(forms.Form):
    """One line: a criterion, how it compares, with what."""

    def __init__(self, raw: "Row", *, criterion: Criterion, index: int, checked: bool) -> None:
        self.criterion, self.group = criterion, raw.group
        prefix, ops = f"c-{index}", OPS[criterion.nature]
        data = MultiValueDict({f"{prefix}-op": [raw.op] if raw.op else [],
                               f"{prefix}-valeur": list(raw.values)})  # fmt: skip
        several = criterion.values and criterion.nature is not Nature.OUI_NON
        first = {"op": raw.op or ops[0][0],
                 "valeur": raw.values if several else "".join(raw.values[:1])}  # fmt: skip
        super().__init__(data if checked else None, initial=first, prefix=prefix, label_suffix="")
        self.fields["op"] = forms.ChoiceField(
            label=f"{criterion.nom.capitalize()} : comparaison",
            choices=ops,
            required=False,
        )
        self.fields["valeur"] = value_field(criterion)
        if len(ops) == 1:
            self.fields["op"].widget = forms.HiddenInput()

    @property
    def op_field(self) -> forms.BoundField:
        return self["op"]

    @property
    def value_field(self) -> forms.BoundField:
        return self["valeur"]

    @property
    def op(self) -> Op:
        """Return the operator chosen, the first where none is."""
        return Op(self.cleaned_data.get("op") or OPS[self.criterion.nature][0][0])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        given, needs = cleaned.get("valeur"), self.op not in NEEDS_NO_VALUE
        if needs and not given:
            self.add_error("valeur", "Indiquez une valeur.")
        elif needs:
            self._check(given)
        return cleaned

    def _check(self, given: Any) -> None:
        try:
            self.cleaned_data["valeur"] = self._value_from(given)
        except ValueError as wrong:
            self.add_error("valeur", ValidationError(str(wrong)))

    def _value_from(self, given: Any) -> Any:
        criterion = self.criterion
        if criterion.nature in (Nature.DATE, Nature.DUREE):
            return str(parse_duration(given))
        if criterion.nature is Nature.NOMBRE:
            return str(criterion.read(given))
        if criterion.nature is Nature.PLUSIEURS and not criterion.values:
            return places_named(given)
        return given

    def leaf(self) -> dict[str, Any]:
        """Return the line as a leaf of a document."""
        value: Any = self.cleaned_data["valeur"]
        if self.op in NEEDS_NO_VALUE:
            value = "oui"
        condition = {"critere": self.criterion.name, self.op.value: value, "source": SOURCE}
        if self.op in DEADLINES:
            condition["a_faire"] = self._deadline(value)
        return condition

    def _deadline(self, value: Any) -> str:
        if self.op is Op.DEMANDE_AVANT:
            return f"Faire la demande avant : {self.criterion.nom}."
        return f"Faire la demande avant, ou dans les {value} qui suivent : {self.criterion.nom}."


def value_field(criterion: Criterion) -> forms.Field:
    """Return where the value of a line is written."""
    label = f"{criterion.nom.capitalize()} : valeur"
    if criterion.nature is Nature.OUI_NON:
        return forms.ChoiceField(label=label, choices=YES_NO, widget=forms.RadioSelect)
    if criterion.values:
        return forms.MultipleChoiceField(
            label=label,
            choices=list(criterion.values.items()),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    helps = {
        Nature.NOMBRE: f"En {criterion.unite}." if criterion.unite else "",
        Nature.DUREE: "Par exemple 3 mois, ou 28 jours.",
        Nature.DATE: "Un délai, par exemple 7 jours ; rien s'il faut demander avant ce jour.",
        Nature.PLUSIEURS: "Communes, communautés ou départements, séparés par des virgules.",
    }
    return forms.CharField(
        label=label, help_text=helps[criterion.nature], required=False, max_length=400
    )


@dataclass
class Row:
    """A line as it was posted, checked or not."""

    group: int
    criterion: str
    op: str = ""
    values: list[str] = field(default_factory=list)


class RuleBuilder:
    """The whole form; `data` is what was posted, else `document` what is edited."""

    def __init__(
        self,
        data: Any = None,
        *,
        criteria: Mapping[str, Criterion],
        document: Mapping[str, Any] | None = None,
    ) -> None:
        self.criteria, self.source = criteria, document
        first = header_of(document) if document else None
        sums = list(sums_of(document)) if document else []
        self.header = HeaderForm(data, initial=first, prefix="r", label_suffix="")
        self.sums = [
            SumForm(data, initial=sums[i] if i < len(sums) else None, prefix=f"m-{i}",
                    label_suffix="")
            for i in range(SUMS)
        ]  # fmt: skip
        self.rows = list(_posted(data)) if data is not None else list(rows_of(document or {}))
        self.rows = [row for row in self.rows if row.criterion in self.askable][:MAX_ROWS]
        self.checked = False

    @property
    def askable(self) -> dict[str, Criterion]:
        """Return the criteria that a rule may look at."""
        return {name: criterion for name, criterion in self.criteria.items() if criterion.asked}

    def add(self, criterion: str, group: int | None = None) -> None:
        """Add a line, in a group or in one of its own."""
        if criterion in self.askable and len(self.rows) < MAX_ROWS:
            new = max((row.group for row in self.rows), default=0) + 1
            self.rows.append(Row(new if group is None else group, criterion))

    def remove(self, index: int) -> None:
        """Take a line away."""
        if 0 <= index < len(self.rows):
            del self.rows[index]

    def lines(self) -> list[ConditionForm]:
        """Return the lines as forms."""
        return [
            ConditionForm(
                row, criterion=self.criteria[row.criterion], index=i, checked=self.checked
            )
            for i, row in enumerate(self.rows)
        ]

    def groups(self) -> list[tuple[int, list[tuple[int, ConditionForm]]]]:
        """Return the lines by group, each with its place."""
        by_group: dict[int, list[tuple[int, ConditionForm]]] = {}
        for i, line in enumerate(self.lines()):
            by_group.setdefault(line.group, []).append((i, line))
        return sorted(by_group.items())

    @property
    def shown_header(self) -> forms.Form:
        """Return the header to draw; its mistakes show once the whole was checked."""
        return self.header if self.checked else _quiet(self.header)

    @property
    def shown_sums(self) -> list[forms.Form]:
        """Return the sums to draw, likewise."""
        return self.sums if self.checked else [_quiet(form) for form in self.sums]

    def is_valid(self) -> bool:
        """Check whether a document can be made; the mistakes are then shown."""
        self.checked = True
        sound = [form.is_valid() for form in (self.header, *self.sums, *self.lines())]
        return all(sound) and bool(self.rows)

    def document(self) -> dict[str, Any]:
        """Return the document of a valid form, as JSON holds it."""
        head = self.header.cleaned_data
        groups: dict[int, list[dict[str, Any]]] = {}
        for line in self.lines():
            line.is_valid()
            groups.setdefault(line.group, []).append(line.leaf())
        made = {
            "nom": head["nom"],
            "resume": head["resume"],
            "organisme": head["organisme"],
            "telephone": head["telephone"],
            "usage": head["usage"],
            "valide_du": head["valide_du"].isoformat(),
            "sources": {SOURCE: {"titre": head["source_titre"], "confiance": head["confiance"]}},
            "conditions": {
                "tous": [
                    group[0] if len(group) == 1 else {"un_de": group}
                    for _, group in sorted(groups.items())
                ]
            },
            "montants": [
                {
                    "libelle": line.cleaned_data["libelle"],
                    "periode": line.cleaned_data["periode"] or "mois",
                    "calcul": str(line.cleaned_data["euros"]),
                }
                for line in self.sums
                if line.cleaned_data.get("libelle")
            ],
            "a_faire": [line.strip() for line in head["a_faire"].splitlines() if line.strip()],
        }
        return {name: value for name, value in made.items() if value not in ("", [])}


def _quiet(form: forms.Form) -> forms.Form:
    """Return the same form with the same contents, not checked."""
    if not form.is_bound:
        return form
    posted = {name: form.data.get(form.add_prefix(name), "") for name in form.fields}
    return type(form)(initial=posted, prefix=form.prefix, label_suffix="")


def _posted(data: Any) -> Iterator[Row]:
    for index in data.getlist("ligne")[: MAX_ROWS * 2]:
        if not index.isdigit():
            continue
        prefix = f"c-{index}"
        group = data.get(f"{prefix}-groupe", "")
        yield Row(
            group=int(group) if group.isdigit() and len(group) < 4 else 0,
            criterion=data.get(f"{prefix}-critere", ""),
            op=data.get(f"{prefix}-op", ""),
            values=data.getlist(f"{prefix}-valeur"),
        )


def header_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first values of the header."""
    source = next(iter(document.get("sources", {}).values()), {})
    return {
        **{name: document.get(name, "") for name in HeaderForm.base_fields if name in document},
        "source_titre": source.get("titre", ""),
        "confiance": source.get("confiance", "B"),
        "a_faire": "\n".join(document.get("a_faire", [])),
    }


def sums_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the first values of the sums."""
    for amount in document.get("montants", []):
        yield {
            "libelle": amount["libelle"],
            "periode": amount["periode"],
            "euros": amount["calcul"],
        }


def rows_of(document: Mapping[str, Any]) -> Iterator[Row]:
    """Return the lines of a document that the builder made."""
    for group, part in enumerate(document.get("conditions", {}).get("tous", []), start=1):
        for leaf in part.get("un_de", [part]):
            op = next(name for name in leaf if name in set(Op))
            value = leaf[op]
            if leaf["critere"] in ("residence", "lieu_activite"):
                value = names_of_places(value)
            yield Row(
                group,
                leaf["critere"],
                op,
                [str(item) for item in value] if isinstance(value, list) else [str(value)],
            )
