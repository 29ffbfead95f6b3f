"""Who receives a proposal: actor × territory × kind, the most precise first, else the MMS."""

from dataclasses import dataclass
from datetime import date

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.outbox.operations import addresses_of

from .models import Destinataire, is_paused

NOBODY = "la Maison de la mobilité, qui transmettra"


@dataclass(frozen=True)
class Recipient:
    """A name, its mailboxes; `by_default`: none is known for the actor, the MMS receives it."""

    nom: str
    courriel: str
    mailboxes: tuple[str, ...]
    by_default: bool
    row: Destinataire | None = None

    def is_paused(self, on: date) -> bool:
        """Return whether it asked for no message until a later day."""
        return self.row is not None and is_paused(self.row, on)


def recipient_of(acteur: str, territoire: str, nature: str) -> Recipient:
    """Return who receives a lever; the mailbox of the MMS where none is known."""
    rows = Destinataire.objects.select_related("organisation").filter(acteur=acteur)
    fitting = [
        row
        for row in rows
        if row.nature in ("", nature) and row.territoire in ("", *_areas(territoire))
    ]
    if fitting:
        # A commune, then its intercommunalité, then the rest; then the kind named.
        areas = ["", *reversed(_areas(territoire))]
        row = max(fitting, key=lambda row: (areas.index(row.territoire), bool(row.nature), -row.pk))
        boxes = tuple(box for box in (row.courriel, row.suppleant) if box)
        return Recipient(row.nom, row.courriel, boxes, False, row)
    boxes = tuple(
        box
        for organisation in Organisation.objects.filter(memberships__role=Role.MMS).distinct()
        for box in addresses_of(organisation)[:1]
    )[:1]
    return Recipient(NOBODY, boxes[0] if boxes else "", boxes, True)


def _areas(territoire: str) -> list[str]:
    """Return a commune, its EPCI and its département, the smallest first."""
    from traitdunion.territory.models import Commune

    commune = Commune.objects.filter(code_insee=territoire).first()
    if commune is None:
        return [territoire] if territoire else []
    areas = [territoire, commune.epci_id or "", commune.departement_id]
    return [area for area in areas if area]
