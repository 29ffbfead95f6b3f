"""Who may help whom: an offer and a search that share words, never within an organisation."""

import pytest

from traitdunion.cooperation.enums import SorteAnnonce
from traitdunion.cooperation.models import Annonce, Invite
from traitdunion.cooperation.sessions.pairing import pairings

pytestmark = pytest.mark.django_db


@pytest.fixture
def says(half_day):
    """Function by which an organisation says something of itself."""

    def says_(organisation, sorte, quoi, epci="Velay"):
        guest, _ = Invite.objects.get_or_create(
            seance=half_day.seance, nom="P", organisation=organisation, college="etat", epci=epci
        )
        return Annonce.objects.create(invite=guest, sorte=sorte, quoi=quoi)

    return says_


def found():
    return [
        (pairing.sought.quoi, pairing.offered.quoi, pairing.shared)
        for pairing in pairings(Annonce.objects.select_related("invite"))
    ]


def test_words_are_met_by_their_first_letters_and_told(says):
    says("A", SorteAnnonce.CHERCHE, "Une salle pour former nos équipes")
    says("B", SorteAnnonce.AIDE, "Prêter des salles équipées")
    # « nos » is too short, « pour » tells nothing: one word in common, so the other is better.
    says("C", SorteAnnonce.AIDE, "Des tarifs pour nos équipes")
    assert found() == [
        ("Une salle pour former nos équipes", "Prêter des salles équipées", ("équipes", "salle")),
    ]


def test_neither_oneself_nor_what_is_only_done_nor_empty_words(says):
    says("A", SorteAnnonce.CHERCHE, "Des vélos pour tous")
    says("A", SorteAnnonce.AIDE, "Prêter des vélos")
    says("B", SorteAnnonce.FAIT, "Réparer des vélos")
    says("C", SorteAnnonce.AIDE, "Conseiller pour tous")
    assert found() == []


def test_of_equal_words_the_same_epci_comes_first(says):
    says("A", SorteAnnonce.CHERCHE, "Des vélos", epci="Velay")
    says("loin", SorteAnnonce.AIDE, "Des vélos", epci="Brioude")
    says("près", SorteAnnonce.AIDE, "Prêter des vélos", epci="Velay")
    assert [offered for _, offered, _ in found()] == ["Prêter des vélos", "Des vélos"]


def test_the_directory_shows_them_without_a_person(says, client):
    says("Mairie", SorteAnnonce.CHERCHE, "Des vélos")
    says("Garage", SorteAnnonce.AIDE, "Prêter des vélos")
    shown = client.get("/cooperation/annuaire/").content.decode()
    assert "Qui pourrait aider qui" in shown
    assert "En commun\u00a0: vélos." in shown
    assert (
        "Qui pourrait aider qui" not in client.get("/cooperation/annuaire/?q=rien").content.decode()
    )
