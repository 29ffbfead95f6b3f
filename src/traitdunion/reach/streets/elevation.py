"""Height of the ground along streets, from a GeoTIFF: climbs, and the effort they cost."""

import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.warp import transform
from rasterio.windows import Window

from ..places import Array
from .report import StreetsImportError
from .slopes import MODELS, STEEPEST

SECTION_M = 60.0
"""Streets are cut in sections of about this length: twice the grain of usual elevations."""


LOWEST_M, HIGHEST_M = -500.0, 9_000.0
"""No ground on Earth lies beyond: such heights are voids of the model."""


class Lines(NamedTuple):
    """Streets as lines of points. M streets, R points; `first` and `last` are points of each."""

    first: Array  # int64 (M,)
    last: Array  # int64 (M,)
    lat: Array  # int32 (R,) 1e-7 degree
    lon: Array  # int32 (R,)
    at_mm: Array  # int64 (R,) along the line, growing within each street
    lifted: Array  # bool (M,) bridges and tunnels: straight between their ends


class Relief(NamedTuple):
    """Climbs along each street, and its length in metres of flat road, both ways."""

    up_m: Array  # float32 (M,) climbed along the street; going back, these are descents
    down_m: Array  # float32 (M,)
    effort_m: dict[str, Array]  # by model: float32 (2, M), along and back
    known: Array  # bool (M,) False where the elevation is unknown: taken as flat


def relief(lines: Lines, path: Path) -> Relief:
    """Return the climbs of streets over a GeoTIFF.

    Raises StreetsImportError where it covers none of them.
    """
    length_mm = lines.at_mm[lines.last] - lines.at_mm[lines.first]
    sections = np.maximum(1, np.rint(length_mm / (SECTION_M * 1000)).astype(np.int64))
    starts = np.concatenate([[0], np.cumsum(sections + 1)])
    street = np.repeat(np.arange(len(sections)), sections + 1)
    step = np.arange(starts[-1]) - starts[street]
    share = step / sections[street]
    lat, lon = _along(lines, street, share * length_mm[street])
    height = heights(path, lat, lon)
    height = _straightened(height, starts, street, share, lines.lifted)
    # Without the differences between the end of a street and the start of the next.
    rise = np.diff(height)[np.delete(np.arange(starts[-1] - 1), starts[1:-1] - 1)]
    of_section = np.repeat(np.arange(len(sections)), sections)
    run = (length_mm / 1000 / sections)[of_section]
    known = np.bincount(of_section[np.isnan(rise)], minlength=len(sections)) == 0
    if not known.any():
        raise StreetsImportError(
            f"{path} : ce relief ne couvre aucune des rues de l'extrait. "
            "Choisissez un modèle d'altitude du même territoire."
        )
    rise = np.where(known[of_section], rise, 0.0)
    slope = np.clip(rise / np.maximum(run, 1e-3), -STEEPEST, STEEPEST)

    def total(values: Array) -> Array:
        return np.bincount(of_section, values, len(sections)).astype(np.float32)

    return Relief(
        up_m=total(np.maximum(rise, 0)),
        down_m=total(np.maximum(-rise, 0)),
        effort_m={
            name: np.stack([total(run * model(slope)), total(run * model(-slope))])
            for name, model in MODELS.items()
        },
        known=known,
    )


def _along(lines: Lines, street: Array, distance_mm: Array) -> tuple[Array, Array]:
    """Return the degrees of the points that far along their streets."""
    wanted = lines.at_mm[lines.first[street]] + distance_mm
    after = np.searchsorted(lines.at_mm, wanted, side="left")
    after = np.clip(after, lines.first[street] + 1, lines.last[street])
    before = after - 1
    gap = np.maximum(lines.at_mm[after] - lines.at_mm[before], 1)
    t = np.clip((wanted - lines.at_mm[before]) / gap, 0, 1)
    lat = lines.lat[before] + t * (lines.lat[after].astype(float) - lines.lat[before])
    lon = lines.lon[before] + t * (lines.lon[after].astype(float) - lines.lon[before])
    return lat / 1e7, lon / 1e7


def _straightened(
    height: Array, starts: Array, street: Array, share: Array, lifted: Array
) -> Array:
    """Return the heights of bridges and tunnels, drawn straight from one end to the other."""
    a, b = height[starts[:-1]][street], height[starts[1:] - 1][street]
    return np.where(lifted[street], a + share * (b - a), height)


def heights(path: Path, lat: Array, lon: Array) -> Array:
    """Return the heights (metres) at points, between the four nearest cells, else NaN.

    Reads only the part of the raster that the points span.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", NotGeoreferencedWarning)
            with rasterio.open(path) as raster:
                if raster.crs is None:
                    raise StreetsImportError(f"{path} : ce relief ne dit pas où il se trouve.")
                x, y = (np.asarray(c) for c in transform("EPSG:4326", raster.crs, lon, lat))
                return _sampled(raster, x, y)
    except (RasterioError, NotGeoreferencedWarning) as wrong:
        raise StreetsImportError(
            f"{path} : relief illisible ({wrong}). Il faut un GeoTIFF d'altitudes en mètres."
        ) from wrong


def _sampled(raster: rasterio.DatasetReader, x: Array, y: Array) -> Array:
    """Return the heights at coordinates of the raster; only the cells around them are read."""
    to_cell = ~raster.transform
    # Half a cell less: heights are those of the centres of cells, not of their corners.
    col = to_cell.a * x + to_cell.b * y + to_cell.c - 0.5
    row = to_cell.d * x + to_cell.e * y + to_cell.f - 0.5
    left, right = _cells_touched(col, raster.width)
    top, bottom = _cells_touched(row, raster.height)
    if left >= right or top >= bottom:
        return np.full(len(x), np.nan)
    window = Window(left, top, right - left, bottom - top)
    grid = raster.read(1, window=window, masked=True).astype(np.float32).filled(np.nan)
    # Voids are often left undeclared: -32768 in SRTM, -9999 elsewhere.
    grid[(grid < LOWEST_M) | (grid > HIGHEST_M)] = np.nan
    return _between_cells(grid, row - top, col - left)


def _cells_touched(at: Array, length: int) -> tuple[int, int]:
    """Return the first cell, and the one after the last, that these positions touch."""
    return max(0, int(np.floor(at.min()))), min(length, int(np.ceil(at.max())) + 2)


def _between_cells(grid: Array, row: Array, col: Array) -> Array:
    """Interpolate between centres of cells; the half cell around takes the nearest."""
    last_row, last_col = grid.shape[0] - 1, grid.shape[1] - 1
    inside = (row >= -0.5) & (col >= -0.5) & (row <= last_row + 0.5) & (col <= last_col + 0.5)
    row, col = np.clip(row, 0, last_row), np.clip(col, 0, last_col)
    r, c = np.floor(row).astype(int), np.floor(col).astype(int)
    r2, c2 = np.minimum(r + 1, last_row), np.minimum(c + 1, last_col)
    v, h = row - r, col - c
    top = grid[r, c] * (1 - h) + grid[r, c2] * h
    bottom = grid[r2, c] * (1 - h) + grid[r2, c2] * h
    return np.where(inside, top * (1 - v) + bottom * v, np.nan)
