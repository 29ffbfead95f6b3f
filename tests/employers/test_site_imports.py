"""Files of sites on screen: previewed as they will be written, applied once, taken back."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from tests.employers.conftest import FILE
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.employers.models import ImportSites
from traitdunion.employers.operations import import_sites
from traitdunion.employers.retention import forget_due
from traitdunion.employers.site_files import read_sites
from traitdunion.territory.models import Equipe, Site

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
CONTENT = FILE.encode()
LATER = FILE.replace("8h;16h;40;30", "9h;17h;45;30").replace("nuit;lun mar", "soir;lun mar")


@pytest.fixture
def keeper(site, client):
    mms = Organisation.objects.create(slug="mms", nom="MMS fictive")
    user = User.objects.create_user("m@x.example", "un mot de passe assez long")
    Membership.objects.create(user=user, organisation=mms, role=Role.MMS)
    client.force_login(user)
    return client


def sent(keeper, content=CONTENT, name="sites.csv"):
    url = reverse("employers:kept-sites", args=["mms"])
    page = keeper.post(url, {"fichier": SimpleUploadedFile(name, content)})
    return page["Location"] if page.status_code == 302 else page


def rows():
    sites = list(Site.objects.order_by("pk").values_list("code", "siret", "lat", "commune_id"))
    return sites, sorted(Equipe.objects.values_list("site", "nom", "debut_s", "fin_s", "personnes"))


def test_nothing_is_written_before_it_is_applied(keeper):
    before = rows()
    url = sent(keeper)
    page = keeper.get(url).content.decode()
    assert "écrirait 1 site et 2 équipes" in page
    assert "Ligne 4, colonne «\u00a0commune\u00a0»" in page
    assert "Ligne 6, colonne «\u00a0debut\u00a0»" in page
    assert rows() == before
    assert keeper.post(url, {"faire": "importer"}).status_code == 302
    assert (Site.objects.count(), Equipe.objects.count()) == (1, 2)
    assert ImportSites.objects.get().fichier is None
    again = keeper.get(sent(keeper)).content.decode()
    assert "Ce fichier ne change rien" in again


def test_what_was_imported_is_taken_back_to_what_it_was(keeper):
    import_sites(rows=read_sites(FILE.encode())[0])
    before = rows()
    url = sent(keeper, LATER.encode())
    page = keeper.get(url).content.decode()
    assert "8\N{NO-BREAK SPACE}h → 9\N{NO-BREAK SPACE}h" in page
    assert "40 → 45" in page
    keeper.post(url, {"faire": "importer"})
    assert rows() != before
    keeper.post(url, {"faire": "annuler"})
    assert rows() == before
    assert "Il n&#x27;y a rien à annuler" in keeper.post(
        url, {"faire": "annuler"}, follow=True
    ).content.decode()  # fmt: skip


def test_what_changed_since_stays(keeper):
    url = sent(keeper)
    keeper.post(url, {"faire": "importer"})
    Equipe.objects.filter(nom="nuit").update(personnes=7)
    page = keeper.post(url, {"faire": "annuler"}, follow=True).content.decode()
    assert "sauf ce qui a changé depuis" in page
    assert list(Equipe.objects.values_list("nom", "personnes")) == [("nuit", 7)]
    assert Site.objects.count() == 1


def test_a_workbook_reads_as_the_csv_does():
    book = Workbook()
    for line in FILE.splitlines():
        book.active.append(line.split(";"))
    content = BytesIO()
    book.save(content)
    assert read_sites(content.getvalue()) == read_sites(FILE.encode())


def test_a_file_that_is_no_table_is_refused_and_one_never_applied_forgotten(keeper):
    assert sent(keeper, b"\x00\x01", "image.csv").status_code == 422
    assert not ImportSites.objects.exists()
    sent(keeper)
    ImportSites.objects.update(lu_le=NOW)
    assert forget_due(now=NOW.replace(month=12)) == 0
    assert forget_due(now=NOW.replace(month=12, day=21)) == 1


def test_a_shift_is_corrected_added_and_removed_on_screen(keeper):
    import_sites(rows=read_sites(FILE.encode())[0])
    row = Site.objects.get()
    url = reverse("employers:shifts", args=["mms", row.pk])
    day, night = Equipe.objects.get(nom="journée"), Equipe.objects.get(nom="nuit")
    page = keeper.get(url).content.decode()
    assert 'value="21:00"' in page
    assert 'value="05:00"' in page

    def posted(pk, **given):
        names = {f"e{pk}-{name}": value for name, value in given.items()}
        return keeper.post(url, {"equipe": pk, "faire": "garder", **names}).status_code

    moved = {"nom": "journée", "jours": ["0", "1"], "debut": "07:30", "fin": "15:30"}
    assert posted(day.pk, **moved) == 302
    day.refresh_from_db()
    assert (day.debut_s, day.fin_s, day.jours, day.personnes) == (27_000, 55_800, [0, 1], None)
    late = {"nom": "soir", "jours": ["4"], "debut": "20:00", "fin": "04:00", "personnes": "3"}
    assert posted("nouvelle", **late) == 302
    assert Equipe.objects.get(nom="soir").fin_s == 28 * 3600
    assert posted("nouvelle", **late) == 422  # the name is taken
    assert posted("nouvelle", **late | {"nom": "rien", "fin": "20:00"}) == 422
    keeper.post(url, {"equipe": night.pk, "faire": "retirer"})
    assert sorted(Equipe.objects.values_list("nom", flat=True)) == ["journée", "soir"]
