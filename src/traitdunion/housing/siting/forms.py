"""Forms of siting: what a home and its travels cost."""

from decimal import Decimal

from django import forms

from ..households.forms import AmountField


def _euros(label: str, *, required: bool = False, help_text: str = "") -> AmountField:
    return AmountField(
        label=label, required=required, min_value=Decimal(0), max_value=Decimal(20_000),
        max_digits=7, decimal_places=2, localize=True, help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip


class CostForm(forms.Form):
    """Euros a month; what is not known is left out, and named as such."""

    logement = _euros("Loyer, ou mensualité", required=True)
    redevance = _euros("Redevance")
    charges = _euros("Charges, énergie, assurance, taxe foncière")
    transport = _euros("Trajets sans voiture", help_text="0 si tout se fait à pied.")
    voiture = _euros("Trajets en voiture", help_text="Achat, assurance, entretien et carburant.")
    revenus = _euros("Revenus du ménage")

    @property
    def housing(self) -> dict[str, Decimal]:
        names = ("logement", "redevance", "charges")
        given = {name: self.cleaned_data.get(name) for name in names}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def lacks(self) -> list[str]:
        """Return what was left out, in French."""
        words = {
            "redevance": "redevance",
            "charges": "charges",
            "transport": "trajets sans voiture",
        }
        return [words[name] for name in words if self.cleaned_data.get(name) is None]
