"""Events of a lease outside a resale: their order, the clock each starts, the report they feed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from traitdunion.housing.enums import NatureBail
from traitdunion.housing.enums import NatureFait as F
from traitdunion.housing.errors import HousingError
from traitdunion.housing.leases import alerts
from traitdunion.housing.leases.facts import clocks_of_facts, record_fact
from traitdunion.housing.leases.letters import letter_of_fact
from traitdunion.housing.models import FaitBail
from traitdunion.housing.report.assembling import report_of

pytestmark = pytest.mark.django_db


def recorded(ofs, bail, nature, le, preuve="recommandé"):
    return record_fact(by=ofs.keeper, bail=bail, nature=nature, le=le, preuve=preuve, now=ofs.now)


def clocks(bail):
    return {
        line.rule: (line.counted.strict, line.stopped and line.stopped.nature)
        for line in clocks_of_facts(list(FaitBail.objects.filter(bail=bail)))
    }


def test_each_event_starts_its_clock_and_its_answer_stops_it(ofs):
    ofs.index()
    bail = ofs.lease()
    recorded(ofs, bail, F.DECES, date(2025, 11, 29))
    assert clocks(bail) == {"heritier": (date(2026, 11, 29), None)}
    recorded(ofs, bail, F.CONJOINT, date(2026, 1, 10))
    assert clocks(bail)["heritier"][1] == F.CONJOINT
    # Another death starts another year: the former answer is no longer one.
    recorded(ofs, bail, F.DECES, date(2026, 8, 31))
    assert clocks(bail) == {"heritier": (date(2027, 8, 31), None)}
    recorded(ofs, bail, F.FIN, date(2026, 8, 31))
    assert clocks(bail)["indemnisation"] == (date(2027, 2, 28), None)
    recorded(ofs, bail, F.INDEMNITE, date(2026, 11, 2))
    assert clocks(bail)["indemnisation"][1] == F.INDEMNITE


def test_an_operator_transmits_within_thirty_days_and_is_answered_in_two_months(ofs):
    ofs.index()
    bail = ofs.lease(nature=NatureBail.ACCESSION)
    recorded(ofs, bail, F.AVANT_CONTRAT, date(2026, 9, 1))
    assert clocks(bail) == {"info_avant_contrat": (date(2026, 10, 1), None)}
    recorded(ofs, bail, F.TRANSMIS, date(2026, 9, 30))
    assert clocks(bail)["agrement_operateur"] == (date(2026, 11, 30), None)
    recorded(ofs, bail, F.AGREE, date(2026, 11, 3))
    with pytest.raises(HousingError, match="déjà inscrit"):
        recorded(ofs, bail, F.REFUSE, date(2026, 11, 4))


def test_premises_of_an_activity_have_their_clocks_letters_and_alerts(ofs, client):
    ofs.index()
    home, shop = ofs.lease(), ofs.lease(numero="0008", nature=NatureBail.ACTIVITE)
    with pytest.raises(HousingError, match="local d'activité"):
        recorded(ofs, home, F.ACTIVITE_TRANSMISE, date(2026, 8, 31))
    recorded(ofs, shop, F.ACTIVITE_TRANSMISE, date(2026, 8, 31))
    assert clocks(shop) == {"brsa_agrement": (date(2026, 10, 31), None)}
    with pytest.raises(HousingError, match="Il manque d'abord"):
        recorded(ofs, shop, F.ACTIVITE_DEMANDE, date(2026, 10, 1))
    recorded(ofs, shop, F.ACTIVITE_REFUSEE, date(2026, 10, 1))
    recorded(ofs, shop, F.ACTIVITE_DEMANDE, date(2026, 10, 5))
    assert clocks(shop)["brsa_designation"] == (date(2027, 4, 5), None)
    letter = letter_of_fact(shop, "brsa_agrement")
    assert letter.to_check  # L.256-12 is quoted, its text was not read
    assert "au plus tard le 31 octobre 2026" in letter.paragraphs[0]
    assert letter.paragraphs[-1] == "Réponse inscrite le 1er octobre 2026."
    with pytest.raises(HousingError, match="Aucun événement"):
        letter_of_fact(shop, "heritier")
    for left, stages in ((15, []), (14, [14]), (0, [3]), (-1, [-1])):
        day = date(2027, 4, 5) - timedelta(days=left)
        due = alerts.due(now=ofs.now.replace(year=day.year, month=day.month, day=day.day))
        assert [(row.line.rule, row.stage) for row in due] == [
            ("brsa_designation", stage) for stage in stages
        ]
    assert alerts.run(now=ofs.now.replace(year=2027, month=4, day=3), site="https://x.example")
    client.force_login(ofs.keeper)
    page = client.get(reverse("housing:lease", args=[shop.pk])).content.decode()
    link = reverse("housing:fact-letter", args=[shop.pk, "brsa_designation"])
    assert link in page
    assert client.get(link).headers["Content-Type"] == "application/pdf"
    gone = client.get(reverse("housing:fact-letter", args=[home.pk, "heritier"]), follow=True)
    assert "Aucun événement inscrit" in gone.content.decode()


@pytest.mark.parametrize(
    ("nature", "le", "preuve", "refused"),
    [
        (F.CONJOINT, date(2026, 1, 1), "acte", "Il manque d'abord"),
        (F.INDEMNITE, date(2026, 1, 1), "acte", "Il manque d'abord"),
        (F.AVANT_CONTRAT, date(2026, 1, 1), "acte", "pas celui d'un opérateur"),
        (F.DECES, date(2026, 12, 1), "acte", "pas encore venue"),
        (F.DECES, date(2026, 1, 1), "  ", "vide"),
    ],
)
def test_what_cannot_have_happened_is_refused(ofs, nature, le, preuve, refused):
    ofs.index()
    bail = ofs.lease()
    with pytest.raises(HousingError, match=refused):
        recorded(ofs, bail, nature, le, preuve)
    assert not FaitBail.objects.exists()


def test_the_report_counts_what_was_recorded_and_names_what_was_not(ofs, client):
    ofs.index()
    ofs.tick()
    first, second = ofs.lease("1"), ofs.lease("2")
    recorded(ofs, first, F.ASSURANCE, date(2026, 3, 1))
    recorded(ofs, first, F.OCCUPATION, date(2026, 3, 1))
    recorded(ofs, second, F.OCCUPATION, date(2025, 3, 1))  # of another year
    recorded(ofs, second, F.LOCATION_NON_CONFORME, date(2026, 4, 1))
    report = report_of(ofs.organisation, 2026)
    items = {item.rank: item for item in report.items}
    assert items[4].data["assurances_recues"] == 1
    assert items[4].data["locations_non_conformes"] == 1
    assert items[4].missing == ["attestation d'assurance : rien d'inscrit cette année pour 1 bail"]
    assert items[10].data["occupations_verifiees"] == 1
    assert items[10].missing == [
        "occupation à titre principal : rien d'inscrit cette année pour 1 bail"
    ]
    assert items[5].data == {"nouveaux_preneurs": 0, "informes": 0}
    assert report_of(ofs.organisation, 2022).items[4].data["nouveaux_preneurs"] == 2
    client.force_login(ofs.keeper)
    page = client.get(reverse("housing:report", args=["ofs"]), {"annee": "2026"})
    assert "1 bail" in page.content.decode()
    for kind, start in (("pdf", b"%PDF"), ("json", b"{")):
        sent = client.get(reverse("housing:report-file", args=["ofs", 2026, kind]))
        assert sent.content.startswith(start)
    assert client.get(reverse("housing:report-file", args=["ofs", 2026, "csv"])).status_code == 404
    assert client.get(reverse("housing:report-file", args=["ofs", 1999, "pdf"])).status_code == 404
