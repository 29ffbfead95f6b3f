"""What the pages of employers, statistics, housing and committees publish of people.

Read for the joint attack (`tests/accounts/test_joint_disclosure.py`).
"""

import html
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import combinations
from zipfile import ZipFile

from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from traitdunion.cooperation.committees.queries import result_in_words, result_of
from traitdunion.cooperation.models import Action, Engagement
from traitdunion.cooperation.models.committees import (
    Choix,
    Membre,
    Presence,
    Reunion,
    Scrutin,
    Suffrage,
)
from traitdunion.desk.enums import MotifRefus
from traitdunion.desk.followup.figures import SENT, STATES
from traitdunion.desk.models import Orientation, Parcours, RendezVous
from traitdunion.employers.models import BilanCohorte, EngagementEmployeur, Rencontre
from traitdunion.employers.models.followup import DAYS, quarter_end
from traitdunion.housing.enums import EtatDemande
from traitdunion.housing.models import Demande
from traitdunion.observatory.needs.followup import KEPT, MISSED, followed_quarter

QUARTERS = (date(2025, 1, 1), date(2025, 7, 1), date(2026, 4, 1))
WITH = {"acceptee": ("answered_at",), "refusee": ("answered_at",), "retiree": ("withdrawn_at",)}


def hire(drawn):
    """Let five employers declare those they hired, and who is still there."""
    rng, meeting = drawn.rng, Rencontre.objects.earliest("pk")
    # Few or many leave after the first day; some worlds know all that can be known.
    few, unknown = rng.choice([[0, 0, 0, 1], [0, 1, 5]]), rng.choice([0, 0, 0.2])
    rows = []
    for n in range(5):
        commitment = Engagement.objects.create(
            action=Action.objects.earliest("pk"), organisation_nom=f"Atelier {n}",
            courriel=f"rh{n}@atelier.example", quoi="Accueillir", quantite=Decimal(1), unite="x",
            pour_le=drawn.now.date(), etat="confirme", confirme_le=drawn.now,
        )  # fmt: skip
        promise = EngagementEmployeur.objects.create(
            engagement=commitment, rencontre=meeting, nature="tuteur"
        )
        for quarter in QUARTERS:
            hired = left = drawn.some()
            present = {}
            for days in DAYS:
                left = max(0, left - rng.choice(few if present else [0, 1, 2, 5, 12]))
                present[f"presents_{days}"] = None if rng.random() < unknown else left
            rows.append(
                BilanCohorte(
                    engagement=promise, trimestre=quarter, embauches=hired, declare_le=drawn.now,
                    **present,
                )
            )  # fmt: skip
    BilanCohorte.objects.bulk_create(rows)


def read_employers(system, page):
    """Write what the page of the retained action shows of those hired."""
    today = timezone.localdate()
    rows = list(BilanCohorte.objects.all())
    known = {}
    for days in DAYS:
        passed = [row for row in rows if (today - quarter_end(row.trimestre)).days >= days]
        known[days] = {row for row in passed if row.present(days) is not None}
        hired = sum(row.embauches for row in known[days])
        present = sum(row.present(days) for row in known[days])
        system.count(("hired", days), hired)
        system.count(("present", days), present)
        system.count(("gone", days), hired - present)
        system.total(("hired", days), (("present", days), ("gone", days)))
        system.count(("unknown", days), sum(row.embauches for row in passed) - hired)
        line = re.search(rf"présentes à {days} jours ((?:(?!Personnes|Une part).)*)", page)[1]
        if shown := re.match(r"environ (\d+) % (\d+) ou plus sur (\d+) ou plus (.*)", line):
            system.at_least(("present", days), int(shown[2]))
            system.at_least(("hired", days), int(shown[3]))
            assert int(shown[1]) == round(100 * int(shown[2]) / int(shown[3]))
            line = shown[4]
        else:
            assert line.startswith("– trop peu ")
            line = line.removeprefix("– trop peu ")
        if shown := re.match(r"(\d+) ou plus", line):
            system.at_least(("unknown", days), int(shown[1]))
    for days, later in combinations(DAYS, 2):
        both = known[days] & known[later]
        for of in (days, later):
            apart = known[of] - both
            for what, n_of in (("hired", lambda row: row.embauches),
                               ("present", lambda row, of=of: row.present(of))):  # fmt: skip
                parts = [(what, of, "both", days, later), (what, of, "apart", days, later)]
                for part, members in zip(parts, (both, apart), strict=True):
                    system.count(part, sum(map(n_of, members)))
                system.total((what, of), parts if apart else parts[:1])
        stayed = ("present", later, "both", days, later)
        left = ("left", days, later)
        before = ("present", days, "both", days, later)
        system.count(left, system.truth[before] - system.truth[stayed])
        system.total(before, (stayed, left))


