"""The project of an OFS: each point of R.329-7, the three months, partners, the complete file."""

import io
import zipfile
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from traitdunion.housing.enums import EtatApport, EtatPiece, FormeOfs, GenreApport, NaturePartenaire
from traitdunion.housing.errors import HousingError
from traitdunion.housing.models import Apport, PieceAgrement
from traitdunion.housing.setting_up.operations import (
    Partner,
    add_contribution,
    add_document,
    keep_partner,
    keep_point,
    keep_project,
)
from traitdunion.housing.setting_up.partners import totals_of
from traitdunion.housing.setting_up.points import (
    lacks_of,
    note_of_needs,
    points,
    points_of,
    prefect_clock,
)
from traitdunion.housing.setting_up.writing import file_zip

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 fictif"


@pytest.fixture
def project(ofs):
    return keep_project(
        by=ofs.keeper, organisation=ofs.organisation, forme=FormeOfs.SCIC, now=ofs.now
    )


def test_the_points_are_those_of_the_text_without_an_eleventh(project):
    assert list(points()) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12]
    assert len(lacks_of(project)) == 11 + 4


def test_a_point_is_ready_with_a_document_and_of_no_object_with_a_reason(ofs, project):
    def state(point, etat, remarque=""):
        keep_point(
            by=ofs.keeper, projet=project, point=point, etat=etat, responsable="Secrétariat",
            remarque=remarque, now=ofs.now,
        )  # fmt: skip
        return next(p.lack for p in points_of(project) if p.number == point)

    assert state(1, EtatPiece.EN_COURS) == "en cours"
    assert state(1, EtatPiece.PRETE) == "prête, sans document"
    add_document(by=ofs.keeper, projet=project, point=1, titre="Statuts", contenu=PDF, now=ofs.now)
    assert state(1, EtatPiece.PRETE) == ""
    assert state(10, EtatPiece.SANS_OBJET) == "dire pourquoi c'est sans objet"
    assert state(10, EtatPiece.SANS_OBJET, "aucun agrément demandé") == ""
    with pytest.raises(HousingError, match=r"R\.329-7"):
        state(11, EtatPiece.PRETE)


@pytest.mark.parametrize(
    ("content", "words"), [(b"MZ", "pas un PDF"), (PDF + b"0" * 10_000_001, "dix")]
)
def test_a_document_is_a_pdf_of_bounded_size_added_once(ofs, project, content, words):
    given = {"by": ofs.keeper, "projet": project, "point": 1, "titre": "S", "now": ofs.now}
    with pytest.raises(HousingError, match=words):
        add_document(contenu=content, **given)
    add_document(contenu=PDF, **given)
    with pytest.raises(HousingError, match="déjà là"):
        add_document(contenu=PDF, **given)


def test_three_months_run_from_the_proof_that_the_file_is_complete(ofs, project):
    given = {"by": ofs.keeper, "organisation": ofs.organisation, "forme": FormeOfs.SCIC,
             "now": ofs.now}  # fmt: skip
    assert prefect_clock(project) is None
    with pytest.raises(HousingError, match="Sans preuve"):
        keep_project(complet_le=date(2026, 11, 30), **given)
    row = keep_project(complet_le=date(2026, 11, 30), complet_preuve="lettre", **given)
    assert prefect_clock(row).strict == date(2027, 2, 28)  # 30 November, February ends on the 28th
    with pytest.raises(HousingError, match="silence"):
        keep_project(agree_le=date(2026, 11, 30), **given)
    agreed = keep_project(agree_le=date(2026, 11, 30), arrete="arrêté fictif", **given)
    assert prefect_clock(agreed) is None


@pytest.fixture
def partner(ofs, project):
    known = Partner(NaturePartenaire.DEPARTEMENT, "Département", "Un siège")
    return keep_partner(by=ofs.keeper, projet=project, partner=known, now=ofs.now)


def bring(ofs, partner, etat, cents=100_000_00):
    return add_contribution(
        by=ofs.keeper, partenaire=partner, genre=GenreApport.ARGENT, quoi="Dotation",
        montant_centimes=cents, etat=etat, depuis=date(2026, 11, 1), now=ofs.now,
    )  # fmt: skip


