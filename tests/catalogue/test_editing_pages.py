"""The form of an entry, its history and the moderation, as posted by a browser."""

import re
from html import unescape

import pytest
from django.urls import reverse

from traitdunion.accounts.enums import Role
from traitdunion.catalogue.entries import content_of
from traitdunion.catalogue.enums import TypeSolution
from traitdunion.catalogue.forms import EntryForm
from traitdunion.catalogue.models import Modele, Proposition, Solution
from traitdunion.catalogue.vocabulary import asks
from traitdunion.catalogue.zone_lines import ZoneLinesError, from_lines, to_lines
from traitdunion.territory.models import Commune, Departement, Epci, Region

EDIT = "/catalogue/fiches/velo/modifier/"


def posted(page, **changed):
    """What a browser would send of the form of a page, with some fields changed."""
    text = page.content.decode()
    form = text[text.index('class="entry-form"') :]
    data = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = unescape((re.search(r'value="([^"]*)"', tag) or [None, ""])[1])
        if name is None:
            continue
        if re.search(r'type="(checkbox|radio)"', tag):
            if "checked" in tag:
                data.setdefault(name[1], []).append(value or "on")
        else:
            data[name[1]] = value
    for name, text_ in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?([^<]*)</textarea>', form):
        data[name] = unescape(text_)
    for name, options in re.findall(
        r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        data[name] = unescape(chosen[1]) if chosen else ""
    return data | changed


@pytest.fixture
def signed(client, editor):
    client.force_login(editor)
    return client


@pytest.mark.parametrize("kind", TypeSolution, ids=str)
def test_a_form_sent_back_untouched_changes_nothing(kind, signed, made):
    content = {"type_solution": kind.value, "publics": ["jeunes"], "permis_requis": "aucun"}
    if asks(kind, "fermetures"):
        content["fermetures"] = [
            {"nature": "fermeture", "du": "2026-12-24", "au": None, "motif": "x"}
        ]
    before = content_of(made(**content))
    data = posted(signed.get(EDIT), enregistrer="1")
    answer = signed.post(EDIT, data)
    assert answer.status_code == 302
    assert content_of(Solution.objects.get()) == before
    assert Solution.objects.get().version == 1


def test_a_form_asks_only_what_its_type_calls_for(structure):
    grant = EntryForm(TypeSolution.AIDE_PERMIS, structures=[structure], content={})
    loan = EntryForm(TypeSolution.LOCATION_VELO, structures=[structure], content={})
    assert not {"par_jour_eur", "booking_type", "mode"} & set(grant.fields)
    assert {"par_jour_eur", "booking_type", "mode", "detail-propulsion"} <= set(loan.fields)
    assert "detail-taux_share" in grant.fields
    assert "zones_service" not in loan.parts


def test_an_entry_is_written_and_published(signed, structure):
    page = reverse("catalogue:new", args=["ici", "location_velo"])
    data = posted(
        signed.get(page), structure="mms", nom="Vélo du plateau", description="Un vélo.",
        verifie_le="2026-11-02", par_mois_eur="8.50", publier="1",
    )  # fmt: skip
    data["tranches-0-unite"], data["tranches-0-qf_max_eur"] = "par_mois_eur", "500"
    data["tranches-0-montant_eur"] = "4"
    answer = signed.post(page, data, follow=True)
    assert "est enregistrée" in answer.content.decode()
    solution = Solution.objects.get()
    assert (solution.pk, solution.statut, str(solution.par_mois_eur)) == (
        "velo-du-plateau",
        "publie",
        "8.50",
    )
    assert str(solution.tranches.get().montant_eur) == "4.00"
    assert [row.code for row in solution.codes.all()] == [
        "mobilite--mobilite-douce-partagee-collective"
    ]


def test_a_new_entry_asks_eight_fields_and_reads_hours_as_people_say_them(signed, structure):
    """The sentence that comes back is what was understood; the rest of the form is folded."""
    page = reverse("catalogue:new", args=["ici", "location_velo"])
    shown = signed.get(page)
    assert [field.name for field in shown.context["first"]] == [
        "structure", "nom", "description", "zones", "horaires_service", "par_mois_eur",
        "telephone", "verifie_le",
    ]  # fmt: skip
    assert '<details class="more"><summary>Le reste' in shown.content.decode()
    data = posted(
        shown, structure="mms", nom="Vélo du matin", description="Un vélo.", enregistrer="1",
        horaires_service="du lundi au vendredi de 6h30 à 19h, samedi de 9h à midi",
    )  # fmt: skip
    text = unescape(signed.post(page, data, follow=True).content.decode()).replace("\u00a0", " ")
    assert "Horaires compris : du lundi au vendredi de 6 h 30 à 19 h ; le samedi de 9 h" in text
    assert Solution.objects.get().horaires_service == "Mo-Fr 06:30-19:00; Sa 09:00-12:00"
    wrong = signed.post(page, data | {"nom": "Autre", "horaires_service": "8h30"})
    assert wrong.status_code == 422
    assert "jusqu'à quelle heure" in unescape(wrong.content.decode())


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("lundi 23h00 - 1h00", "Compris : le lundi de 23 h à 1 h."),
        ("Mo-Fr 09:00-12:00", "Compris : du lundi au vendredi de 9 h à 12 h."),
        ("8h30", "« 8h30 » : jusqu'à quelle heure ? Écrivez « 8h30-12h »."),
        ("", ""),
    ],
)
def test_hours_being_typed_are_read_back(client, typed, shown):
    answer = client.get(reverse("catalogue:hours-understood"), {"texte": typed})
    assert answer.content.decode().replace("\u00a0", " ") == shown


