"""Occupations: titles found with accents and typos, hidden projects never added up as zero."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse

from tests.sources.test_occupation_files import BMO, CODES, TITLES
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.models import (
    AppellationRome,
    FichierMetiers,
    MetierRome,
    PosteSite,
    ProjetsBassin,
)
from traitdunion.employers.occupations.fields import OccupationField, rome_codes
from traitdunion.employers.occupations.loading import key_of, load_needs, load_titles
from traitdunion.employers.occupations.needs import (
    by_basin,
    families_of,
    projects_csv,
    projects_of,
    survey_basin_of,
    total,
)
from traitdunion.employers.occupations.posts import add_post, post_lines, remove_post
from traitdunion.employers.occupations.search import (
    UnknownOccupation,
    occupation_named,
    search_titles,
)
from traitdunion.employers.site_reach import seen_from_homes
from traitdunion.employers.site_sheet import rows_of
from traitdunion.observatory.enums import Source
from traitdunion.observatory.models import CommuneBassin, InputFile
from traitdunion.sources.bounded.faults import Unreadable
from traitdunion.territory.models import Site

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
MORE = (
    TITLES
    + """11573,Boulanger-pâtissier / Boulangère-pâtissière,D1102
11926,Cariste,N1101
12018,Conducteur / Conductrice de machines de boulangerie,H2102
12019,Aide-soignant / Aide-soignante,J1501
12020,Aide de cuisine,G1602
12021,Cuisinier / Cuisinière,G1602
12022,Cuisinier / Cuisinière de bord,G1603
"""
)
MORE_CODES = (
    CODES
    + """D1102,Boulangerie - viennoiserie
