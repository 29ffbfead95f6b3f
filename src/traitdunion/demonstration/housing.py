"""Load the fictitious organisme foncier, by the same operations as anybody's."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from traitdunion.accounts.models import Organisation, User
from traitdunion.housing.enums import (
    Confiance,
    EtatApport,
    EtatDemande,
    EtatPiece,
    EvenementRevente,
    FormeOfs,
    GenreApport,
    NatureBail,
    NatureOperation,
    NaturePartenaire,
    NatureReference,
    Provenance,
    Souhait,
    Volet,
)
from traitdunion.housing.feasibility.studies import START, create_operation, save_version
from traitdunion.housing.households.forms import AGREEMENT
from traitdunion.housing.households.operations import (
    Contact,
    Wish,
    add_lot,
    check_demand,
    decide,
    receive,
)
from traitdunion.housing.leases.billing import bill_month
from traitdunion.housing.leases.operations import LeasedHome, LeaseTerms, sign_lease
from traitdunion.housing.leases.resales import open_resale, record_event
from traitdunion.housing.ledger.operations import record_payment
from traitdunion.housing.models import Operation, Projet, Reference
from traitdunion.housing.plans.operations import Household, add_step, open_plan
from traitdunion.housing.references.files import ReferenceRow
from traitdunion.housing.references.operations import import_rows, verify
from traitdunion.housing.setting_up.operations import (
    Partner,
    add_contribution,
    keep_partner,
    keep_point,
    keep_project,
)
from traitdunion.sources.bounded.yaml_files import yaml_document
from traitdunion.territory.models import Commune

KEEPER, BODY = "foncier@demo.example", "foncier-demo"
TICK = "coché pour la démonstration"
EVENTS = (
    (EvenementRevente.OFFRE_RECUE, 28),
    (EvenementRevente.ACCEPTATION, 10),
    (EvenementRevente.TRANSMISSION, 6),
)
"""Events of the resale, with the days before the load."""


@transaction.atomic
def load_demonstration(path: Path, *, now: datetime) -> None:
    """Load the body with its operations, lease, demands and plan; once there, nothing changes."""
    organisation = Organisation.objects.get(pk=BODY)
    if Projet.objects.filter(pk=BODY).exists():
        return
    content = yaml_document(path)
    by = User.objects.get(email=KEEPER)
    loading = _Loading(content, organisation, by, now)
    loading.references()
    loading.project()
    loading.operations()
    loading.demands()
    loading.lease()
    loading.plan()


class _Loading:
    """One load: days count from today."""

    def __init__(
        self, content: Mapping[str, Any], organisation: Organisation, by: User, now: datetime
    ) -> None:
        self.content, self.organisation, self.by, self.now = content, organisation, by, now

    def commune(self, code: str) -> Commune:
        return Commune.objects.get(pk=code)

    def references(self) -> None:
        rows = [
            ReferenceRow(
                NatureReference(row["nature"]),
                row["cle"],
                date.fromisoformat(row["depuis"]),
                row["valeur"],
                row["source"],
                Confiance(row["confiance"]),
            )
            for row in self.content["references"]
        ]
        import_rows(rows, now=self.now)
        for row in rows:
            if row.confiance == Confiance.FICTIVE:
                continue
            known = Reference.objects.filter(nature=row.nature, cle=row.cle, depuis=row.depuis)
            verify(
                by=self.by, organisation=self.organisation, reference=known.latest("pk"),
                source=TICK, now=self.now,
            )  # fmt: skip

    def project(self) -> None:
        content = self.content["projet"]
        row = keep_project(
            by=self.by, organisation=self.organisation, forme=FormeOfs(content["forme"]),
            territoire=content["territoire"], demonstration=True, now=self.now,
        )  # fmt: skip
        for piece in content["pieces"]:
            keep_point(
                by=self.by, projet=row, point=piece["point"], etat=EtatPiece(piece["etat"]),
                responsable=piece["responsable"], remarque="", now=self.now,
            )  # fmt: skip
        for given in content["partenaires"]:
            known = Partner(NaturePartenaire(given["nature"]), given["nom"], given["demande"])
            partner = keep_partner(by=self.by, projet=row, partner=known, now=self.now)
            for part in given["apports"]:
                amount = part.get("montant")
                add_contribution(
                    by=self.by, partenaire=partner, genre=GenreApport(part["genre"]),
                    quoi=part["quoi"], etat=EtatApport.PROMIS, depuis=self.now.date(),
                    montant_centimes=None if amount is None else int(amount) * 100, now=self.now,
                )  # fmt: skip

    def operations(self) -> None:
        for study in self.content["operations"]:
            row = create_operation(
                by=self.by, organisation=self.organisation, nom=study["nom"],
                commune=self.commune(study["commune"]), nature=NatureOperation(study["nature"]),
                now=self.now,
            )  # fmt: skip
            Operation.objects.filter(pk=row.pk).update(demonstration=True)
            if study["bilan"]:
                save_version(
                    by=self.by,
                    operation=row,
                    hypotheses={**START, **study["bilan"]},
                    now=self.now,
                )
            for lot in study.get("lots", ()):
                add_lot(
                    by=self.by, operation=row, libelle=lot["libelle"], pieces=lot["pieces"],
                    surface_utile=Decimal(lot["surface_utile"]), genre=Souhait(lot["genre"]),
                    now=self.now,
                )  # fmt: skip

    def demands(self) -> None:
        for demand in self.content["demandes"]:
            email = demand.get("courriel", "")
            row = receive(
                organisation=self.organisation, provenance=Provenance(demand["provenance"]),
                wish=Wish(
                    souhait=Souhait(demand["souhait"]), personnes=demand["personnes"],
                    communes=[self.commune(code) for code in demand["communes"]],
                    categorie=demand["categorie"],
                ),
                contact=Contact(email, accord=AGREEMENT if email else ""), demonstration=True,
                now=self.now - timedelta(demand["il_y_a"]),
            )  # fmt: skip
            if demand.get("verifie"):
                check_demand(
                    by=self.by, demande=row, ressources=True, non_proprietaire=True,
                    categorie=demand["categorie"], now=self.now,
                )  # fmt: skip
                decide(
                    by=self.by, demande=row, etat=EtatDemande.EN_ATTENTE, motif="Dossier vérifié",
                    now=self.now,
                )  # fmt: skip

    def lease(self) -> None:
        lease = self.content["bail"]
        row = sign_lease(
            by=self.by, organisation=self.organisation, preneur=lease["preneur"],
            home=LeasedHome(
                numero=lease["numero"], nature=NatureBail.DIRECT, logement=lease["logement"],
                commune=self.commune(lease["commune"]), surface_utile=Decimal(lease["surface"]),
            ),
            terms=LeaseTerms(
                duree_ans=lease["duree"], prix=Decimal(lease["prix"]),
                redevance=Decimal(lease["redevance"]), indice_base=lease["indice_base"],
            ),
            signe_le=date.fromisoformat(lease["signe_le"]), demonstration=True, now=self.now,
        )  # fmt: skip
        month = self.now.date().replace(day=1)
        for n in range(3):
            bill_month(by=self.by, organisation=self.organisation, month=month, now=self.now)
            line = row.lignes.filter(mois=month).first()
            if n >= 3 - lease["payes"] and line is not None:
                record_payment(
                    by=self.by, bail=row, le=month.replace(day=5), amount=line.debit, now=self.now,
                    piece="relevé fictif",
                )  # fmt: skip
            month = (month - timedelta(1)).replace(day=1)
        resale = open_resale(
            by=self.by, bail=row, acquereur=lease["acquereur"], prix=Decimal(lease["revente"]),
            now=self.now - timedelta(29),
        )  # fmt: skip
        for nature, days in EVENTS:
            record_event(
                by=self.by, revente=resale, nature=nature, le=self.now.date() - timedelta(days),
                preuve="recommandé fictif", now=self.now,
            )  # fmt: skip

    def plan(self) -> None:
        plan = self.content["plan"]
        row = open_plan(
            by=self.by,
            organisation=self.organisation,
            demonstration=True,
            now=self.now,
            household=Household(
                reference_siao=plan["siao"],
                communes=[self.commune(code) for code in plan["communes"]],
                personnes=plan["personnes"],
                lieu_travail=self.commune(plan["travail"]),
                horaires=plan["horaires"],
            ),
        )
        for step in plan["etapes"]:
            add_step(
                by=self.by, plan=row, volet=Volet(step["volet"]), quoi=step["quoi"],
                partenaire=Organisation.objects.get(pk=step["partenaire"]),
                pour_le=self.now.date() + timedelta(step["dans"]), now=self.now,
            )  # fmt: skip