def test_everything_wrong_is_told_beside_its_field_and_nothing_is_lost(signed, made):
    made()
    data = posted(signed.get(EDIT), enregistrer="1", nom="", par_mois_eur="huit", telephone="04 65")
    data["exceptions-0-le"], data["exceptions-0-horaires"] = "2026-12-24", "le matin"
    answer = signed.post(EDIT, data)
    text = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "nombre" in text
    assert 'value="04 65"' in text
    assert Solution.objects.get().version == 1
    answer = signed.post(EDIT, data | {"par_mois_eur": "8"})
    text = unescape(answer.content.decode())
    assert "«\u00a0matin\u00a0» ne se comprend pas ici." in text
    assert 'value="le matin"' in text


def test_one_line_more_keeps_what_is_written(signed, made):
    made()
    data = posted(signed.get(EDIT), plus="fermetures", nom="Pas encore enregistré")
    answer = signed.post(EDIT, data)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "fermetures-1-du" in text
    assert "Pas encore enregistré" in text
    assert Solution.objects.get().nom == "Un vélo"


def test_a_line_is_taken_out(signed, made):
    made(fermetures=[{"nature": "fermeture", "du": "2026-12-24", "au": None, "motif": "x"}])
    data = posted(signed.get(EDIT), enregistrer="1")
    signed.post(EDIT, data | {"fermetures-0-retirer": "on"})
    assert not Solution.objects.get().fermetures.exists()


def test_two_editors_at_once_the_second_reads_both(client, made, editor, person):
    made(par_mois_eur="8.00")
    second = person(nom="Edwige")
    client.force_login(second)
    written = posted(
        client.get(EDIT), enregistrer="1", nom="Vélo des champs", telephone="04 65 71 00 99"
    )
    client.force_login(editor)
    client.post(
        EDIT, posted(client.get(EDIT), enregistrer="1", nom="Vélo de ville", par_mois_eur="9")
    )
    client.force_login(second)
    answer = client.post(EDIT, written)
    text = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert f"{editor} a enregistré cette fiche" in text
    assert "«\u00a08.00\u00a0» est devenu «\u00a09.00\u00a0»" in text
    assert "votre valeur est gardée" in text
    again = client.post(EDIT, posted(answer, enregistrer="1"), follow=True)
    assert "est enregistrée" in again.content.decode()
    saved = Solution.objects.get()
    assert (saved.nom, str(saved.par_mois_eur), saved.telephone, saved.version) == (
        "Vélo des champs", "9.00", "04 65 71 00 99", 3,
    )  # fmt: skip


def test_a_contributor_suggests_and_the_editor_reads_the_difference(
    client, published, editor, person
):
    published()
    client.force_login(person(Role.CONTRIBUTEUR))
    data = posted(client.get(EDIT), proposer="1", message="Affiche au garage", par_mois_eur="9")
    assert client.post(EDIT, data).status_code == 302
    assert Solution.objects.get().par_mois_eur is None
    client.force_login(editor)
    board = unescape(client.get("/organisations/ici/catalogue/").content.decode())
    assert "Modification de «\u00a0Un vélo\u00a0»" in board
    row = Proposition.objects.get()
    page = f"/catalogue/propositions/{row.pk}/"
    text = client.get(page).content.decode()
    assert "<ins>9.00</ins>" in text
    assert "Affiche au garage" in text
    assert "Dites pourquoi" in unescape(client.post(page, {"refuser": "1"}).content.decode())
    client.post(page, {"accepter": "1"})
    assert str(Solution.objects.get().par_mois_eur) == "9.00"


