"""What an entry says in plain French sentences: prices, booking, conditions, closures."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format

from .enums import NaturePiece, PermisRequis, TypeReservation, UniteTarif
from .local_rules import conditions_of, criteria_of
from .models import Fermeture, Solution

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


def euros(amount: Decimal) -> str:
    """3.50 as "3,50 €", 8.00 as "8 €"."""
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{number_format(amount, places)} €"


def prices(solution: Solution) -> list[str]:
    """Each price known, tiers first, each a phrase."""
    tiers = [
        f"{euros(tier.montant_eur)} {UNITS[UniteTarif(tier.unite)]} "
        + (
            f"jusqu'à un quotient familial de {euros(tier.qf_max_eur)}"
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
            plain.append(f"{euros(amount)} {words}{above}" if amount else f"gratuit {words}{above}")
    if solution.plafond_mois_eur is not None:
        plain.append(f"{euros(solution.plafond_mois_eur)} par mois au plus")
    return [*tiers, *plain]


def booking(solution: Solution) -> str:
    """How long before one books; empty where it is not known or not needed."""
    match solution.booking_type:
        case TypeReservation.TEMPS_REEL:
            return "Sans réservation à l'avance."
        case TypeReservation.MEME_JOUR:
            minutes = solution.prior_notice_duration_min
            return "À réserver le jour même" + (f", {_delay(minutes)} avant." if minutes else ".")
        case TypeReservation.JOUR_AVANT:
            return f"À réserver {_days_before(solution)}."
    return ""


def _delay(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h" + (f" {rest:02}" if rest else "")


def _days_before(solution: Solution) -> str:
    days = solution.prior_notice_last_day
    if days is None:
        return "à l'avance"
    when = {0: "le jour même", 1: "la veille", 2: "l'avant-veille"}.get(days, f"{days} jours avant")
    last = solution.prior_notice_last_time
    if last is None:
        return when
    return f"{when}, avant {last.hour} h" + (f" {last.minute:02}" if last.minute else "")


def conditions(solution: Solution, on: date) -> list[str]:
    """What must be met or shown on a day, each a sentence once; those of its rule first."""
    found = conditions_of(solution.regle, on) if solution.regle else []
    told = criteria_of(solution.regle, on) if solution.regle else set()
    if solution.conditions_acces.strip():
        found.append(solution.conditions_acces.strip())
    if solution.permis_requis not in ("", PermisRequis.AUCUN) and "permis" not in told:
        found.append(f"{PermisRequis(solution.permis_requis).label}.")
    for nature, words in (
        (NaturePiece.PRE_REQUIS, "Avant"),
        (NaturePiece.JUSTIFICATIF, "À fournir"),
    ):
        texts = [piece.texte for piece in solution.pieces.all() if piece.nature == nature]
        if texts:
            found.append(f"{words} : {' ; '.join(texts)}.")
    return found


def closures(rows: Iterable[Fermeture]) -> Iterator[str]:
    """Each closure with its days and its reason."""
    for row in rows:
        days = f"du {row.du:%d/%m/%Y} au {row.au:%d/%m/%Y}" if row.au else (
            f"à partir du {row.du:%d/%m/%Y}")  # fmt: skip
        days = f"le {row.du:%d/%m/%Y}" if row.au == row.du else days
        yield f"{row.get_nature_display()} {days}" + (f" : {row.motif}" if row.motif else "")
