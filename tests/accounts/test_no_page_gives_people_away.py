"""An attack on every page and export that counts people, read today and again tomorrow.

The first test finds pages by itself: it opens each address that does not show people one by one, in
two states a day apart, and refuses from one to ten people beside a word that counts them, or
between two readings of the same sentence. The others write down all that a page publishes, join
both readings, and solve for what is hidden, in worlds drawn at random.
"""

import html
import random
import re
from datetime import timedelta
from io import BytesIO
from math import inf

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.accounts import test_every_address as every_address
from tests.accounts.test_every_list import OPEN_AT
from traitdunion.accounts.permissions import ROLES_OF, Permission
from traitdunion.cooperation.evaluation.operations import answer, draw_ballots
from traitdunion.cooperation.evaluation.publication import MIN_ROUNDED
from traitdunion.cooperation.evaluation.questionnaire import questions
from traitdunion.cooperation.models import Bulletin, Decision, Invite, Seance
from traitdunion.cooperation.sessions import guests as inviting
from traitdunion.desk.enums import MotifRefus, StatutOrientation
from traitdunion.desk.models import Call, Orientation, Parcours
from traitdunion.disclosure import WIDTH, K, Table, is_small, unprotected

pytestmark = pytest.mark.django_db
SEANCE = "seance"
DOMAINS = ("Emploi", "Santé", "Logement", "Formation")
COLLEGES = ("etat", "collectivites", "employeurs", "associations")
BILAN = f"/cooperation/seances/{SEANCE}/bilan/"

# Who holds these reads people one by one: what is shown there are the records themselves.
READ_RECORDS = {
    Permission.STEER, Permission.FOLLOW, Permission.MODERATE_ORIENTATIONS,
    Permission.ANSWER_ORIENTATIONS, Permission.MANAGE_MEMBERS, Permission.SEE_FILE_JOURNAL,
    Permission.EXPORT_AND_ERASE, Permission.HANDLE_MESSAGES, Permission.SEE_JOURNAL,
    Permission.HANDLE_DEMANDS, Permission.FOLLOW_STEPS, Permission.KEEP_SPEAKERS,
    Permission.ASK_SITES,
}  # fmt: skip
# Seats of a committee are offices, and their votes are set by the law.
OF_OFFICES = {"cooperation:committee", "cooperation:committee-votes", "cooperation:committees"}
PEOPLE = (
    r"personnes?|présents?|participants?|voix|votants?|gommettes|bulletins?|réponses?|invités?|"
    r"parcours|orientations?|appels?|d'accord|pas d'accord|sans avis"
)
COUNTED = re.compile(rf"(?<![\d,.–-])(\d+)(?: sur \d+)? (?:{PEOPLE})\b")
UNDER = re.compile(
    rf"(?:{PEOPLE})[^\d.]{{0,12}} : (\d+)(?! ?(?:%|minute|jour|mois))", re.IGNORECASE
)


@pytest.fixture
def arguments(people, now):
    return every_address.arguments_of(people, now)


