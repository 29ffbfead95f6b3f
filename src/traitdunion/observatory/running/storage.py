"""Runs as folders: figures in Parquet, whole by one rename.

`<data>/observatory/<code>/`: `figures.parquet`, `causes.parquet`, `manifest.json`, and `homes/`,
one file a chunk.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from django.conf import settings

BEST = "best"
FIGURES, CAUSES, MANIFEST, HOMES = "figures.parquet", "causes.parquet", "manifest.json", "homes"


def root() -> Path:
    """Return the folder of all runs."""
    folder: Path = settings.TRAITDUNION_DATA_DIR / "observatory"
    return folder


def folder_of(code: str) -> Path:
    """Return the folder of a run that ended."""
    return root() / code


class Writing:
    """A run being written beside its place: chunks first, then figures, then the rename."""

    def __init__(self, code: str, *, resumed: bool = False) -> None:
        self.code = code
        self.folder = root() / f".{code}"
        if not resumed:
            shutil.rmtree(self.folder, ignore_errors=True)
        for name in (HOMES, BEST):
            (self.folder / name).mkdir(parents=True, mode=0o700, exist_ok=True)

    def has_chunk(self, number: int) -> bool:
        """Return whether a chunk was written whole before."""
        return self._chunk(number).is_file()

    def chunk(self, number: int, homes: pl.DataFrame, best: np.ndarray | None) -> None:
        """Write one chunk of homes and the minutes of its pairs; whole by one rename."""
        if best is not None:
            np.save(self.folder / BEST / f"{number:05d}.npy", best)
        written = self.folder / HOMES / f"{number:05d}.part"
        homes.write_parquet(written)
        written.rename(self._chunk(number))

    def best(self) -> list[np.ndarray]:
        """Return the minutes of the pairs of all chunks, in order."""
        return [np.load(path) for path in sorted((self.folder / BEST).glob("*.npy"))]

    def _chunk(self, number: int) -> Path:
        return self.folder / HOMES / f"{number:05d}.parquet"

    def homes(self) -> pl.LazyFrame:
        """Return all chunks written, read as they are needed."""
        return pl.scan_parquet(self.folder / HOMES / "*.parquet")

    def finish(
        self, figures: pl.DataFrame, causes: pl.DataFrame, manifest: Mapping[str, Any]
    ) -> str:
        """Write the figures, give the folder its name; return the digest of the figures."""
        figures.write_parquet(self.folder / FIGURES)
        causes.write_parquet(self.folder / CAUSES)
        text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
        (self.folder / MANIFEST).write_text(text, "utf-8")
        shutil.rmtree(self.folder / BEST, ignore_errors=True)
        self.folder.rename(folder_of(self.code))
        return figures_digest(figures)

    def abandon(self) -> None:
        """Remove what was written."""
        shutil.rmtree(self.folder, ignore_errors=True)


def figures_digest(figures: pl.DataFrame) -> str:
    """Return the SHA-256 of figures, rounded to nine digits, whatever their file format."""
    rounded = figures.with_columns(pl.col("value").round_sig_figs(9), pl.col("people").round(3))
    return hashlib.sha256(rounded.write_csv().encode()).hexdigest()


def read_figures(code: str) -> pl.LazyFrame:
    """Return the figures of a run; FileNotFoundError where its folder is gone."""
    path = folder_of(code) / FIGURES
    if not path.is_file():
        raise FileNotFoundError(f"Les chiffres du calcul {code} ne sont plus dans {path.parent}.")
    return pl.scan_parquet(path)


def read_causes(code: str) -> pl.LazyFrame:
    """Return what blocks, by territory, shift and profile."""
    return pl.scan_parquet(folder_of(code) / CAUSES)
