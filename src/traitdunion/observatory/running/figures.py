"""From homes to territories: weighted means and shares, by shift and profile."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from .. import indicators
from ..definitions import LONG_DAY_MIN, POVERTY_JOBS, WHITE_BELOW
from ..enums import Niveau
from .causes import Stage
from .computing import CUTOFFS_MIN, DUAL_JOBS, NO_MIN, Chunk
from .ground import Ground
from .question import Question

KEYS = ["niveau", "code", "shift", "profile"]
CONDITIONAL = (Stage.PERMIS, Stage.CONDITIONS, Stage.A_VERIFIER)


def homes_frame(question: Question, rows: slice, chunk: Chunk) -> pl.DataFrame:
    """Return a chunk as rows: one by profile, shift and home."""
    ground = question.ground
    n_profiles, n_shifts, n_homes = chunk.n_sure.shape
    communes = np.array(ground.communes)[ground.commune_of[rows]]

    def each(values: Any) -> Any:
        """Repeat a column of homes for each profile and shift."""
        return np.tile(values, n_profiles * n_shifts)

    columns: dict[str, Any] = {
        "home": each(np.arange(rows.start, rows.start + n_homes)),
        "commune": each(communes),
        "people": each(ground.people[rows]),
        "has_pole": each(chunk.has_pole),
        "shift": np.tile(np.repeat([s.code for s in question.shifts], n_homes), n_profiles),
        "profile": np.repeat([p.code for p in question.profiles], n_shifts * n_homes),
        "n_sure": chunk.n_sure.ravel(),
        "n_wide": chunk.n_wide.ravel(),
        "stage": np.where(chunk.has_pole, chunk.stage, int(Stage.INCONNU)).ravel(),
        "lines": np.tile(
            np.where(chunk.has_pole, chunk.lines, int(Stage.INCONNU)).ravel(), n_profiles
        ),
        "round_min": chunk.round_min.astype(float).ravel(),
        "eur": chunk.eur.ravel(),
        "burden": (12 * chunk.eur / ground.income[ground.commune_of[rows]]).ravel(),
    }
    for column, before_eur in (
        ("left_eur", [p.household.before_trips_eur for p in question.profiles]),
        ("gain_eur", [p.household.gain_before_trips_eur for p in question.profiles]),
    ):
        columns[column] = (np.array(before_eur)[:, None, None] - chunk.eur).ravel()
    floors = np.array([p.household.floor_eur for p in question.profiles])
    columns["floor_eur"] = np.repeat(floors, n_shifts * n_homes)
    if chunk.gap_eur is not None and chunk.days is not None:
        asked = np.array([named.n_days for named in question.shifts])[None, :, None]
        columns["gap_eur"] = np.where(chunk.n_sure == 0, chunk.gap_eur, np.nan).ravel()
        columns["days"] = (chunk.days / asked).ravel()
    if chunk.jobs_out is not None and chunk.jobs_shift is not None:
        for t, cutoff in enumerate(CUTOFFS_MIN):
            columns[f"jobs_{cutoff}"] = chunk.jobs_out[:, :, t].ravel()
        columns["jobs_shift"] = chunk.jobs_shift.ravel()
        assert chunk.dual is not None and chunk.car_jobs is not None  # noqa: S101, PT018
        for d, k in enumerate(DUAL_JOBS):
            columns[f"dual_{k}"] = chunk.dual[:, :, d].ravel()
        columns["car_jobs"] = np.tile(chunk.car_jobs[:, -1].ravel(), n_profiles)
    frame = pl.DataFrame(columns)
    return frame.with_columns(
        pl.when(pl.col("round_min") < int(NO_MIN)).then(pl.col("round_min")),
        pl.col("eur", "gap_eur", "burden", "left_eur", "gain_eur", "floor_eur").fill_nan(None),
        pl.col("stage", "lines").cast(pl.UInt8),
        *(
            pl.when(pl.col(f"dual_{k}").is_finite()).then(pl.col(f"dual_{k}"))
            for k in DUAL_JOBS
            if f"dual_{k}" in columns
        ),
    )


def levels(ground: Ground) -> pl.DataFrame:
    """Return the territories of each commune: columns commune, niveau, code."""
    rows = [
        (commune, niveau.value, code)
        for commune in ground.communes
        for niveau, code in (
            (Niveau.COMMUNE, commune),
            (Niveau.EPCI, ground.epci_of.get(commune, "")),
            (Niveau.BASSIN, ground.bassin_of.get(commune, "")),
            (Niveau.DEPARTEMENT, ground.departement),
        )
        if code
    ]
    return pl.DataFrame(rows, schema=["commune", "niveau", "code"], orient="row")


def figures_of(homes: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """Return the figures of all territories, long: KEYS, indicator, value, people.

    A value that is not defined is null; `people` are those it is about.
    """
    lived = homes.filter(pl.col("people") > 0)
    known = lived.filter(pl.col("has_pole"))
    white = (
        known.group_by("commune", "shift", "profile")
        .agg(_share(pl.col("n_sure") >= 1).alias("w1"))
        .select("commune", "shift", "profile", (pl.col("w1") < WHITE_BELOW).alias("is_white"))
    )
    by_territory = known.join(white, on=["commune", "shift", "profile"])
    figures = [_long(by_territory.join(levels(ground), on="commune"), _of_solutions())]
    if "jobs_shift" in homes.columns:
        with_levels = lived.join(levels(ground), on="commune")
        figures += [_long(with_levels, _of_jobs()), _equity(with_levels, ground)]
    whole = pl.concat(figures, how="diagonal")
    return whole.select([*KEYS, "indicator", "value", "people"]).sort([*KEYS, "indicator"])


def _long(by_territory: pl.DataFrame, values: list[pl.Expr]) -> pl.DataFrame:
    """Return indicators by territory, one a row."""
    wide = by_territory.group_by(KEYS).agg(pl.col("people").sum(), *values)
    return wide.unpivot(
        index=[*KEYS, "people"], variable_name="indicator", value_name="value"
    ).with_columns(pl.col("value").fill_nan(None))


def _of_solutions() -> list[pl.Expr]:
    """Return the indicators of feasibility, of homes that have a pole."""
    conditional = pl.col("stage").is_in([int(stage) for stage in CONDITIONAL])
    white = pl.col("commune").filter(pl.col("is_white"))
    long_day = (pl.col("people") * (pl.col("round_min") > LONG_DAY_MIN)).sum()
    served = pl.col("people").filter(pl.col("round_min").is_not_null()).sum()
    return [
        _share(pl.col("n_sure") >= 1).alias("W1"),
        _share((pl.col("n_sure") >= 1) | (pl.col("n_wide") >= 1)).alias("W1_LARGE"),
        _share(pl.col("n_sure") >= 2).alias("W1_DEUX"),
        _share(pl.col("is_white")).alias("W2"),
        white.n_unique().cast(pl.Float64).alias("W2_COMMUNES"),
        _share((pl.col("n_sure") == 0) & conditional).alias("W3"),
        _share(pl.col("n_sure") == 1).alias("W4"),
        _mean("eur").alias("W5"),
        _mean("burden").alias("W5_PART"),
        _mean("left_eur").alias("W6"),
        _share_below("left_eur", pl.col("floor_eur")).alias("W6_PLANCHER"),
        _mean("gain_eur").alias("W8"),
        _share_below("gain_eur", pl.lit(0.0)).alias("W8_PERTE"),
        _mean("round_min").alias("W7"),
        (long_day / served).alias("W7_2H"),
        _mean("gap_eur").alias("W9"),
        _share(pl.col("days")).alias("A9_JOURS"),
    ]


def by_group(figures: pl.DataFrame, base: str) -> pl.DataFrame:
    """Return E5: W1 of each profile minus W1 of the base profile, of the same territory."""
    keys = ["niveau", "code", "shift"]
    shares = figures.filter(pl.col("indicator") == "W1")
    of_base = shares.filter(pl.col("profile") == base).select(*keys, pl.col("value").alias("base"))
    return (
        shares.filter(pl.col("profile") != base)
        .join(of_base, on=keys)
        .with_columns(
            (pl.col("value") - pl.col("base")).alias("value"), pl.lit("E5").alias("indicator")
        )
        .select([*KEYS, "indicator", "value", "people"])
    )


def _of_jobs() -> list[pl.Expr]:
    """Return the indicators of access to jobs."""
    people = pl.col("people")
    by_car = (people * pl.col("jobs_60")).sum() / (people * pl.col("car_jobs")).sum()
    return [
        *(_mean(f"jobs_{cutoff}").alias(f"A1_{cutoff}") for cutoff in CUTOFFS_MIN),
        _mean("jobs_shift").alias("A2_60"),
        by_car.alias("A3_60"),
        *(_mean(f"dual_{k}").alias(f"A4_{k}") for k in DUAL_JOBS),
    ]


def causes_of(homes: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """Return the people without a solution by what blocks them: KEYS, stage, lines, people.

    `lines` is how far public transport alone leads, `stage` the furthest of all solutions.
    """
    return (
        homes.filter(pl.col("has_pole") & (pl.col("n_sure") == 0) & (pl.col("people") > 0))
        .join(levels(ground), on="commune")
        .group_by([*KEYS, "stage", "lines"])
        .agg(pl.col("people").sum())
        .sort([*KEYS, "stage", "lines"])
    )


def _share(condition: pl.Expr) -> pl.Expr:
    return (pl.col("people") * condition).sum() / pl.col("people").sum()


def _mean(column: str) -> pl.Expr:
    """Return the mean by people of what is known."""
    value = pl.col(column)
    return (pl.col("people") * value).sum() / pl.col("people").filter(value.is_not_null()).sum()


def _share_below(column: str, least: pl.Expr) -> pl.Expr:
    """Return the share of people under `least`, among those for whom both are known."""
    is_known = pl.col(column).is_not_null() & least.is_not_null()
    under = (pl.col("people") * (pl.col(column) < least)).sum()
    return under / pl.col("people").filter(is_known).sum()


def _equity(by_territory: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """Return the sharing of access within EPCI, basins and the département."""
    income = dict(zip(ground.communes, ground.income, strict=True))
    all_jobs = float(np.nansum(ground.jobs))
    wider = by_territory.filter(pl.col("niveau") != Niveau.COMMUNE.value)
    rows: list[tuple[Any, ...]] = []
    for key, group in wider.group_by(KEYS):
        people = group["people"].to_numpy()
        access = group["jobs_shift"].to_numpy()
        communes = group["commune"].to_list()
        incomes = np.array([income[code] for code in communes])
        epci = [ground.epci_of.get(code, "") for code in communes]
        for code, value in _shared(access, people, incomes, epci, all_jobs):
            rows.append((*key, code, value, float(people.sum())))
    schema = dict.fromkeys(KEYS, pl.String) | {
        "indicator": pl.String,
        "value": pl.Float64,
        "people": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shared(
    access: Any, people: Any, income: Any, epci: list[str], all_jobs: float
) -> Iterator[tuple[str, float | None]]:
    ranked, _ = indicators.ranked_population(people, income)
    has_rank = ranked > 0
    yield "E1", indicators.palma(access, people, income) if has_rank else None  # type: ignore[misc]
    yield (
        "E2",
        indicators.concentration(access, people, income, "erreygers", (0.0, all_jobs))  # type: ignore[misc]
        if has_rank
        else None,
    )
    yield "E3_GINI", indicators.gini(access, people)  # type: ignore[misc]
    parted: Mapping[str, float] | None = indicators.theil_groups(access, people, epci)
    yield "E3_THEIL", parted["total"] if parted else None
    yield "E3_THEIL_ENTRE", parted["between"] if parted else None
    rates = indicators.fgt(access, people, POVERTY_JOBS)
    for alpha in range(3):
        yield f"E4_{alpha}", None if rates is None else float(rates[alpha])


def competition(
    best: np.ndarray, ground: Ground, shifts: tuple[str, ...], profile: str
) -> pl.DataFrame:
    """Return A6 by territory: jobs per person within an hour, competition included.

    best: uint8 (K, W, H), minutes one way where the shift is kept.
    """
    jobs = np.nan_to_num(ground.jobs)
    within = (best.transpose(0, 2, 1) <= CUTOFFS_MIN[-1]).astype(float)
    per_person = indicators.two_sfca(within, ground.people, jobs)
    communes = np.array(ground.communes)[ground.commune_of]
    frame = pl.DataFrame(
        {
            "commune": np.tile(communes, len(shifts)),
            "people": np.tile(ground.people, len(shifts)),
            "shift": np.repeat(list(shifts), len(communes)),
            "value": per_person.ravel(),
        }
    )
    return mean_by_territory(frame, ground, profile, "A6")


def mean_by_territory(
    homes: pl.DataFrame, ground: Ground, profile: str, indicator: str
) -> pl.DataFrame:
    """Return an indicator by territory, of homes: columns commune, people, shift, value."""
    return (
        homes.filter(pl.col("people") > 0)
        .join(levels(ground), on="commune")
        .group_by("niveau", "code", "shift")
        .agg(
            _mean("value").alias("value"),
            pl.col("people").sum(),
        )
        .with_columns(pl.lit(profile).alias("profile"), pl.lit(indicator).alias("indicator"))
        .select([*KEYS, "indicator", "value", "people"])
    )
