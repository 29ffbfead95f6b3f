"""Parcels: a reference read field by field, an acquisition with its deed, what is missing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.accounts.conftest import create_people
from tests.accounts.housing_addresses import housing_of, parcel_of
from traitdunion.housing.errors import HousingError
from traitdunion.housing.land.cadastre import UnreadableReference, read_reference, words_of
from traitdunion.housing.land.operations import Balance, add_funding, balance_of, keep_parcel
from traitdunion.housing.models import FinancementFoncier, Operation, Parcelle

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
LANGEAC = "43112"


@pytest.mark.parametrize(
    ("text", "idu"),
    [
        ("43112000AB0123", "43112000AB0123"),
        ("43 112 000 ab 0123", "43112000AB0123"),
        ("AB 123", "43112000AB0123"),
        ("ab123", "43112000AB0123"),
        ("AB n° 123", "43112000AB0123"),
        ("A 7", "431120000A0007"),
        ("431120000A0007", "431120000A0007"),
        ("209 ZB 12", "43112209ZB0012"),
        ("AB-123", "43112000AB0123"),
    ],
)
def test_a_reference_is_read_as_people_write_it(text, idu):
    assert read_reference(text, commune=LANGEAC).idu == idu


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("43157000AB0123", "de la commune 43157"),
        ("AB 0", "commence à 1"),
        ("43112000AB0000", "commence à 1"),
        ("12 34", "une lettre ou deux"),
        ("43112000120034", "une lettre ou deux"),
        ("ABC 12", "n'est pas une référence"),
        ("AB 12345", "n'est pas une référence"),
        ("AB", "n'est pas une référence"),
        ("", "n'est pas une référence"),
        ("43112000AB012", "n'est pas une référence"),
    ],
)
def test_what_names_no_parcel_says_why(text, why):
    with pytest.raises(UnreadableReference, match=why):
        read_reference(text, commune=LANGEAC)


def test_sections_are_numbers_in_alsace_moselle_and_communes_have_letters_in_corsica():
    assert read_reference("67482000120034", commune="67482").idu == "67482000120034"
    assert read_reference("2A004000AB0001", commune="2A004").idu == "2A004000AB0001"


@pytest.mark.parametrize(
    ("idu", "words"),
    [("43112000AB0123", "AB 123"), ("431120000A0007", "A 7"), ("43112209ZB0012", "209 ZB 12")],
)
def test_fourteen_signs_are_shown_as_people_write_them(idu, words):
    assert words_of(idu) == words
    assert read_reference(words, commune=idu[:5]).idu == idu


@pytest.fixture
def people(db):
    return create_people()


@pytest.fixture
def parcel(people):
    return parcel_of(people, housing_of(people, NOW)[0], NOW)


def change(people, parcel, **values):
    by = people["pilotage", "ici"]
    return keep_parcel(by=by, organisation=people.ici, parcelle=parcel, values=values, now=NOW)


def test_what_is_missing_is_the_price_less_what_was_granted(people, parcel):
    """Price 30 000; 1 asked in the world; 12 000 granted and 8 000 paid: 10 000 missing."""
    assert balance_of(parcel) == Balance(None, Decimal(0), Decimal(1))
    assert balance_of(parcel).missing is None
    change(people, parcel, prix_centimes=3_000_000)
    for etat, amount in (("obtenu", 1_200_000), ("verse", 800_000), ("demande", 500_000)):
        values = {"financeur": "F", "montant_centimes": amount, "etat": etat, "piece": "D"}
        add_funding(by=people["pilotage", "ici"], parcelle=parcel, values=values, now=NOW)
    balance = balance_of(parcel)
    assert balance == Balance(Decimal(30000), Decimal(20000), Decimal(5001))
    assert balance.missing == Decimal(10000)
    change(people, parcel, prix_centimes=1_500_000)
    assert balance_of(parcel).missing == 0


def test_acquired_it_has_its_day_its_way_and_its_deed(people, parcel):
    whole = {"etat": "acquise", "acquise_le": date(2026, 5, 4), "mode": "decote", "piece": "Acte"}
    for lacking in ("acquise_le", "mode", "piece"):
        empty = None if lacking == "acquise_le" else ""
        with pytest.raises(HousingError, match="Acquise"):
            change(people, Parcelle.objects.get(), **whole | {lacking: empty})
    with pytest.raises(HousingError, match="pas encore venu"):
        change(people, Parcelle.objects.get(), **whole | {"acquise_le": date(2026, 6, 2)})
    assert change(people, Parcelle.objects.get(), **whole).etat == "acquise"


def test_only_who_studies_operations_writes_and_granted_money_has_its_decision(people, parcel):
    for actor in (people["conseiller", "ici"], people["pilotage", "ailleurs"]):
        with pytest.raises(PermissionDenied):
            keep_parcel(
                by=actor, organisation=people.ici, parcelle=parcel, values={"zone": "U"}, now=NOW
            )
    line = {"financeur": "F", "montant_centimes": 1, "etat": "obtenu"}
    with pytest.raises(HousingError, match="décision"):
        add_funding(by=people["pilotage", "ici"], parcelle=parcel, values=line, now=NOW)


def test_an_operation_of_another_organisation_is_refused(people, parcel):
    study = Operation.objects.create(
        organisation=people.ailleurs, nom="X", commune=parcel.commune, nature="neuf", creee_le=NOW
    )
    with pytest.raises(HousingError, match="autre organisme"):
        change(people, parcel, operation=study)


def test_a_parcel_is_entered_corrected_and_paid_for_on_screen(people, parcel, client, time_machine):
    time_machine.move_to(NOW)
    client.force_login(people["pilotage", "ici"])
    page = reverse("housing:parcels", args=["ici"])
    assert "prix non renseigné" in client.get(page).content.decode()
    sent = {"commune": "Langeac", "reference": "AB 124", "etat": "reperee"}
    for wrong in ({"reference": "43157000AB0124"}, {"reference": "AB 123"}, {"commune": "Nulle"},
                  {"etat": "acquise"}):  # fmt: skip
        assert client.post(page, sent | wrong).status_code == 422
    made = client.post(page, sent | {"prix": "30 000", "bati": "oui"})
    assert made.status_code == 302
    row = Parcelle.objects.get(idu="43112000AB0124")
    assert (row.prix_centimes, row.bati, row.contenance_m2) == (3_000_000, True, None)
    line = {"faire": "financement", "financeur": "EPCI", "montant": "12 000", "etat": "obtenu"}
    assert client.post(made["Location"], line).status_code == 422
    client.post(made["Location"], line | {"piece": "Délibération 12"})
    assert FinancementFoncier.objects.get(parcelle=row).montant_centimes == 1_200_000
    shown = client.get(page).content.decode().replace("\xa0", " ").replace("\u202f", " ")
    assert "manque 18 000 €" in shown
    corrected = sent | {"faire": "parcelle", "mode": "preemption", "zone": "Ub"}
    client.post(made["Location"], corrected)
    row.refresh_from_db()
    assert (row.mode, row.zone, row.prix_centimes) == ("preemption", "Ub", None)


def test_the_database_refuses_the_same_parcel_twice_and_an_acquisition_without_deed(parcel):
    with pytest.raises(IntegrityError), transaction.atomic():
        Parcelle.objects.create(
            organisation=parcel.organisation, commune=parcel.commune, idu=parcel.idu
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Parcelle.objects.filter(pk=parcel.pk).update(etat="acquise")
    with pytest.raises(IntegrityError), transaction.atomic():
        FinancementFoncier.objects.update(etat="verse")
