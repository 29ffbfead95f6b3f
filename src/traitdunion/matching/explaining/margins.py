"""The margins that an answer keeps, in French."""

from traitdunion import french

from ..situation import Situation


def margins_kept(situation: Situation) -> str:
    """Return the margins of a question, without a final stop."""
    shift, margins = situation.shift, situation.margins
    parts = [
        f"être au travail {french.duration_s(shift.margin_before_s)} avant le début",
        f"en partir {french.duration_s(shift.margin_after_s)} après la fin",
        f"{french.duration_s(margins.transfer_s)} au moins pour changer de véhicule",
    ]
    if margins.access_percent or margins.access_s:
        parts.append(
            f"un accès estimé au premier arrêt compte {margins.access_percent}{french.NBSP}% de "
            f"plus, {french.duration_s(margins.access_s)} au moins (en montagne, il peut durer le "
            "double : vérifiez-le)"
        )
    return ", ".join(parts)