def test_nothing_is_signed_or_paid_before_the_convention(ofs, project, partner):
    bring(ofs, partner, EtatApport.PROMIS)
    with pytest.raises(HousingError, match="reste promis"):
        bring(ofs, partner, EtatApport.SIGNE)
    signed = keep_partner(
        by=ofs.keeper, projet=project, partenaire=partner, now=ofs.now,
        partner=Partner(NaturePartenaire.DEPARTEMENT, "Département", convention="n° 1",
                        convention_le=date(2026, 11, 2)),
    )  # fmt: skip
    bring(ofs, signed, EtatApport.VERSE, 25_000_00)
    bring(ofs, signed, EtatApport.VERSE, None)
    assert [str(amount) for _, amount in totals_of(project)] == ["100000.00", "0.00", "25000.00"]


def test_few_demands_are_not_counted_out(ofs, project):
    needs = note_of_needs(ofs.organisation, on=ofs.now.date())
    assert needs[0].text == "moins de 11"
    assert needs[1].text == "non renseigné"


def test_the_complete_file_holds_its_documents_and_is_the_same_twice(ofs, project, partner):
    bring(ofs, partner, EtatApport.PROMIS)
    add_document(
        by=ofs.keeper, projet=project, point=6, titre="Programme 2027/2031", contenu=PDF,
        now=ofs.now,
    )  # fmt: skip
    first = zipfile.ZipFile(io.BytesIO(file_zip(project, on=ofs.now.date())))
    names = first.namelist()
    assert names[0] == "dossier.pdf"
    assert names[1].startswith("06/")
    assert names[1].endswith("Programme-2027-2031.pdf")
    assert first.read(names[1]) == PDF
    assert first.read("dossier.pdf").startswith(b"%PDF")


@time_machine.travel(date(2026, 11, 30))
def test_the_project_is_led_from_its_pages(client, ofs):
    client.force_login(ofs.keeper)
    page = reverse("housing:project", kwargs={"organisation": "ofs"})
    assert "Commencer le projet" in client.get(page).content.decode()
    partners = reverse("housing:partners", kwargs={"organisation": "ofs"})
    assert client.get(partners).status_code == 302
    assert client.post(page, {"forme": "gip", "mention_retrait": "oui"}).status_code == 302
    text = client.get(page).content.decode()
    assert "Ce qui manque encore\u00a0: 14 points" in text
    assert "date de départ non établie" in text
    point = reverse("housing:point", kwargs={"organisation": "ofs", "number": 4})
    client.post(point, {"etat": "prete", "responsable": "Trésorier", "remarque": ""})
    client.post(point, {"titre": "Lettre", "fichier": SimpleUploadedFile("a.pdf", PDF)})
    wrong = client.post(point, {"titre": "Autre", "fichier": SimpleUploadedFile("a.pdf", b"MZ")})
    assert "pas un PDF" in wrong.content.decode()
    assert PieceAgrement.objects.get().documents.count() == 1
    made = client.post(partners, {"nature": "epci", "nom": "Communauté fictive"})
    sent = {
        "faire": "apport", "genre": "terrain", "quoi": "Ancienne école", "montant": "",
        "etat": "signe", "depuis": "2026-11-02",
    }  # fmt: skip
    assert "reste promis" in client.post(made.url, sent).content.decode()
    client.post(made.url, {**sent, "etat": "promis"})
    assert Apport.objects.get().montant_centimes is None
    assert "montant non renseigné" in client.get(made.url).content.decode()
    assert "Communauté fictive" in client.get(partners).content.decode()
    for kind in ("pdf", "zip"):
        sent = client.get(reverse(f"housing:project-{kind}", kwargs={"organisation": "ofs"}))
        assert sent.headers["Content-Type"] == f"application/{kind}"
    client.force_login(ofs.stranger)
    assert client.get(page).status_code == 403
    assert client.get(made.url).status_code == 403