class World:
    """A session that is over, its ballots, the files and calls of a desk; drawn from a seed."""

    def __init__(self, people, now, seed):
        self.people, self.now, self.rng = people, now, random.Random(seed)
        self.seance = Seance.objects.get(pk=SEANCE)
        Seance.objects.update(
            visibilite="publique", visibilite_feuille="publique", etat="close",
            tenue_le=now.date() - timedelta(days=3),
        )  # fmt: skip
        self.seance.refresh_from_db()
        self.seance.invites.all().delete()
        Invite.objects.bulk_create(
            Invite(
                seance=self.seance, nom=f"P{domain}{college}{n}", organisation="O", domaine=domain,
                college=college, arrive_le=now,
            )
            for domain in DOMAINS
            for college in COLLEGES
            for n in range(self.some())
        )  # fmt: skip
        self.counts = {}
        for each_question in questions():
            for code in each_question.reponses:
                n = self.some()
                self.counts[each_question.code, code] = n
                self.seance.comptes_evaluation.create(
                    question=each_question.code, reponse=code, nombre=n
                )
        n_ballots = max(
            sum(n for (question, _), n in self.counts.items() if question == some_question.code)
            for some_question in questions()
        ) + self.rng.choice([0, 0, 4, 30])
        Bulletin.objects.bulk_create(
            Bulletin(seance=self.seance, empreinte=f"b{n}", rempli=True) for n in range(n_ballots)
        )
        self.decide()
        self.desk()

    def some(self):
        return self.rng.choice([0, 1, 3, 7, 10, 11, 12, 20, 33, 60])

    def decide(self):
        """Freeze a decision with few voters, some of them on each of two ideas."""
        voters = self.some() + 1
        ideas = [self.rng.randint(0, voters), self.rng.randint(0, voters)]
        self.sheet = {
            "presents": voters + self.rng.choice([0, 5, 30]), "voix": voters, "votants": voters,
            "idees": [
                {"idee": 1, "filtres": [], "objections": [], "gommettes": 2 * n, "votants": n,
                 "avis": [], "origines": []}
                for n in ideas
            ],
        }  # fmt: skip
        Decision.objects.create(
            seance=self.seance, texte="Oui", methode="vote", par="tous", resultat="retenue",
            prise_le=self.now.date(), fiche=self.sheet,
        )  # fmt: skip

    def desk(self):
        self.parcours = Parcours.objects.earliest("opened_at")
        self.template = Orientation.objects.filter(parcours=self.parcours).first()
        Orientation.objects.all().delete()
        for statut in ("acceptee", "refusee", "expiree", "retiree"):
            for _ in range(self.some()):
                self.orient(statut)
        week = timezone.localdate(self.now) - timedelta(days=14)
        monday = week - timedelta(days=week.weekday())
        Call.objects.bulk_create(
            Call(organisation=self.people.ici, week=monday, appelant=who, issue=issue)
            for who in ("personne", "proche", "employeur")
            for issue in ("renseigne", "oriente", "")
            for _ in range(self.some())
        )

    def orient(self, statut):
        extra = {
            "acceptee": {"answered_at": self.now},
            "refusee": {
                "answered_at": self.now, "motif": self.rng.choice(MotifRefus.values[:3]),
            },
            "retiree": {"withdrawn_at": self.now},
        }.get(statut, {})  # fmt: skip
        parcours = Parcours.objects.create(
            organisation=self.people.ici, opened_at=self.now, touched_at=self.now
        )
        Orientation.objects.create(
            parcours=parcours, structure=self.template.structure, solution_nom="S", statut=statut,
            created_at=self.now, sent_at=self.now, **extra,
        )  # fmt: skip

    def live_a_day(self):
        """Let one person more do each thing that a page counts."""
        by, later = self.people["pilotage", "ici"], self.now + timedelta(days=1)
        for code in draw_ballots(by=by, seance=self.seance, n=self.rng.choice([1, 2]), now=later):
            chosen = {
                question.code: self.rng.choice(list(question.reponses)) for question in questions()
            }
            answer(code=code, answers=chosen, now=later)
            for pair in chosen.items():
                self.counts[pair] += 1
        inviting.walk_in(
            by=by,
            seance=self.seance,
            nom=f"Un retard {self.rng.random()}",
            organisation="O",
            college="etat",
            now=later,
        )
        for statut in ("acceptee", "refusee", "retiree"):
            self.orient(statut)


@pytest.fixture
def world(arguments, people, now):
    """Function that draws a world from a seed."""
    return lambda seed: World(people, now, seed)


# -- every address ---------------------------------------------------------------------------------


def pages(arguments, people):
    """Yield the addresses where people may be counted but not read, with who opens them."""
    for name, gate in sorted(every_address.GATES.items()):
        is_ours = ":" in name and not name.startswith("api:api-root")
        if not is_ours or name in OF_OFFICES or (gate is not None and gate.by_link):
            continue
        if gate is not None and gate.by_visibility:
            yield name, every_address.seen_at(name, arguments), None
        elif gate is not None and gate.permission is not None:
            if gate.permission not in READ_RECORDS:
                role = sorted(ROLES_OF[gate.permission])[0]
                yield name, reverse(name, kwargs=arguments[name]), people[role, "ici"]
        elif gate is None or not gate.signed_in:
            yield name, reverse(name, kwargs=OPEN_AT.get(name, {})), None


def words_of(page) -> str:
    """Return the text of a page, of a PDF or of any other file."""
    content = b"".join(page.streaming_content) if page.streaming else page.content
    if content[:4] == b"%PDF":
        text = " ".join(each_page.extract_text() for each_page in PdfReader(BytesIO(content)).pages)
    else:
        text = content.decode("utf-8", "replace")
        text = re.sub(r"<(script|style|svg).*?</\1>", " ", text, flags=re.DOTALL)
        text = re.sub(r"<[^>]+>", " ", text)
    plain = html.unescape(text).replace("\xa0", " ").replace("\u202f", " ").replace("’", "'")
    return " ".join(plain.split())