def follow(drawn):
    """Orient people of two desks in the quarter whose follow-up is published, and meet some."""
    first, _ = followed_quarter(timezone.localdate())
    at = datetime(first.year, first.month, 20, 9, tzinfo=UTC)
    for organisation in (drawn.people.ici, drawn.people.ailleurs):
        for statut in ("acceptee", "refusee", "expiree", "retiree"):
            files = Parcours.objects.bulk_create(
                Parcours(organisation=organisation, opened_at=at, touched_at=at)
                for _ in range(drawn.some())
            )
            Orientation.objects.bulk_create(
                Orientation(
                    parcours=file, structure=drawn.template.structure, solution_nom="S",
                    statut=statut, created_at=at, sent_at=at,
                    motif=drawn.rng.choice(MotifRefus.values[:3]) if statut == "refusee" else "",
                    **dict.fromkeys(WITH.get(statut, ()), at + timedelta(days=1)),
                )
                for file in files
            )  # fmt: skip
    file = Parcours.objects.earliest("pk")
    for statut in ("honore", "absent"):
        RendezVous.objects.bulk_create(
            RendezVous(
                parcours=file, reference=f"{statut}-{n}", statut=statut, asked_at=at, event_at=at,
                starts_at=at,
            )
            for n in range(drawn.some())
        )  # fmt: skip


def read_followup(system, page, ici):
    """Write what the page of statistics shows of a quarter; `read_desk` comes before.

    A desk shows the same states of all its orientations: those of the quarter are a part of them.
    """
    first, last = followed_quarter(timezone.localdate())
    sent = Orientation.objects.filter(sent_at__date__range=(first, last))
    everywhere = Orientation.objects.exclude(sent_at=None)
    part = page.split("Ce que sont devenues les orientations", 1)[1].split("Pour situer", 1)[0]

    def of(rows, column):
        return Counter(rows.exclude(**{column: ""}).values_list(column, flat=True))

    labels = {("statut", state): name for state, name in STATES.items()}
    labels |= {("motif", motif): label for motif, label in MotifRefus.choices}
    own = {"parcours__organisation": ici}
    for (column, value), label in labels.items():
        in_quarter = of(sent, column)[value]
        own_in_quarter = of(sent.filter(**own), column)[value]
        own_ever = of(everywhere.filter(**own), column)[value]
        system.count(("quarter", label), in_quarter)
        system.count(("quarter, here", label), own_in_quarter)
        system.count(("quarter, elsewhere", label), in_quarter - own_in_quarter)
        system.count(("other days, here", label), own_ever - own_in_quarter)
        system.total(("quarter", label), (("quarter, here", label), ("quarter, elsewhere", label)))
        system.total(label, (("quarter, here", label), ("other days, here", label)))
    states = [("quarter", name) for name in STATES.values()]
    system.count(("quarter", SENT), sum(system.truth[key] for key in states))
    system.total(("quarter", SENT), states)
    motifs = [("quarter", label) for label in MotifRefus.labels]
    system.total(("quarter", "Refusées"), motifs)
    for key in (*states, ("quarter", SENT), *motifs):
        if shown := re.search(rf"{re.escape(key[1])} (\d+) ou plus", part):
            system.at_least(key, int(shown[1]))
    met = Counter(RendezVous.objects.values_list("statut", flat=True))
    for name, statut in ((KEPT, "honore"), (MISSED, "absent")):
        system.count(("quarter", name), met[statut])
        if shown := re.search(rf"{name} (\d+) ou plus", part):
            system.at_least(("quarter", name), int(shown[1]))
    assert "ou plus" in part or "Trop peu" in part