def test_a_contributor_who_presses_return_keeps_a_draft(client, published, person):
    published()
    client.force_login(person(Role.CONTRIBUTEUR))
    client.post(EDIT, posted(client.get(EDIT), nom="Autre"))
    draft = Proposition.objects.get()
    assert draft.etat == "brouillon"
    page = client.get(f"/catalogue/brouillons/{draft.pk}/")
    assert 'value="Autre"' in page.content.decode()
    client.post(f"/catalogue/brouillons/{draft.pk}/", posted(page, proposer="1"))
    assert Proposition.objects.get().etat == "proposee"


def test_history_shows_differences_and_goes_back(signed, made):
    made(par_mois_eur="8.00")
    signed.post(EDIT, posted(signed.get(EDIT), enregistrer="1", par_mois_eur="9", motif="Affiche"))
    text = signed.get("/catalogue/fiches/velo/historique/").content.decode()
    assert "<del>8.00</del>" in text
    assert "«\u00a0Affiche\u00a0»" in text
    answer = signed.post("/catalogue/fiches/velo/historique/1/", follow=True)
    assert "à la version 1" in answer.content.decode()
    assert str(Solution.objects.get().par_mois_eur) == "8.00"


@pytest.mark.parametrize(
    ("press", "message"),
    [
        ("publie", "maintenant\u00a0: publié"),
        ("archive", "maintenant\u00a0: archivé"),
        ("confirmer", "confirmée"),
        ("inscrire", "Une demande de plus"),
        ("servir", "Personne n'attend"),
        ("modele", "Donnez un nom"),
        ("danser", "n'existe pas"),
    ],
)
def test_each_button_of_an_entry_says_what_it_did(signed, made, press, message):
    made()
    page = signed.post("/catalogue/fiches/velo/faire/", {"faire": press}, follow=True)
    assert message in unescape(page.content.decode())


def test_a_new_entry_starts_from_a_template(signed, made):
    made(par_mois_eur="8.00")
    signed.post("/catalogue/fiches/velo/faire/", {"faire": "modele", "nom": "Vélo à 8 €"})
    modele = Modele.objects.get()
    page = signed.get(f"/organisations/ici/catalogue/nouvelle/location_velo/?modele={modele.pk}")
    assert 'value="8.00"' in page.content.decode()
    assert "Vélo à 8 €" in signed.get("/organisations/ici/catalogue/nouvelle/").content.decode()


def test_reports_wait_on_the_board_until_they_are_closed(signed, published):
    published()
    signed.post("/solutions/velo/signaler/", {"nature": "disparu", "message": "Fermé"})
    board = signed.get("/organisations/ici/catalogue/").content.decode()
    assert "Fermé" in board
    row = Solution.objects.get().signalements.get()
    signed.post(f"/catalogue/signalements/{row.pk}/", {"corrige": "1"})
    row.refresh_from_db()
    assert row.etat == "corrige"


# -- areas as people write them ----------------------------------------------------------------


@pytest.fixture
def places(db):
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    departement = Departement.objects.create(
        code="43", nom="Haute-Loire", nom_avec_charniere="de la Haute-Loire", region=region
    )
    epci = Epci.objects.create(siren="244301016", nom="CC des Sucs", type="CC")
    Commune.objects.create(
        code_insee="43268", nom="Yssingeaux", nom_avec_charniere="d'Yssingeaux", epci=epci,
        departement=departement, lat=45.1, lon=4.1,
    )  # fmt: skip


def test_areas_are_named_by_hand_and_read_back(places):
    text = "Yssingeaux\ncc des sucs\nDépartement Haute-Loire\nRégion 84\nFrance"
    zones = from_lines(text)
    assert [(z["nature"], z["code"]) for z in zones] == [
        ("commune", "43268"), ("epci", "244301016"), ("departement", "43"), ("region", "84"),
        ("france", "FR"),
    ]  # fmt: skip
    assert to_lines(zones).splitlines() == [
        "Yssingeaux (43)", "CC des Sucs", "Département Haute-Loire",
        "Région Auvergne-Rhône-Alpes", "France",
    ]  # fmt: skip
    assert from_lines(to_lines(zones)) == zones


def test_codes_of_places_we_do_not_know_come_back_the_same(places):
    zones = [{"nature": "commune", "code": "75056"}, {"nature": "epci", "code": "200073419"},
             {"nature": "departement", "code": "2A"}]  # fmt: skip
    assert from_lines(to_lines(zones)) == zones


def test_each_line_that_names_nothing_is_told(places):
    with pytest.raises(ZoneLinesError) as caught:
        from_lines("Yssingaux\nDépartement Haute Savoy\nYssingeaux")
    assert len(caught.value.problems) == 2
    assert "Yssingeaux" in caught.value.problems[0]
