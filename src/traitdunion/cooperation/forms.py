"""Forms of cooperation."""

from django import forms

MAX_CSV_BYTES = 200_000


def day_field(label: str, *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget)
