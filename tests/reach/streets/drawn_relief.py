"""Draw the height of the ground over a drawn world, as a GeoTIFF."""

import numpy as np
import rasterio
from rasterio.transform import Affine
from street_world import BLOCK_E7

MERCATOR_M = 6_378_137 * np.pi / 180
WEST, SOUTH, NORTH = -2, -2, 4
EAST = 130
CELL = BLOCK_E7 / 1e7 / 4
"""A quarter of a block: 25 m."""


def raster(path, height, *, crs="EPSG:4326", nodata=None, east=EAST):
    """A GeoTIFF of height(x, y), of blocks east and north, at the middle of each cell."""
    columns, rows = (east - WEST) * 4, (NORTH - SOUTH) * 4
    x = WEST + (np.arange(columns) + 0.5) / 4
    y = NORTH - (np.arange(rows) + 0.5) / 4
    grid = height(*np.meshgrid(x, y)).astype(np.float32)
    # Near the equator Mercator's metres are degrees times a constant.
    unit = 1.0 if crs == "EPSG:4326" else MERCATOR_M
    block, cell = BLOCK_E7 / 1e7 * unit, CELL * unit
    profile = {
        "driver": "GTiff", "count": 1, "dtype": "float32", "width": columns, "height": rows,
        "crs": crs, "nodata": nodata,
        "transform": Affine(cell, 0, WEST * block, 0, -cell, NORTH * block),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        out.write(grid, 1)
    return path


def climbing(percent):
    return lambda x, y: 100 + percent * x