N1101,Conduite d'engins de déplacement des charges
H2102,Conduite d'équipement de production alimentaire
J1501,"Soins d'hygiène, de confort du patient"
G1603,Personnel polyvalent en restauration
"""
)


@pytest.fixture
def titles(db):
    return load_titles(
        titles=MORE.encode(), codes=MORE_CODES.encode(), name="t.csv", vintage="v3", now=NOW
    )


@pytest.fixture
def survey(db):
    return load_needs(content=BMO.encode(), name="bmo.csv", now=NOW)


@pytest.fixture
def keeper(imported):
    mms = Organisation.objects.create(slug="mms", nom="MMS fictive")
    user = User.objects.create_user("m@x.example", "un mot de passe assez long")
    Membership.objects.create(user=user, organisation=mms, role=Role.MMS)
    return user


def labels(text):
    return [row.libelle for row in search_titles(text).titles]


def naive(text):
    """Return the titles that a slow reading of the file finds, every word begun."""
    rows = list(AppellationRome.objects.all())
    words = key_of(text).split()
    return {
        row.libelle
        for row in rows
        if all(any(part.startswith(word) for part in row.cle.split()) for word in words)
    }


@pytest.mark.parametrize(
    "text", ["cuisinier", "CUISINIÈRE", "bord cuisinier", "aide cuis", "boulang", "cariste", "c"]
)
def test_words_are_found_without_accents_in_any_order(titles, text):
    assert set(labels(text)) == naive(text) != set()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("carsite", "Cariste"), ("cuisiniere de bor", "Cuisinier / Cuisinière de bord"),
     ("aide sogniante", "Aide-soignant / Aide-soignante"),
     ("boulangger", "Boulanger-pâtissier / Boulangère-pâtissière")],
)  # fmt: skip
def test_a_typo_is_mended(titles, typed, meant):
    assert labels(typed)[0] == meant


def test_where_no_title_holds_all_words_the_rarest_counts_most(titles):
    found = search_titles("cuisinier cariste")
    assert found.is_partial
    assert [row.libelle for row in found.titles] == [
        "Cariste", "Cuisinier / Cuisinière", "Cuisinier / Cuisinière de bord",
    ]  # fmt: skip
    assert labels("astronaute cariste") == ["Cariste"]


def test_nothing_near_is_nothing(titles):
    assert labels("astronaute") == labels("") == []
    assert labels("g1602") == ["Agent(e), en cuisine", "Aide de cuisine", "Cuisinier / Cuisinière"]


@pytest.mark.parametrize(
    ("text", "rome"),
    [("Cariste", "N1101"), ("cuisinière", "G1602"), ("Cuisinier / Cuisinière", "G1602"),
     ("N1101", "N1101"), ("n1101", "N1101"), ("Cariste (N1101)", "N1101"),
     ("aide soignante", "J1501"), ("Agent(e), en cuisine", "G1602")],
)  # fmt: skip
def test_an_occupation_is_named_by_its_title_one_gender_or_its_code(titles, text, rome):
    assert occupation_named(text).rome == rome


@pytest.mark.parametrize("text", ["cuisine", "carriste", "Z9999", "N9999", ""])
def test_what_names_none_is_refused_with_those_near(titles, text):
    with pytest.raises(UnknownOccupation) as refused:
        occupation_named(text)
    if text == "carriste":
        assert [row.libelle for row in refused.value.near] == ["Cariste"]


def test_without_titles_a_code_is_taken_as_it_is(db):
    assert occupation_named("H2102").rome == "H2102"
    with pytest.raises(UnknownOccupation):
        occupation_named("cariste")


def test_several_occupations_are_apart_by_semicolons_codes_by_spaces_too(titles):
    assert rome_codes("cariste ; Agent(e), en cuisine") == ["N1101", "G1602"]
    assert rome_codes("N1101, g1602 H2102") == ["N1101", "G1602", "H2102"]
    assert rome_codes("N1101;cariste") == ["N1101"]
    assert rome_codes("") == []
    with pytest.raises(forms.ValidationError):
        rome_codes(";".join(["N1101"] * 11))


def test_a_field_gives_an_occupation_or_says_which_are_near(titles):
    assert OccupationField().clean(" cariste ").title == "Cariste"
    assert OccupationField(required=False).clean("") is None
    with pytest.raises(forms.ValidationError, match="Proches : Cariste"):
        OccupationField().clean("carsite")


def test_the_same_file_again_writes_nothing_and_another_takes_its_place(titles, survey):
    again = load_titles(
        titles=MORE.encode(), codes=MORE_CODES.encode(), name="u.csv", vintage="v3", now=NOW
    )
    assert (titles.is_new, again.is_new, again.file.nom) == (True, False, "t.csv")
    load_titles(titles=TITLES.encode(), codes=CODES.encode(), name="v", vintage="v4", now=NOW)
    assert (MetierRome.objects.count(), AppellationRome.objects.count()) == (2, 2)
    assert labels("cariste") == []
    load_needs(content=BMO.replace("38.0", "39.0").encode(), name="w", now=NOW)
    assert ProjetsBassin.objects.count() == 3
    assert FichierMetiers.objects.count() == 2
    with pytest.raises(Unreadable):
        load_needs(content=b"rien", name="x", now=NOW)
    assert ProjetsBassin.objects.count() == 3


def test_a_sum_over_a_hidden_figure_is_at_least(survey):
    le_puy, monistrol = by_basin(projects_of(["E3X20", "E3X40"]))
    assert (le_puy.name, le_puy.projects.words) == ("LE PUY", "69")
    assert (le_puy.difficult.words, le_puy.seasonal.words) == ("≥ 26", "≥ 0")
    assert (monistrol.projects.words, monistrol.projects.n_hidden) == ("secret", 1)
    assert total([]).words == "–"
    assert total([Decimal(0), None]).at_least == 0
    assert "MONISTROL;E3X20;Ouvriers, industries alimentaires;secret;secret;secret" in projects_csv(
        projects_of()
    )


def test_a_code_meets_the_survey_through_the_reviewed_table_alone():
    assert families_of("N1101").codes == ("J0X32",)
    assert families_of("H2102").is_wider
    assert families_of("A1101") is None


def test_the_reviewed_table_holds_published_codes_only(shared):
    romes = (shared / "jobs/rome_codes.csv").read_text("utf-8")
    faps = (shared / "jobs/Intitules_FAP2021.csv").read_text("utf-8-sig")
    for line in romes.splitlines()[1:]:
        families = families_of(line[:5])
        for code in families.codes if families else ():
            assert f"\n{code}" in faps
    assert all(f"\n{rome}," in romes for rome in ("H2102", "N1101", "H2205", "J1501"))


def basins(name):
    file = InputFile.objects.create(
        source=Source.BASSINS, nom="b.csv", publisher="x", licence="x", vintage="2024",
        sha256="0" * 64, n_rows=1, loaded_at=NOW,
    )  # fmt: skip
    site = Site.objects.get()
    CommuneBassin.objects.create(file=file, code_insee=site.commune_id, bassin="8453", nom=name)
    return site


@pytest.mark.parametrize(("name", "code"), [("Le Puy", "8453"), ("Issoire", "")])
def test_a_basin_of_another_kind_with_the_same_code_is_not_taken(imported, survey, name, code):
    assert survey_basin_of(basins(name).commune) == code


def test_a_post_is_shown_with_who_can_come_at_its_shift(imported, titles, survey, keeper):
    site = basins("Le Puy")
    team = site.equipes.get(nom="journée")
    mms = Organisation.objects.get(slug="mms")
    for rome, shift in (("H2102", team), ("A1101", None)):
        values = {
            "equipe": shift, "nature": "emploi", "rome": rome, "titre": rome, "nombre": None,
        }  # fmt: skip
        add_post(by=keeper, organisation=mms, site=site, values=values, on=TODAY, now=NOW)
        with pytest.raises(EmployersError):
            add_post(by=keeper, organisation=mms, site=site, values=values, on=TODAY, now=NOW)
    reached = seen_from_homes(site, now=NOW)
    unknown, food = post_lines(site, reached)
    assert food.reach == rows_of(reached)[0]
    assert next((basin.code, basin.projects.words) for basin in food.basins) == ("8453", "69")
    assert (unknown.reach, unknown.families, unknown.basins) == (None, None, ())
    assert post_lines(site, None)[1].reach is None
    with pytest.raises(PermissionDenied):
        remove_post(
            by=User.objects.create_user("z@x.example", "un mot de passe assez long"),
            organisation=mms, post=food.post, now=NOW,
        )  # fmt: skip
    remove_post(by=keeper, organisation=mms, post=food.post, now=NOW)
    assert PosteSite.objects.count() == 1


def test_posts_are_kept_on_screen_and_read_on_the_page_of_the_site(
    imported, titles, survey, keeper, client
):
    site = basins("Le Puy")
    client.force_login(keeper)
    url = reverse("employers:posts", args=["mms", site.pk])
    assert "Aucun poste" in client.get(url).content.decode()
    sent = {"metier": "carsite", "nature": "emploi", "nombre": "2", "equipe": ""}
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "Proches\u00a0: Cariste (N1101)" in refused.content.decode()
    team = site.equipes.get(nom="journée")
    assert client.post(url, sent | {"metier": "cariste", "equipe": team.pk}).status_code == 302
    page = client.get(reverse("employers:site", args=[site.pk])).content.decode()
    assert "Cariste (N1101)" in page
    assert "Accessible sans voiture" in page or "Personne ne peut venir" in page
    post = PosteSite.objects.get()
    assert client.post(url, {"faire": "retirer", "poste": "x"}).status_code == 404
    client.post(url, {"faire": "retirer", "poste": post.pk})
    assert not PosteSite.objects.exists()


def test_the_page_searches_and_shows_the_survey(titles, survey, client):
    url = reverse("employers:occupations")
    page = client.get(url, {"q": "carsite"}).content.decode()
    assert "Voici pour «\u00a0cariste\u00a0»" in page
    assert "?metier=N1101" in page
    assert "secret" in page
    assert "3 sur 3" in page
    food = client.get(url, {"metier": "H2102"}).content.decode()
    assert "Plus large que le métier" in food
    assert "69" in food
    assert "Non rapproché" in client.get(url, {"metier": "D1102"}).content.decode()
    proposed = client.get(reverse("employers:titles"), {"q": "cuis"}).json()["titles"]
    assert {"label": "Cuisinier / Cuisinière (G1602)"} in proposed
    assert client.get(reverse("employers:titles"), {"q": "\0"}).json() == {"titles": []}


def test_the_page_without_any_file_tells_which_commands_load_them(db, client):
    page = client.get(reverse("employers:occupations"), {"q": "cariste"}).content.decode()
    assert "traitdunion employers titles" in page
    assert "traitdunion employers needs" in page


def test_commands_load_the_published_files_twice(shared, db, capsys, client):
    jobs = shared / "jobs"
    files = [str(jobs / f"rome_{name}.csv") for name in ("appellations", "codes")]
    for _ in range(2):
        call_command("employers", "titles", *files, "--vintage", "v3, 2024-09")
        call_command("employers", "needs", str(jobs / "bmo2024_dept43.csv"))
    assert "déjà chargées" in capsys.readouterr().out
    assert (AppellationRome.objects.count(), ProjetsBassin.objects.count()) == (11_061, 346)
    assert occupation_named("cariste").rome == "N1101"
    for typed in ("aide soignente", "préparatrice de comandes", "opérateur abattoire"):
        assert search_titles(typed).titles
    for row in AppellationRome.objects.order_by("code")[:300]:
        assert row.libelle in labels(row.libelle)
    everything = by_basin(projects_of())
    assert sum(basin.projects.n_hidden for basin in everything) == 99
    assert all(basin.projects.words.startswith("≥ ") for basin in everything)
