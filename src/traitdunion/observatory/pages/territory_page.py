"""The page of a territory: a finding, six maps, what blocks, a comparison, files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from traitdunion import french
from traitdunion.territory.models import Commune

from ..definitions import BY_CODE
from ..enums import Niveau, Source
from ..models import CommuneBassin, Run
from ..presenting import UNKNOWN, hours_unknown, people, shown
from ..publishing.packages import states_of
from ..queries import Territory, causes, table_of
from ..running.causes import CAUSES, Stage
from ..running.profiles import BASE
from ..running.shifts import BY_CODE as SHIFT_BY_CODE
from ..running.shifts import SHIFTS, NamedShift
from ..setting_up import OF_SOURCE
from .maps import Layer, Outlines, layers, outlines

LEGEND = (
    ("deux", "deux solutions ou plus"),
    ("une", "une seule"),
    ("condition", "zone blanche, à une condition près"),
    ("blanche", "zone blanche : aucune"),
    ("inconnu", "on ne sait pas"),
)
SUMMARY = ("W1", "W1_LARGE", "W1_DEUX", "W2", "W2_COMMUNES", "W3", "W4", "A9_JOURS", "S4",
           "S5", "W7", "W7_2H", "A9_MINUTES", "W5", "W5_PART", "W6", "W6_PLANCHER", "W8",
           "W8_PERTE", "W9")  # fmt: skip
JOBS = ("A1_30", "A1_60", "A2_60", "A3_60", "A4_100", "A5", "A6", "E1", "E2", "E3_GINI", "E4_0")
OFFERED = ("S1", "S2", "S3", "S3_AGE", "A8", "S6", "S7", "S7_KM", "S8", "S8_AIDES", "S9")
LABELS = dict(LEGEND)


@dataclass(frozen=True)
class ShiftMap:
    """One of the six small maps, with the figure and the counts of communes beside it.

    `n_conditional`: those of `n_white` where something may be had, on a condition or once checked.
    """

    named: NamedShift
    share: str
    layers: list[Layer]
    n_white: int
    n_conditional: int
    n_unknown: int

    @property
    def description(self) -> str:
        """Return the map in words, for those who do not see it."""
        return ", ".join(
            f"{french.counted(len(layer.codes), 'commune')} : {LABELS[layer.state]}"
            for layer in self.layers
        )


@dataclass(frozen=True)
class Bar:
    """A cause: its share of those without a solution, to the percent, and who can act."""

    label: str
    actors: str
    percent: int
    people: str


@dataclass(frozen=True)
class CommuneRow:
    """A commune in the table of the maps: its state at each shift."""

    code: str
    nom: str
    states: list[str]


def communes_of(territory: Territory, departement: str) -> dict[str, str]:
    """Return the communes of a territory that lie in the département of a run, code to name."""
    rows = Commune.objects.filter(departement=departement)
    match territory.niveau:
        case Niveau.COMMUNE:
            rows = rows.filter(pk=territory.code)
        case Niveau.EPCI:
            rows = rows.filter(epci=territory.code)
        case Niveau.BASSIN:
            inside = CommuneBassin.objects.filter(bassin=territory.code)
            rows = rows.filter(pk__in=inside.values("code_insee"))
    return dict(rows.order_by("cle").values_list("pk", "nom"))


def context_of(
    run: Run, territory: Territory, *, shift: str, profile: str = BASE
) -> dict[str, Any]:
    """Return what the template of a territory needs of one run."""
    codes = communes_of(territory, run.departement)
    values = table_of(
        run,
        [*SUMMARY, *JOBS, *OFFERED],
        niveau=territory.niveau,
        code=territory.code,
        profile=profile,
    )
    summary = _table(SUMMARY, values, territory)
    offered = [
        (BY_CODE[code].nom, BY_CODE[code].definition, [_text(code, values, territory, "")])
        for code in OFFERED
    ]
    drawn = outlines(run.departement)
    states = states_of(run, profile)
    whole = list(drawn.paths)
    shares = {
        named.code: values.get((territory.code, "W1", named.code), (None, 0.0))[0]
        for named in SHIFTS
    }
    counted = values.get((territory.code, "W1", "journee"), (None, None))[1]
    # A run that another version of the product made may miss a part of its manifest.
    place = run.manifest.get("territoire", {})
    return {
        "finding": finding(territory, shares),
        "people": people(counted),
        "people_label": place.get("population", "habitants"),
        "feeds_unknown": hours_unknown(run.manifest.get("reseau", {}).get("horaires_inconnus", ())),
        "maps": [_map(named, shares[named.code], states, codes, whole) for named in SHIFTS],
        "outlines": drawn,
        "view_box": _view_box(territory, drawn, codes),
        "own": [] if territory.niveau == Niveau.DEPARTEMENT else list(codes),
        "legend": LEGEND,
        "bars": bars(run, territory, shift, profile),
        "conditional": _text("W3", values, territory, shift),
        "named_shift": SHIFT_BY_CODE[shift],
        "jobs_missing": OF_SOURCE[Source.RECENSEMENT],
        "summary": _known_rows(summary),
        "jobs": _table(JOBS, values, territory) if place.get("emplois") else [],
        "gravity": _gravity(run),
        "offered": _known_rows(offered),
        "not_known": [nom for nom, _, texts in [*summary, *offered] if set(texts) == {UNKNOWN}],
        "by_profile": _by_profile(run, territory, "W1"),
        "left_by_profile": _known_rows(_by_profile(run, territory, "W6")),
        "gain_by_profile": _known_rows(_by_profile(run, territory, "W8")),
        "n_unknown": len({code for code in codes if (code, "journee") not in states}),
    }


def rows_of(run: Run, codes: Mapping[str, str], profile: str = BASE) -> list[CommuneRow]:
    """Return the six maps as a table."""
    states = states_of(run, profile)
    return [
        CommuneRow(
            code, nom, [LABELS[states.get((code, named.code), "inconnu")] for named in SHIFTS]
        )
        for code, nom in codes.items()
    ]


def finding(territory: Territory, shares: Mapping[str, float | None]) -> str:
    """Return the headline: what one shift by day gives, and the shift that gives the least."""
    known = {code: share for code, share in shares.items() if share is not None}
    if not known:
        return f"{territory.nom} : on ne sait pas encore qui peut tenir un poste sans voiture"
    best = "journee" if "journee" in known else next(iter(known))
    worst = min(known, key=lambda code: known[code])
    if territory.niveau == Niveau.COMMUNE:
        kept = [SHIFT_BY_CODE[code].of for code, share in known.items() if share >= 0.5]
        place = french.at_place(territory.nom)
        place = place[:1].upper() + place[1:]
        if not kept:
            return f"{place}, sans voiture, aucun des six horaires n'est tenable"
        if len(kept) == len(known):
            return f"{place}, sans voiture, les six horaires sont tenables"
        return f"{place}, sans voiture, on peut tenir un poste {french.listed(kept)}"
    text = f"Sans voiture, {_percent(known[best])} des habitants peuvent tenir un poste "
    text += SHIFT_BY_CODE[best].of
    if worst != best:
        text += f" ; {_percent(known[worst])} un poste {SHIFT_BY_CODE[worst].of}"
    return text


def bars(run: Run, territory: Territory, shift: str, profile: str = BASE) -> list[Bar]:
    """Return what keeps the lines from serving those without a solution, the most first."""
    blocked = causes(run, territory, shift, profile)["lines"]
    total = sum(blocked.values())
    rows = [
        Bar(CAUSES[stage].label, CAUSES[stage].actors, round(100 * n / total), people(n))
        for code, n in blocked.items()
        if (stage := Stage(code)) in CAUSES and total
    ]
    return sorted(rows, key=lambda bar: -bar.percent)


def _gravity(run: Run) -> str:
    """Return the fit of the model of flows as a sentence, empty where there is none."""
    fit = run.manifest.get("gravite") or {}
    if not {"beta", "cpc", "cpc_at_zero"} <= fit.keys():
        return ""
    beta, near, flat = (
        french.number(round(fit[name], digits))
        for name, digits in (("beta", 3), ("cpc", 2), ("cpc_at_zero", 2))
    )
    return (
        f"Emplois pondérés par la distance : β = {beta} par km, calé sur les déplacements d'ici "
        f"(part commune {near} ; {flat} sans la distance). Il ne vaut pas ailleurs."
    )


def _known_rows(rows: list[tuple[str, str, list[str]]]) -> list[tuple[str, str, list[str]]]:
    """Keep the rows that hold some figure."""
    return [row for row in rows if any(text != UNKNOWN for text in row[2])]


def _by_profile(run: Run, territory: Territory, indicator: str) -> list[tuple[str, str, list[str]]]:
    """Return an indicator for each profile of a run, as the rows of `_table`."""
    rows = []
    for written in run.manifest.get("profils", []):
        if not {"code", "nom"} <= written.keys():
            continue
        values = table_of(
            run, [indicator], niveau=territory.niveau, code=territory.code, profile=written["code"]
        )
        texts = [_text(indicator, values, territory, named.code) for named in SHIFTS]
        rows.append((str(written["nom"]), "", texts))
    return rows


def _map(
    named: NamedShift,
    share: float | None,
    states: Mapping[tuple[str, str], str],
    codes: Mapping[str, str],
    whole: Sequence[str],
) -> ShiftMap:
    own = {code: states[code, named.code] for code in whole if (code, named.code) in states}
    mine = [own.get(code, "inconnu") for code in codes]
    return ShiftMap(
        named,
        shown(BY_CODE["W1"], share).text,
        layers(own, whole),
        mine.count("blanche") + mine.count("condition"),
        mine.count("condition"),
        mine.count("inconnu"),
    )


def _view_box(territory: Territory, drawn: Outlines, codes: Mapping[str, str]) -> str:
    if territory.niveau == Niveau.DEPARTEMENT:
        return drawn.view_box
    return drawn.around(codes)


def _table(
    indicators: Sequence[str],
    values: Mapping[tuple[str, str, str], tuple[float | None, float]],
    territory: Territory,
) -> list[tuple[str, str, list[str]]]:
    """Return indicators as rows: name, definition, one text a shift."""
    rows = []
    for code in indicators:
        # Of one commune, a number of communes says nothing.
        if code == "W2_COMMUNES" and territory.niveau == Niveau.COMMUNE:
            continue
        if code.startswith("E") and territory.niveau == Niveau.COMMUNE:
            continue
        texts = [_text(code, values, territory, named.code) for named in SHIFTS]
        rows.append((BY_CODE[code].nom, BY_CODE[code].definition, texts))
    return rows


def _text(
    code: str,
    values: Mapping[tuple[str, str, str], tuple[float | None, float]],
    territory: Territory,
    shift: str,
) -> str:
    return shown(BY_CODE[code], values.get((territory.code, code, shift), (None, 0.0))[0]).text


def _percent(share: float) -> str:
    return f"{round(100 * share)}{french.NBSP}%"
