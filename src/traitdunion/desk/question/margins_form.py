"""The margins of a question: their optional fields, and what the site keeps where none is given."""

from django import forms

from traitdunion.matching.margins import asked_margins

MARGINS = {
    "avance": "before_min",
    "sortie": "after_min",
    "correspondance": "transfer_min",
    "marge": "access_percent",
}
"""Each field of a margin, with what it is for the matching."""


def usual_margins() -> dict[str, int]:
    """Return the margins of the site, by the fields of the form."""
    usual = asked_margins()
    on_the_way = usual.on_the_way
    values = (usual.before_min, usual.after_min, on_the_way.transfer_s // 60)
    return dict(zip(MARGINS, (*values, on_the_way.access_percent), strict=True))


def minutes_field(label: str, most: int, unit: str = "minutes") -> forms.IntegerField:
    """Build the optional field of a margin, a whole number of minutes or percents."""
    wrong = f"Écrivez un nombre entier de 0 à {most}."
    return forms.IntegerField(
        label=f"{label} ({unit})",
        required=False,
        min_value=0,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
    )