def read(arguments, people):
    """Return the text of each page that opens."""
    collected = {}
    for name, url, person in pages(arguments, people):
        browser = Client()
        if person is not None:
            browser.force_login(person)
        page = browser.get(url)
        if page.status_code == 200:
            collected[name] = words_of(page)
    return collected


def test_no_page_counts_one_to_ten_people_nor_moves_by_as_many(world, arguments, people):
    drawn = world(0)
    before = read(arguments, people)
    drawn.live_a_day()
    after = read(arguments, people)
    # It reads what it is meant to read.
    meant = "bilan bilan-pdf quality session roadmap-csv roadmap-json sessions directory"
    assert {f"cooperation:{name}" for name in meant.split()} | {"followup:figures"} <= set(before)
    assert COUNTED.findall("3 présents, 12 voix, 4 sur 5 réponses") == ["3", "12", "4"]
    wrong = []
    for name, text in [*before.items(), *after.items()]:
        for counted in (COUNTED, UNDER):
            wrong += [
                (name, text[max(0, match.start() - 60) : match.end() + 40])
                for match in counted.finditer(text)
                if is_small(int(match[1]))
            ]
    for name in before:
        pairs = zip(COUNTED.finditer(before[name]), COUNTED.finditer(after[name]), strict=False)
        wrong += [
            (name, first[0], second[0])
            for first, second in pairs
            if is_small(abs(int(first[1]) - int(second[1])))
        ]
    assert not wrong, "\n".join(map(str, wrong))


# -- the bilan -------------------------------------------------------------------------------------


def published_of_bilan(text):
    """Return what the page of the bilan publishes: cells by key, and rounded shares by question."""
    cells, rounded = {}, {}
    if match := re.search(r"Présents (\d+)", text):
        cells["present"] = int(match[1])
    for name in (*DOMAINS, "Autres domaines", "Domaine non renseigné"):
        if match := re.search(rf"(?<=[a-zé\d]) {name} (\d+)", text):
            cells["domain", name] = int(match[1])
    if match := re.search(r"(\d+) bulletins? remplis?", text):
        cells["ballots"] = int(match[1])
    for question in questions():
        part = text.split(question.texte, 1)[1].split("Question :", 1)[0]
        if match := re.search(r"(\d+) réponses? sur (\d+)", part):
            cells["yes", question.code], cells["all", question.code] = int(match[1]), int(match[2])
            for code, label in question.reponses.items():
                if line := re.search(rf"(?:Part|%) {label} (\d+) ", part):
                    cells[question.code, code] = int(line[1])
            for label in ("Autres réponses favorables", "Autres réponses"):
                if line := re.search(rf"% {label} (\d+) |Part {label} (\d+) ", part):
                    cells["others", question.code, label] = int(line[1] or line[2])
        elif match := re.search(r"(\d+) %", part):
            rounded[question.code] = int(match[1])
    return cells, rounded


def true_cells(drawn, released):
    """Return the counts behind what is published, by the same keys, and their sums."""
    cells, sums = {}, []
    for question in questions():
        sides = {True: [], False: []}
        for code in question.reponses:
            cells[question.code, code] = released[question.code, code]
            sides[code in question.favorables].append((question.code, code))
        for key, is_yes in (("yes", True), ("no", False)):
            cells[key, question.code] = sum(cells[part] for part in sides[is_yes])
            sums.append(((key, question.code), sides[is_yes]))
        cells["all", question.code] = cells["yes", question.code] + cells["no", question.code]
        sums.append((("all", question.code), [("yes", question.code), ("no", question.code)]))
    return cells, sums


