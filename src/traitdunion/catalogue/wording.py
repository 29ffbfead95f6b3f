"""An entry in plain French sentences: prices, booking, conditions, closures."""

from collections.abc import Iterable, Iterator
from datetime import date

from traitdunion import french

from .enums import NaturePiece, PermisRequis, TypeReservation, UniteTarif
from .models import Fermeture, Solution
from .rules.operations import conditions_of, criteria_of

UNITS = {
    UniteTarif.TRAJET: "par trajet",
    UniteTarif.JOUR: "par jour",
    UniteTarif.SEMAINE: "par semaine",
    UniteTarif.MOIS: "par mois",
    UniteTarif.KM: "par kilomètre",
    UniteTarif.HEURE: "par heure",
    UniteTarif.FORFAIT: "une fois",
    UniteTarif.CAUTION: "de caution, rendue",
}


def prices(solution: Solution) -> list[str]:
    """Return each price known, tiers first, each a phrase."""
    tiers = [
        f"{french.euros(tier.montant_eur)} {UNITS[UniteTarif(tier.unite)]} "
        + (
            f"jusqu'à un quotient familial de {french.euros(tier.qf_max_eur)}"
            if tier.qf_max_eur is not None
            else "au-delà"
        )
        for tier in solution.tranches.all()
    ]
    tiered = {tier.unite for tier in solution.tranches.all()}
    plain = []
    for unit, words in UNITS.items():
        amount = getattr(solution, unit.value)
        if amount is not None:
            above = " dans les autres cas" if unit in tiered else ""
            plain.append(
                f"{french.euros(amount)} {words}{above}" if amount else f"gratuit {words}{above}"
            )
    if solution.plafond_mois_eur is not None:
        plain.append(f"{french.euros(solution.plafond_mois_eur)} par mois au plus")
    return [*tiers, *plain]


def booking(solution: Solution) -> str:
    """Write how long before one books; empty where it is not known or not needed."""
    match solution.booking_type:
        case TypeReservation.TEMPS_REEL:
            return "Sans réservation à l'avance."
        case TypeReservation.MEME_JOUR:
            minutes = solution.prior_notice_duration_min
            return "À réserver le jour même" + (
                f", {french.duration(minutes)} avant." if minutes else "."
            )
        case TypeReservation.JOUR_AVANT:
            return f"À réserver {_days_before(solution)}."
    return ""


def _days_before(solution: Solution) -> str:
    days = solution.prior_notice_last_day
    if days is None:
        return "à l'avance"
    when = {0: "le jour même", 1: "la veille", 2: "l'avant-veille"}.get(days, f"{days} jours avant")
    last = solution.prior_notice_last_time
    if last is None:
        return when
    return f"{when}, avant {french.time_of_day(last)}"


def conditions(solution: Solution, on: date) -> list[str]:
    """Return what must be met or shown on a day, each a sentence once; those of its rule first."""
    own_conditions = conditions_of(solution.regle, on) if solution.regle else []
    criteria = criteria_of(solution.regle, on) if solution.regle else set()
    if solution.conditions_acces.strip():
        own_conditions.append(solution.conditions_acces.strip())
    if solution.permis_requis not in ("", PermisRequis.AUCUN) and "permis" not in criteria:
        own_conditions.append(f"{PermisRequis(solution.permis_requis).label}.")
    for nature, words in (
        (NaturePiece.PRE_REQUIS, "Avant"),
        (NaturePiece.JUSTIFICATIF, "À fournir"),
    ):
        texts = [piece.texte for piece in solution.pieces.all() if piece.nature == nature]
        if texts:
            own_conditions.append(f"{words} : {' ; '.join(texts)}.")
    return own_conditions


def closures(rows: Iterable[Fermeture]) -> Iterator[str]:
    """Return each closure with its days and its reason."""
    for row in rows:
        first = french.day_in_figures(row.du)
        if row.au is None:
            days = f"à partir du {first}"
        elif row.au == row.du:
            days = f"le {first}"
        else:
            days = f"du {first} au {french.day_in_figures(row.au)}"
        yield f"{row.get_nature_display()} {days}" + (f" : {row.motif}" if row.motif else "")
