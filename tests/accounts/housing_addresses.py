"""What the addresses of housing are called with: an operation, a lease, a demand, a plan."""

from decimal import Decimal

from traitdunion.housing.enums import (
    FormeOfs,
    NatureBail,
    NatureOperation,
    NaturePartenaire,
    Provenance,
    Souhait,
    Volet,
)
from traitdunion.housing.feasibility.studies import create_operation
from traitdunion.housing.households.operations import Contact, Wish, add_lot, receive
from traitdunion.housing.land.operations import add_funding, keep_parcel
from traitdunion.housing.leases.operations import LeasedHome, LeaseTerms, sign_lease
from traitdunion.housing.leases.resales import open_resale
from traitdunion.housing.plans.operations import Household, add_step, open_plan
from traitdunion.housing.setting_up.operations import Partner, keep_partner, keep_project
from traitdunion.territory.models import Commune, Departement, Region


def housing_of(people, now):
    """Return an operation and the resale of a lease of `ici`."""
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    department = Departement.objects.create(code="43", nom="Haute-Loire", region=region)
    commune = Commune.objects.create(
        code_insee="43112", nom="Langeac", departement=department, lat=45.1, lon=3.5
    )
    keeper = people["pilotage", "ici"]
    study = create_operation(
        by=keeper, organisation=people.ici, nom="Rue du Pont", commune=commune,
        nature=NatureOperation.NEUF, now=now,
    )  # fmt: skip
    lease = sign_lease(
        by=keeper, organisation=people.ici, preneur="P", signe_le=now.date(), now=now,
        home=LeasedHome(
            numero="1", nature=NatureBail.DIRECT, logement="T3", commune=commune,
            surface_utile=Decimal(70),
        ),
        terms=LeaseTerms(
            duree_ans=60, prix=Decimal("1.00"), redevance=Decimal("1.00"), indice_base="2026T1",
        ),
    )  # fmt: skip
    return study, open_resale(by=keeper, bail=lease, acquereur="A", prix=Decimal("1.00"), now=now)


def parcel_of(people, study, now):
    """Return a parcel of `ici`, with a line that pays for it."""
    by = people["pilotage", "ici"]
    row = keep_parcel(
        by=by, organisation=people.ici, parcelle=None, now=now,
        values={"commune": study.commune, "idu": f"{study.commune_id}000AB0123"},
    )  # fmt: skip
    line = {"financeur": "Département", "montant_centimes": 100, "etat": "demande"}
    add_funding(by=by, parcelle=row, values=line, now=now)
    return row


def demand_of(people, study, now):
    """Return the demand of a household, and a home to allot."""
    asked = receive(
        organisation=people.ici, provenance=Provenance.GUICHET, now=now,
        wish=Wish(
            souhait=Souhait.LOCATIF, communes=[study.commune], personnes=2, categorie=2,
        ),
        contact=Contact("m@b.example", accord="oui"),
    )  # fmt: skip
    home = add_lot(
        by=people["pilotage", "ici"], operation=study, libelle="T3", pieces=3,
        surface_utile=Decimal(65), genre=Souhait.LOCATIF, now=now,
    )  # fmt: skip
    return asked, home


def plan_of(people, study, now):
    """Return a plan, and a step of it given to its own organisation."""
    keeper = people["pilotage", "ici"]
    row = open_plan(
        by=keeper,
        organisation=people.ici,
        now=now,
        household=Household(communes=[study.commune], personnes=2),
    )
    step = add_step(
        by=keeper, plan=row, volet=Volet.LOGEMENT, partenaire=people.ici, quoi="Visiter",
        pour_le=now.date(), now=now,
    )  # fmt: skip
    return row, step


def partner_of(people, now):
    """Return a partner of the project of an OFS."""
    keeper = people["pilotage", "ici"]
    project = keep_project(by=keeper, organisation=people.ici, forme=FormeOfs.GIP, now=now)
    return keep_partner(
        by=keeper, projet=project, partner=Partner(NaturePartenaire.EPCI, "EPCI"), now=now
    )


def housing_addresses(people, now):
    """Return the operation of the organisation `ici`, and its addresses with their arguments."""
    study, resale = housing_of(people, now)
    asked, home = demand_of(people, study, now)
    joint, part = plan_of(people, study, now)
    partner = partner_of(people, now)
    return study, {
        "housing:desk": {"organisation": "ici"},
        "housing:new-operation": {"organisation": "ici"},
        "housing:compare": {"organisation": "ici"},
        "housing:references": {"organisation": "ici"},
        "housing:leases": {"organisation": "ici"},
        "housing:accounts": {"organisation": "ici"},
        "housing:operation": {"pk": study.pk},
        "housing:lease": {"pk": resale.bail_id},
        "housing:event": {"pk": resale.pk},
        "housing:checks": {"pk": resale.pk},
        "housing:new-lease": {"organisation": "ici"},
        "housing:report": {"organisation": "ici"},
        "housing:report-file": {"organisation": "ici", "year": now.year, "kind": "json"},
        "housing:project": {"organisation": "ici"},
        "housing:point": {"organisation": "ici", "number": 1},
        "housing:project-pdf": {"organisation": "ici"},
        "housing:project-zip": {"organisation": "ici"},
        "housing:partners": {"organisation": "ici"},
        "housing:partner": {"pk": partner.pk},
        "housing:debits": {"organisation": "ici"},
        "housing:entries": {"organisation": "ici"},
        "housing:manage": {"pk": resale.bail_id},
        "housing:letter": {"pk": resale.pk, "rule": "agrement_cession"},
        "housing:fact-letter": {"pk": resale.bail_id, "rule": "heritier"},
        "housing:demands": {"organisation": "ici"},
        "housing:demand": {"pk": asked.pk},
        "housing:demand-check": {"pk": asked.pk},
        "housing:demand-decide": {"pk": asked.pk},
        "housing:demand-erase": {"pk": asked.pk},
        "housing:lots": {"pk": study.pk},
        "housing:lot": {"pk": home.pk},
        "housing:siting": {"organisation": "ici"},
        "housing:parcels": {"organisation": "ici"},
        "housing:parcel": {"pk": parcel_of(people, study, now).pk},
        "housing:costs": {"organisation": "ici"},
        "housing:living": {"organisation": "ici"},
        "housing:plans": {"organisation": "ici"},
        "housing:steps": {"organisation": "ici"},
        "housing:plan": {"pk": joint.pk},
        "housing:plan-outcome": {"pk": joint.pk},
        "housing:plan-close": {"pk": joint.pk},
        "housing:step-report": {"pk": part.pk},
    }
