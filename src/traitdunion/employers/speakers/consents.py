"""The texts of the consents, with their version (Code civil, article 9; GDPR, article 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from ..enums import Usage


@dataclass(frozen=True, slots=True)
class Texts:
    """What is read to a person before each consent, in French."""

    version: str
    of: Mapping[Usage, str]


@cache
def texts() -> Texts:
    """Return the texts in force."""
    text = files("traitdunion.data").joinpath("employers/consentements.yaml").read_text("utf-8")
    read = yaml.safe_load(text)
    return Texts(read["version"], {Usage(name): line for name, line in read["textes"].items()})
