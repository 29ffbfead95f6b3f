"""Assemble the ten items of the annual report; every amount comes from the ledger."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from traitdunion import french
from traitdunion.accounts.models import Organisation
from traitdunion.french import day

from ..clocks import count
from ..enums import EvenementRevente, NatureBail, NatureFait, Section
from ..errors import HousingError
from ..ledger.accounts import euros_of
from ..ledger.queries import balances, faults_of, owed_lines, results_of
from ..models import Bail, Evenement, FaitBail
from ..money import Bill, arrears

JOINED = "à joindre : rien n'est tenu ici"


@dataclass
class Item:
    """An item of R.329-11: its rank, what was assembled, what is missing (French)."""

    rank: int
    title: str
    data: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


@dataclass
class Report:
    """The report of a year, due on the last day that each prefect may be sent it."""

    organisation: str
    year: int
    due_region: date
    due_departements: date
    items: list[Item]

    @property
    def missing(self) -> list[str]:
        return [f"{item.rank}° {lack}" for item in self.items for lack in item.missing]


def report_of(organisation: Organisation, year: int) -> Report:
    """Return the report of a year. Raises HousingError where the ledger does not hold."""
    faults = faults_of(organisation)
    if faults:
        raise HousingError("Les comptes ne tiennent pas : " + " ; ".join(faults[:5]) + ".")
    last = date(year, 12, 31)
    leases = [
        lease
        for lease in Bail.objects.filter(organisation=organisation)
        .select_related("commune")
        .prefetch_related("versions")
        if any(version.depuis <= last for version in lease.versions.all())
    ]
    events = Counter(
        Evenement.objects.filter(
            revente__bail__organisation=organisation, le__year=year
        ).values_list("nature", flat=True)
    )
    facts: dict[str, set[int]] = defaultdict(set)
    for nature, bail in FaitBail.objects.filter(
        bail__organisation=organisation, le__year=year
    ).values_list("nature", "bail"):
        facts[nature].add(bail)
    return Report(
        organisation=organisation.nom,
        year=year,
        due_region=count("rapport_annuel", last).strict,
        due_departements=count("rapport_prefets_departement", last).strict,
        items=[
            _activity(leases, events, year),
            _accounts(organisation, year),
            _lessees(leases, last),
            _followed(organisation, leases, last, facts),
            _informed(leases, facts, year),
            Item(
                6,
                "Compte d'emploi des ressources",
                missing=["compte d'emploi : seulement si appel à la générosité"],
            ),
            Item(7, "Dons reçus", missing=["dons reçus : à joindre, rien n'est tenu ici"]),
            _sru(leases),
            _surfaces(leases),
            _allocation(leases, events, facts),
        ],
    )


def _activity(leases: list[Bail], events: Counter[str], year: int) -> Item:
    signed = sum(
        min(version.depuis for version in lease.versions.all()).year == year for lease in leases
    )
    return Item(
        1,
        "Activité de l'organisme",
        {
            "baux_en_cours": len(leases),
            "baux_signes": signed,
            "reventes_signees": events[EvenementRevente.ACTE],
        },
        ["missions confiées à des tiers (R.329-5) : " + JOINED],
    )


def _accounts(organisation: Organisation, year: int) -> Item:
    sections = {}
    for result in results_of(organisation, year):
        moved = balances(
            organisation, since=date(year, 1, 1), until=date(year, 12, 31), section=result.section
        )
        sections[result.section.value] = {
            "intitule": Section(result.section).label,
            "appele": euros_of(result.billed),
            "recu": euros_of(result.received),
            "du_au_31_decembre": euros_of(result.open),
            "comptes": [
                {"compte": b.compte, "libelle": b.libelle, "debit": euros_of(b.debit),
                 "credit": euros_of(b.credit)}
                for b in moved
            ],
        }  # fmt: skip
    return Item(
        2,
        "Comptes des baux réels solidaires et des baux d'activité",
        {"sections": sections},
        ["certification du commissaire aux comptes : à joindre"],
    )


def _lessees(leases: list[Bail], last: date) -> Item:
    rows = [
        {"bail": lease.numero, "preneur": lease.preneur or "à compléter",
         "nature": NatureBail(lease.nature).label, "commune": lease.commune.nom,
         "depuis": max(v.depuis for v in lease.versions.all() if v.depuis <= last)}
        for lease in leases
    ]  # fmt: skip
    unnamed = sum(not lease.preneur for lease in leases)
    lacks = [f"preneur non renseigné pour {_leases(unnamed)}"] if unnamed else []
    return Item(3, "Liste des preneurs", {"preneurs": rows}, lacks)


Facts = Mapping[str, set[int]]
"""Leases by kind of event recorded in the year."""


def _followed(organisation: Organisation, leases: list[Bail], last: date, facts: Facts) -> Item:
    """Sum what holders owe by age: the total is the balance of their account."""
    bills: dict[int, list[Bill]] = defaultdict(list)
    paid: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    lines = (
        owed_lines(as_of=last)
        .filter(ecriture__organisation=organisation)
        .values_list("bail_id", "debit", "credit", "echeance", "ecriture__le")
    )
    for lease, debit, credit, due, on in lines:
        if debit:
            bills[lease].append(Bill(due or on, euros_of(debit), on))
        else:
            paid[lease].append((on, euros_of(credit)))
    aged: dict[str, Decimal] = defaultdict(Decimal)
    owed = credits_ = Decimal(0)
    late = 0
    for lease in {*bills, *paid}:
        standing = arrears(bills[lease], paid[lease], as_of=last)
        owed += standing.open
        credits_ += standing.credit
        late += standing.buckets["90+"] > 0
        for bucket, amount in standing.buckets.items():
            aged[bucket] += amount
    return Item(
        4,
        "Suivi des preneurs",
        {
            "impayes": owed,
            "avances": credits_,
            "par_anciennete": dict(aged),
            "baux_en_retard_de_plus_de_90_jours": late,
            "assurances_recues": len(facts.get(NatureFait.ASSURANCE, ())),
            "locations_declarees": len(facts.get(NatureFait.LOCATION, ())),
            "locations_non_conformes": len(facts.get(NatureFait.LOCATION_NON_CONFORME, ())),
        },
        _lacking("attestation d'assurance", leases, facts.get(NatureFait.ASSURANCE, ())),
    )


def _leases(n: int) -> str:
    return french.counted(n, "bail", "baux")


def _lacking(what: str, leases: list[Bail], done: Collection[int]) -> list[str]:
    """Return what is missing for the leases that have no such event, in French."""
    n = sum(lease.pk not in done for lease in leases)
    return [f"{what} : rien d'inscrit cette année pour {_leases(n)}"] if n else []


def _informed(leases: list[Bail], facts: Facts, year: int) -> Item:
    """Count the holders of the year who were informed: the lease signed, or taken over."""
    new = [
        lease for lease in leases if any(row.depuis.year == year for row in lease.versions.all())
    ]
    done = facts.get(NatureFait.INFORMATION, set())
    return Item(
        5,
        "Information des nouveaux preneurs",
        {"nouveaux_preneurs": len(new), "informes": sum(lease.pk in done for lease in new)},
        _lacking("information du preneur", new, done),
    )


def _homes(leases: list[Bail]) -> list[Bail]:
    return [lease for lease in leases if lease.nature != NatureBail.ACTIVITE]


def _sru(leases: list[Bail]) -> Item:
    by_commune = Counter(lease.commune_id for lease in _homes(leases))
    return Item(8, "Logements à compter (SRU, R.302-15)", {"par_commune": dict(by_commune)})


def _surfaces(leases: list[Bail]) -> Item:
    homes = _homes(leases)
    shops = [lease for lease in leases if lease.nature == NatureBail.ACTIVITE]
    homes_m2 = sum((lease.surface_utile for lease in homes), Decimal(0))
    shops_m2 = sum((lease.surface_utile for lease in shops), Decimal(0))
    share = (shops_m2 / homes_m2).quantize(Decimal("0.0001")) if homes_m2 else None
    return Item(
        9,
        "Logements et locaux, surfaces",
        {
            "logements": len(homes),
            "logements_m2": homes_m2,
            "locaux": len(shops),
            "locaux_m2": shops_m2,
            "part_des_locaux": share,
        },
        ["surfaces par opération : rattachez les baux aux opérations"],
    )


def _allocation(leases: list[Bail], events: Counter[str], facts: Facts) -> Item:
    checked = facts.get(NatureFait.OCCUPATION, set())
    homes = _homes(leases)
    return Item(
        10,
        "Attribution et contrôle de l'usage",
        {
            "acquereurs_agrees": events[EvenementRevente.AGREMENT],
            "acquereurs_refuses": events[EvenementRevente.REFUS],
            "occupations_verifiees": sum(lease.pk in checked for lease in homes),
        },
        _lacking("occupation à titre principal", homes, checked),
    )


def lines_for_print(item: Item) -> list[tuple[str, str]]:
    """Return what was assembled for an item as labels and values, in French."""
    return [(label.replace("_", " ").capitalize(), _shown(value)) for label, value in _flat(item)]


def _flat(item: Item) -> list[tuple[str, Any]]:
    if item.rank == 2:
        rows = []
        for section in item.data["sections"].values():
            for name in ("appele", "recu", "du_au_31_decembre"):
                rows.append((f"{section['intitule']} : {FRENCH[name]}", section[name]))
        return rows
    if item.rank == 3:
        return [(row["bail"], f"{row['preneur']}, {row['commune']}, depuis le {day(row['depuis'])}")
                for row in item.data["preneurs"]]  # fmt: skip
    return [(FRENCH.get(name, name), value) for name, value in item.data.items()]


FRENCH = {
    "appele": "appelé, €", "recu": "reçu, €", "du_au_31_decembre": "dû au 31 décembre, €",
    "not_due": "pas encore échu", "0-30": "jusqu'à 30 jours", "31-60": "31 à 60 jours",
    "61-90": "61 à 90 jours", "90+": "plus de 90 jours",
    "part_des_locaux": "part des locaux, de 0 à 1",
    "baux_signes": "baux signés", "reventes_signees": "reventes signées",
    "impayes": "redevances non payées, €", "avances": "avances, €",
    "par_anciennete": "par ancienneté, €",
    "baux_en_retard_de_plus_de_90_jours": "baux en retard de plus de 90 jours",
    "logements_m2": "surface des logements, m²", "locaux_m2": "surface des locaux, m²",
    "acquereurs_agrees": "acquéreurs agréés", "acquereurs_refuses": "acquéreurs refusés",
    "par_commune": "par commune",
    "assurances_recues": "attestations d'assurance reçues",
    "locations_declarees": "locations déclarées", "nouveaux_preneurs": "nouveaux preneurs",
    "locations_non_conformes": "locations non conformes", "informes": "preneurs informés",
    "occupations_verifiees": "logements dont l'occupation est vérifiée",
}  # fmt: skip


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return (
            " ; ".join(
                f"{FRENCH.get(name, name)} : {_shown(part)}" for name, part in value.items() if part
            )
            or "aucun"
        )
    if value is None:
        return "sans objet"
    return str(value).replace(".", ",") if isinstance(value, Decimal) else str(value)