@pytest.mark.parametrize("seed", range(12))
def test_two_readings_of_a_bilan_give_no_small_group(world, client, seed):
    drawn = world(seed)
    readings = []
    for _ in range(3):
        shown, rounded = published_of_bilan(words_of(client.get(BILAN)))
        readings.append((dict(drawn.counts), shown, rounded))
        for percent in rounded.values():
            ends = others_behind(percent)
            assert ends[1] >= K
            assert ends[1] - ends[0] >= WIDTH
        drawn.live_a_day()
    known = [shown for _, shown, _ in readings]
    # Either numbers for all, or for none, and always so.
    assert len({bool(rounded) and not any(key[0] == "yes" for key in shown)
                for _, shown, rounded in readings if shown or rounded}) <= 2  # fmt: skip
    # What is published does not follow the persons of a day.
    assert known[0] == known[1] == known[2]
    counts, shown, _ = readings[0]
    cells, sums = true_cells(drawn, counts)
    for key in set(shown) & set(cells):
        assert shown[key] == cells[key], key
    for question in questions():
        for label, favourable in (("Autres réponses favorables", True), ("Autres réponses", False)):
            key = ("others", question.code, label)
            if key in shown:
                parts = [
                    (question.code, code)
                    for code in question.reponses
                    if (code in question.favorables) == favourable
                    and (question.code, code) not in shown
                ]
                cells[key] = shown[key]
                sums.append((key, parts))
    table = Table(cells, sums)
    assert unprotected(table, [key for key in cells if key not in shown]) == []
    if "present" in shown:
        domains = [n for key, n in shown.items() if key[0] == "domain"]
        assert not is_small(shown["present"], *domains)
        assert not domains or sum(domains) == shown["present"]
        if "ballots" in shown and "taux de réponse" in words_of(client.get(BILAN)):
            assert not is_small(shown["present"] - shown["ballots"])


def others_behind(percent):
    """Return the fewest and the most people who may stand behind the rest of a rounded share."""
    fits = [
        d - n
        for d in range(MIN_ROUNDED, 500)
        for n in range(d + 1)
        if (200 * n + d) // (2 * d) == percent
    ]
    return (min(fits), max(fits)) if percent < 100 else (0, inf)


def test_the_attack_finds_what_the_bilan_used_to_show():
    """75 of 80 beside « 94 % »: the rest is 5."""
    cells = {"yes": 75, "no": 5, "all": 80}
    assert unprotected(Table(cells, [("all", ("yes", "no"))]), ["no"]) == ["no"]


# -- the sheet of a decision, the desk -------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_the_sheet_of_a_decision_gives_no_small_group(world, client, seed):
    drawn = world(seed)
    text = words_of(client.get(f"/cooperation/seances/{SEANCE}/"))
    sheet = drawn.sheet
    cells = {"present": sheet["presents"], "voters": sheet["votants"],
             "absent": sheet["presents"] - sheet["votants"]}  # fmt: skip
    sums = [("present", ("voters", "absent"))]
    shown = {}
    for key, words in (("present", "présents"), ("voters", "voix exprimées")):
        if match := re.search(rf"(?i)au moins (\d+) {words}", text):
            shown[key] = int(match[1])
    ideas = re.findall(r"(?:Au moins \d+ gommettes, d'au moins (\d+) voix|Gommettes : moins)", text)
    assert len(ideas) == 2
    for n, (idea, match) in enumerate(zip(sheet["idees"], ideas, strict=True)):
        cells |= {("idea", n): idea["votants"], ("rest", n): sheet["votants"] - idea["votants"]}
        sums.append(("voters", (("idea", n), ("rest", n))))
        if match:
            shown["idea", n] = int(match)
    table = Table(cells, sums, step=K)
    assert {key: table.shown(key) for key in shown} == shown
    assert unprotected(table, [key for key in cells if key not in shown]) == []


@pytest.mark.parametrize("seed", range(8))
def test_two_readings_of_the_figures_give_no_small_group(world, client, people, seed):
    drawn = world(seed)
    client.force_login(people["pilotage", "ici"])
    states = {
        "Retirées": StatutOrientation.RETIREE, "Refusées": StatutOrientation.REFUSEE,
        "Acceptées": StatutOrientation.ACCEPTEE,
        "Sans réponse au bout de trente jours": StatutOrientation.EXPIREE,
    }  # fmt: skip
    for _ in range(2):
        text = words_of(client.get("/organisations/ici/suivi/"))
        rows = Orientation.objects.filter(parcours__organisation=people.ici).exclude(sent_at=None)
        cells = {name: rows.filter(statut=statut).count() for name, statut in states.items()}
        sums = [("Orientations envoyées", tuple(cells))]
        cells["Orientations envoyées"] = sum(cells.values())
        motifs = {label: rows.filter(motif=motif).count() for motif, label in MotifRefus.choices}
        sums.append(("Refusées", tuple(motifs)))
        cells |= motifs
        shown = {
            key: int(match[1])
            for key in cells
            if (match := re.search(rf"{re.escape(key)} (\d+) ou plus", text))
        }
        table = Table(cells, sums, step=K)
        assert {key: table.shown(key) for key in shown} == shown
        assert unprotected(table, [key for key in cells if key not in shown]) == []
        assert "Aucun refus" not in text
        drawn.live_a_day()
