"""Spreadsheets that do not follow the template: each heading is matched with one of our columns.

What an organisation matched once is kept, and proposed for its next file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission, check
from traitdunion.sources.bounded import Fault, Record, Table, read_table, read_workbook
from traitdunion.territory.names import fold

from ..entries import COLUMNS, label_of
from ..enums import EtatImport, FormatFichier
from ..models import ColonneAssociee, Import, Structure
from ..operations import EditingError
from .batch import Batch, FileError, reader
from .sheets import DETAILS, HEADERS, MAIN, STRUCTURES, batch_of_tables

FREQUENT = ("nom", "structure", "type_solution", "description", "telephone", "courriel", "zones",
            "horaires_service", "conditions_acces", "tarif_precisions", "delai_jours",
            "lien_mobilisation", "reference")  # fmt: skip
OFFERED = (*FREQUENT, *(name for name in COLUMNS if name not in FREQUENT), *DETAILS)
"""Columns a heading may be matched with; lists of codes and keys are of the template only."""

ALIASES = {
    "nom": ("intitule", "solution", "dispositif", "service", "nom-de-la-solution", "nom-du-service",
            "libelle", "titre"),
    "structure": ("organisme", "porteur", "operateur", "association", "gestionnaire",
                  "nom-de-la-structure"),
    "type_solution": ("type", "categorie", "nature", "type-de-solution", "type-de-service"),
    "description": ("descriptif", "presentation", "contenu", "resume", "detail"),
    "telephone": ("tel", "tel-fixe", "numero", "numero-de-telephone", "portable"),
    "courriel": ("mail", "e-mail", "email", "adresse-mail", "adresse-electronique", "mel"),
    "zones": ("zone", "territoire", "secteur", "communes", "perimetre", "zone-couverte",
              "zone-dintervention"),
    "horaires_service": ("horaires", "heures", "horaire", "jours-et-heures", "heures-de-service"),
    "horaires_accueil": ("ouverture", "horaires-daccueil", "heures-douverture"),
    "conditions_acces": ("conditions", "public", "publics", "beneficiaires", "eligibilite"),
    "tarif_precisions": ("tarif", "tarifs", "prix", "cout", "participation"),
    "delai_jours": ("delai",),
    "lien_mobilisation": ("site", "site-web", "site-internet", "lien", "url"),
    "contact_nom": ("contact", "referent", "personne-a-contacter", "interlocuteur"),
    "reference": ("ref", "identifiant", "numero-de-fiche", "code"),
    "verifie_le": ("mise-a-jour", "date-de-mise-a-jour", "maj"),
}  # fmt: skip
NAMED = {
    **{slugify(label_of(name)): name for name in reversed(OFFERED)},
    **{alias: name for name, aliases in ALIASES.items() for alias in aliases},
    **{slugify(name): name for name in OFFERED},
}
MAX_SAMPLES = 3


def slug_of(heading: str) -> str:
    """Return a heading without case, accents nor punctuation."""
    return slugify(heading.replace("'", "").replace("’", ""))[:120]


@reader("ce tableau")
def unmatched_table(content: bytes, kind: FormatFichier) -> Table | None:
    """Return the first sheet of a file that does not follow the template; None where it does.

    Raises FileError where the bytes are not a table, or hold no row under the headings.
    """
    if kind == FormatFichier.XLSX and {MAIN, STRUCTURES} & {s.name for s in read_workbook(content)}:
        return None
    table = read_table(content)
    if all(name in HEADERS for name in table.headings if name):
        return None
    if not table.records:
        raise FileError(["Ce tableau n'a aucune ligne sous ses en-têtes."])
    return table


def guessed(headings: Iterable[str], organisation: Organisation) -> dict[str, str]:
    """Return the column proposed for each heading: what was kept, else what its name means.

    Each column is proposed once, for the first heading that means it; "" leaves a heading out.
    """
    kept = dict(organisation.colonnes_associees.values_list("entete", "colonne"))
    columns: dict[str, str] = {}
    for heading in headings:
        slug = slug_of(heading)
        name = kept[slug] if slug in kept else NAMED.get(slug, "")
        columns[heading] = "" if name in columns.values() or name not in OFFERED else name
    return columns


def samples(table: Table, heading: str) -> list[str]:
    """Return the first different values under a heading."""
    values = (record.cells.get(heading, "") for record in table.records)
    return list(dict.fromkeys(value for value in values if value))[:MAX_SAMPLES]


@transaction.atomic
def keep_table(
    *, by: User, organisation: Organisation, table: Table, nom: str, now: datetime
) -> Import:
    """Keep the rows of a spreadsheet until its columns are matched."""
    check(by, Permission.EXCHANGE, organisation)
    return Import.objects.create(
        organisation=organisation,
        format=FormatFichier.CSV,
        nom=nom[:150],
        content={"table": asdict(table)},
        etat=EtatImport.COLONNES,
        at=now,
        by=by,
    )


def table_of(row: Import) -> Table:
    """Return the rows kept by `keep_table`; raises EditingError once they are matched."""
    if row.etat != EtatImport.COLONNES:
        raise EditingError("Les colonnes de ce fichier sont déjà associées.")
    kept = row.content["table"]
    return Table(
        kept["headings"],
        [Record(**record) for record in kept["records"]],
        [Fault(**fault) for fault in kept["faults"]],
        kept["notes"],
    )


@transaction.atomic
def match_columns(
    *, by: User, row: Import, columns: Mapping[str, str], for_all: Mapping[str, str]
) -> Import:
    """Read the rows with the columns chosen, keep the choice, and prepare the import.

    `columns` gives our column of each heading, "" to leave it out; `for_all` gives values of
    columns for the rows where the file has none. Raises EditingError where the columns are
    matched already, or two headings were given the same column; FileError as readers do.
    """
    check(by, Permission.EXCHANGE, row.organisation)
    row = Import.objects.select_for_update().get(pk=row.pk)
    table = table_of(row)
    chosen = {heading: name for heading, name in columns.items() if name in OFFERED}
    if len(set(chosen.values())) < len(chosen):
        raise EditingError(
            "Deux colonnes de votre tableau sont associées à la même : gardez-en une."
        )
    called = {name: heading for heading, name in chosen.items()}
    batch = _batch_of(_renamed(table, chosen, for_all), called)
    row.content, row.etat = batch.as_json(), EtatImport.PREPARE
    row.save(update_fields=["content", "etat"])
    for heading in table.headings:
        if slug := slug_of(heading):
            ColonneAssociee.objects.update_or_create(
                organisation=row.organisation,
                entete=slug,
                defaults={"colonne": chosen.get(heading, "")},
            )
    return row


def _renamed(table: Table, chosen: Mapping[str, str], for_all: Mapping[str, str]) -> Table:
    """Return the rows under our column names, with the values given for all where one is empty."""
    records = []
    for record in table.records:
        cells = {name: record.cells.get(heading, "") for heading, name in chosen.items()}
        for name, value in for_all.items():
            if value:
                cells[name] = cells.get(name) or value
        if "zones" in cells:
            cells["zones"] = cells["zones"].replace(";", "|").replace(",", "|")
        records.append(Record(record.line, cells))
    headings = list(
        dict.fromkeys([*chosen.values(), *(n for n, value in for_all.items() if value)])
    )
    return Table(headings, records, table.faults, table.notes)


@reader("ce tableau")
def _batch_of(table: Table, called: Mapping[str, str]) -> Batch:
    """Read the entries, structures being named and not given by their key."""
    known = {fold(nom): key for key, nom in Structure.objects.values_list("pk", "nom")}
    keys = set(known.values())
    new: dict[str, dict[str, Any]] = {}
    for record in table.records:
        named = record.cells.get("structure", "")
        if not named or named in keys:
            continue
        key = known.get(fold(named)) or slugify(named)[:80].strip("-")
        if key not in keys:
            new.setdefault(key, {"id": key, "nom": named})
        record.cells["structure"] = key
    batch = batch_of_tables(table, {}, None, called=called)
    batch.structures += new.values()
    return batch
