"""The streets of a territory, imported once: graphs, drawings and climbs, in one mapped file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import storage
from ..places import Array
from . import rules
from .graphs import Graph
from .kernels import Grid
from .report import StreetsReport

FORMAT_VERSION = 2


class StreetsFileError(ValueError):
    """The file is not a map of streets of this version: import the extract again."""


STREETS_FILE = storage.FileKind(
    b"TDSTREET",
    FORMAT_VERSION,
    "une carte des rues",
    "Importez à nouveau l'extrait : traitdunion streets import.",
    StreetsFileError,
)


@dataclass(frozen=True)
class StreetMap:
    """Streets ready to be searched. `header`: `source`, `elevation` (file names), `report`.

    Arrays, M streets and R points: `first`, `last` (int32 M), `lat`, `lon` (int32 R, 1e-7
    degree), `at_mm` (int64 R); `grid_*` as in `kernels.Grid`; `<graph>_*` as in `graphs.Graph`;
    with an elevation `up_m`, `down_m` (float32 M) and `effort_<model>` (float32 (2, M)).
    """

    header: Mapping[str, Any]
    arrays: Mapping[str, Array]

    @classmethod
    def load(cls, path: Path, *, verify: bool = True) -> "StreetMap":
        """Map a saved file; raises StreetsFileError where it is not sound."""
        return cls(*storage.read(path, STREETS_FILE, verify=verify))

    def save(self, path: Path) -> None:
        """Write it; what was there is replaced only once all is on disk."""
        storage.write(path, self.header, self.arrays, STREETS_FILE)

    @property
    def report(self) -> StreetsReport:
        return StreetsReport(**self.header["report"])

    @cached_property
    def graphs(self) -> dict[str, Graph]:
        """Return the graphs by name, one of `rules.GRAPHS`."""
        fields = Graph.__dataclass_fields__
        return {
            name: Graph(**{field: self.arrays[f"{name}_{field}"] for field in fields})
            for name in rules.GRAPHS
        }

    @cached_property
    def grid(self) -> Grid:
        return Grid(**{field: self.arrays[f"grid_{field}"] for field in Grid._fields})

    @cached_property
    def length_mm(self) -> Array:
        """Return the length of each street, int64 (M,)."""
        a = self.arrays
        length: Array = a["at_mm"][a["last"]] - a["at_mm"][a["first"]]
        return length

    def effort_m(self, model: str) -> Array | None:
        """Return the metres of flat road as long to pass, float32 (2, M); None if unknown."""
        return self.arrays.get(f"effort_{model}")
