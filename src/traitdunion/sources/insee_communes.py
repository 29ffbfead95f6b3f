"""Tables by commune that Insee publishes: census, flows from home to work, basins, cars.

Columns keep Insee's names; their year is in them (P22_EMPLT is the census of 2022). An « s », a
blank or « nd » is a figure kept secret or not known: None, never 0.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .bounded.csv_files import read_csv
from .bounded.faults import Unreadable
from .bounded.limits import Limits
from .bounded.tables import Record, Table
from .bounded.values import number_from, restore_zeros

PUBLISHER, LICENCE = "Insee", "Licence Ouverte 2.0"
LARGE = Limits(file_bytes=60_000_000, rows=400_000, cells=4_000_000, seconds=60.0)
CODES = ("CODGEO", "insee", "code_insee", "COM", "depcom")
CODE = re.compile(r"(\d{2}|2[AB])\d{3}")
SECRET = {"s", "nd", "n.d.", ""}
CENSUS = {
    "POP": "population",
    "POP1564": "population_15_64",
    "EMPLT": "emplois",
    "CHOM1564": "chomeurs",
    "ACT1564": "actifs",
    "MEN": "menages",
}
WEIGHTED = ("COMMUNE", "DCLT", "IPONDI")
COUNTED = re.compile(r"NBFLUX_C\d\d_ACTOCC15P")
"""The number of a pair, of any year."""
BASINS = (("BV2022", "LIBBV2022"), ("ZE2020", "LIBZE2020"), ("BV2012", "LIBBV2012"),
          ("code_bassin_bmo", "bassin_bmo"))  # fmt: skip


@dataclass(frozen=True)
class CommuneTable:
    """Figures by code INSEE and measure; `vintage` as in the names of columns; notes in French."""

    vintage: str
    rows: Mapping[str, Mapping[str, float | None]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlowTable:
    """Workers by commune of home and of work."""

    vintage: str
    flows: Mapping[tuple[str, str], float]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class BasinTable:
    """Code and name of the basin of each commune; "" for a name that the file does not give."""

    vintage: str
    basins: Mapping[str, tuple[str, str]]
    notes: tuple[str, ...] = ()


def read_census(content: bytes) -> CommuneTable:
    """Read the census by commune: people, jobs at the place of work, incomes.

    Raises Unreadable where neither a code nor a known measure is there. Where several years are,
    the last one is read. Unemployment is in the sense of the census, not of France Travail.
    """
    table = read_csv(content, limits=LARGE)
    code = _code_column(table)
    columns: dict[str, tuple[int, str]] = {}
    for heading in table.headings:
        known = re.fullmatch(r"P(\d\d)_(\w+)", heading)
        measure = known and CENSUS.get(known[2])
        if known is None and (known := re.fullmatch(r"MED(\d\d)", heading)):
            measure = "revenu_median"
        if known and measure and int(known[1]) > columns.get(measure, (-1, ""))[0]:
            columns[measure] = int(known[1]), heading
    if "emplois" not in columns and "population" not in columns:
        raise Unreadable.of(
            "aucune colonne du recensement (P22_POP, P22_EMPLT…) n'est là.",
            "Prenez la base « comparateur de territoires » de l'Insee.",
        )
    headings = {measure: heading for measure, (_, heading) in columns.items()}
    rows, notes = _figures(table, code, headings)
    years = Counter(year for year, _ in columns.values())
    notes.append("Chômeurs au sens du recensement, et non inscrits à France Travail.")
    small = sum((row.get("population") or 100) < 100 for row in rows.values())
    if small:
        notes.append(
            f"{small} communes de moins de 100 habitants : estimations qui varient d'un tiers "
            "d'un millésime à l'autre."
        )
    return CommuneTable(f"20{years.most_common(1)[0][0]:02}", rows, tuple(notes))


def read_flows(content: bytes) -> FlowTable:
    """Read the flows from home to work: detail with weights (MOBPRO), or a table by pair.

    A pair that is absent from the sample is no zero. Work places abroad are left out.
    """
    table = read_csv(content, limits=LARGE)
    counted = max((name for name in table.headings if COUNTED.fullmatch(name)), default="")
    formats = (WEIGHTED, ("CODGEO", "DCLT", counted))
    chosen = next((columns for columns in formats if set(columns) <= set(table.headings)), None)
    if chosen is None:
        raise Unreadable.of(
            "les colonnes COMMUNE, DCLT et IPONDI (ou CODGEO, DCLT, NBFLUX…) manquent.",
            "Prenez le fichier « mobilités professionnelles » de l'Insee.",
        )
    home, work, weight = chosen
    flows: defaultdict[tuple[str, str], float] = defaultdict(float)
    left, abroad = 0, 0
    for record in table.records:
        pair = tuple(restore_zeros(record.cells.get(name, ""), 5) for name in (home, work))
        people = number_from(record.cells.get(weight, ""))
        if pair[1].startswith("99"):
            abroad += 1
        elif people is None or people < 0 or not all(CODE.fullmatch(code) for code in pair):
            left += 1
        else:
            flows[pair[0], pair[1]] += float(people)
    notes = [str(fault) for fault in table.faults]
    if weight == "IPONDI":
        notes.append("Échantillon pondéré : un couple de communes absent n'est pas un zéro.")
    if abroad:
        notes.append(f"{abroad} lignes vers l'étranger, laissées de côté.")
    if left:
        notes.append(f"{left} lignes sans code de commune ou sans nombre, laissées de côté.")
    year = re.search(r"_C(\d\d)_", weight)
    return FlowTable(f"20{year[1]}" if year else "", dict(flows), tuple(notes))


def read_basins(content: bytes) -> BasinTable:
    """Read the basin of each commune: of life (BV), of employment (ZE) or of BMO surveys."""
    table = read_csv(content, limits=LARGE)
    code = _code_column(table)
    chosen = next((pair for pair in BASINS if pair[0] in table.headings), None)
    if chosen is None:
        raise Unreadable.of(
            "aucune colonne de bassin (BV2022, ZE2020…) n'est là.",
            "Prenez la « table d'appartenance géographique des communes » de l'Insee.",
        )
    basins = {
        commune: (record.cells[chosen[0]], record.cells.get(chosen[1], ""))
        for commune, record in _by_commune(table, code)
        if record.cells.get(chosen[0])
    }
    year = re.search(r"(20\d\d)", chosen[0])
    return BasinTable(year[1] if year else "", basins, tuple(map(str, table.faults)))


def read_car_ownership(content: bytes) -> CommuneTable:
    """Read the households and those without a car, as counted or as one minus those with one."""
    table = read_csv(content, limits=LARGE)
    code = _code_column(table)
    headings = _car_columns(table.headings)
    rows, notes = _figures(table, code, headings)
    made: dict[str, dict[str, float | None]] = {}
    for commune, row in rows.items():
        households, without = row.get("menages"), row.get("menages_sans_voiture")
        if "avec" in headings and households is not None and row.get("avec") is not None:
            without = households - (row["avec"] or 0.0)
        if without is not None and households is not None and not 0 <= without <= households:
            notes.append(f"{commune} : plus de ménages avec voiture que de ménages ; non retenu.")
            without = None
        made[commune] = {"menages": households, "menages_sans_voiture": without}
    if "avec" not in headings:
        notes.append("Ménages sans voiture : estimation du fichier, reprise telle quelle.")
    years = re.search(r"P(\d\d)_|_(20\d\d)", headings["menages"])
    vintage = (f"20{years[1]}" if years[1] else years[2]) if years else ""
    return CommuneTable(vintage, made, tuple(notes))


def _car_columns(headings: Sequence[str]) -> dict[str, str]:
    """Return the columns of households and of cars, by what they count."""
    columns: dict[str, str] = {}
    for heading in sorted(headings):
        if re.fullmatch(r"P\d\d_(RP|MEN)|res_principales_20\d\d", heading):
            columns["menages"] = heading
        if re.fullmatch(r"P\d\d_RP_VOIT1P", heading):
            columns["avec"] = heading
        if heading.startswith("menages_sans_voiture"):
            columns["menages_sans_voiture"] = heading
    if "menages" not in columns or len(columns) < 2:
        raise Unreadable.of(
            "les ménages (P22_RP) ou ceux qui ont une voiture (P22_RP_VOIT1P) manquent.",
            "Prenez la base « logement » du recensement.",
        )
    if "avec" in columns:
        columns.pop("menages_sans_voiture", None)
    return columns


def _figures(
    table: Table, code: str, headings: Mapping[str, str]
) -> tuple[dict[str, dict[str, float | None]], list[str]]:
    """Return the figures by commune, and what was not one."""
    rows: dict[str, dict[str, float | None]] = {}
    secret: Counter[str] = Counter()
    notes = [str(fault) for fault in table.faults]
    for commune, record in _by_commune(table, code):
        row: dict[str, float | None] = {}
        for measure, heading in headings.items():
            text = record.cells.get(heading, "").strip()
            number = None if text.lower() in SECRET else number_from(text)
            if text.lower() in SECRET:
                secret[measure] += 1
            elif number is None or number < 0:
                notes.append(f"Ligne {record.line}, {heading} : « {text} » n'est pas un nombre.")
            row[measure] = None if number is None or number < 0 else float(number)
        rows[commune] = row
    notes += [
        f"{measure} : {n} communes secrètes ou inconnues." for measure, n in sorted(secret.items())
    ]
    return rows, notes


def _by_commune(table: Table, code: str) -> list[tuple[str, Record]]:
    pairs = [(restore_zeros(record.cells.get(code, ""), 5), record) for record in table.records]
    return [(commune, record) for commune, record in pairs if CODE.fullmatch(commune)]


def _code_column(table: Table) -> str:
    for name in CODES:
        if name in table.headings:
            return name
    raise Unreadable.of(f"aucune colonne de code INSEE ({', '.join(CODES)}) n'est là.")