# -- housing ---------------------------------------------------------------------------------------


def ask_homes(drawn):
    """Let households ask a home, in every state that a demand may have."""
    Demande.objects.bulk_create(
        Demande(
            organisation=drawn.people.ici, provenance="guichet", souhait="locatif", etat=etat,
            recue_le=drawn.now, touchee_le=drawn.now,
        )
        for etat in EtatDemande.values
        for _ in range(drawn.some())
    )  # fmt: skip


def read_housing(system, drawn, reader):
    """Write what a study of an OFS shows of the households, to who may not read their demands."""
    address = {"organisation": drawn.people.ici.pk}
    browser = reader("administrateur")
    assert browser.get(reverse("housing:demands", kwargs=address)).status_code == 403
    page = _words(browser.get(reverse("housing:project", kwargs=address)).content.decode())
    pdf = browser.get(reverse("housing:project-pdf", kwargs=address))
    archive = ZipFile(
        BytesIO(_content(browser.get(reverse("housing:project-zip", kwargs=address))))
    )
    texts = [page, _printed(_content(pdf)), _printed(archive.read("dossier.pdf"))]
    shown = {
        re.search(r"demandent un logement (moins de 11|\d+ ou plus)", text)[1] for text in texts
    }
    assert len(shown) == 1, "the page and the file do not say the same"
    rows = Demande.objects.filter(organisation=drawn.people.ici)
    of_states = Counter(rows.values_list("etat", flat=True))
    for etat in EtatDemande.values:
        system.count(("homes", etat), of_states[etat])
    counted = [("homes", etat) for etat in EtatDemande.values if etat != EtatDemande.EFFACEE]
    system.count("homes", sum(system.truth[key] for key in counted))
    system.total("homes", counted)
    if number := re.match(r"(\d+) ou plus", shown.pop()):
        system.at_least("homes", int(number[1]))


# -- committees ------------------------------------------------------------------------------------


def meet(drawn):
    """Let a committee that is public meet and vote, few against."""
    meeting = Reunion.objects.get()
    meeting.instance.visibilite = "publique"
    meeting.instance.save()
    vote = Scrutin.objects.get()
    for n in range(3, 3 + drawn.some()):
        member = Membre.objects.create(
            instance=meeting.instance, college="etat", siege=f"Siège {n}",
            titulaire=f"Titulaire Nommé {n}", suppleant=f"Suppléante Nommée {n}",
        )  # fmt: skip
        if drawn.rng.random() < 0.8:
            Presence.objects.create(reunion=meeting, membre=member, occupant="titulaire")
            choix = drawn.rng.choice(Choix.values)
            Suffrage.objects.create(scrutin=vote, membre=member, choix=choix)


def read_committees(reader):
    """Check that a public committee shows seats, and neither who sits, nor who came, nor votes.

    Seats and their votes are those of the order that founds the committee: no person is counted.
    """
    vote = Scrutin.objects.get()
    meeting = vote.reunion
    addresses = [
        reverse("cooperation:committees"),
        reverse("cooperation:committee", args=[meeting.instance_id]),
        reverse("cooperation:action", args=[Action.objects.earliest("pk").pk]),
    ]
    counts = result_in_words(result_of(vote))
    for role in ("", "contributeur"):
        browser = reader(role)
        for address in addresses:
            page = browser.get(address)
            assert page.status_code == 200
            text = _words(page.content.decode())
            assert not re.search(r"Nommée? \d|\d+ (?:présents|voix pour|contre)", text), address
            assert counts not in text
        for name in ("meeting", "minutes", "minutes-pdf"):
            answer = browser.get(reverse(f"cooperation:{name}", args=[meeting.pk]))
            assert answer.status_code in (302, 403, 404), name


def _words(page):
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return " ".join(text.replace("\xa0", " ").split())


def _content(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _printed(content):
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
