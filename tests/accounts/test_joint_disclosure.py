"""One reader with every page and export that counts people, who solves for all that is hidden.

A world is drawn; each page and export is read; what they publish becomes the bounds of one mixed
program (margins shared between tables, rounded rates, numbers of parts), which bounds each count of
one to ten people that no page shows.
"""

import json
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests.accounts import test_every_address as every_address
from tests.accounts.test_no_page_gives_people_away import (
    BILAN,
    DOMAINS,
    SEANCE,
    World,
    published_of_bilan,
    words_of,
)
from tests.disclosure import pages_of_work
from tests.disclosure.joint_program import System
from traitdunion.accounts.permissions import ROLES_OF, Permission
from traitdunion.cooperation.enums import CollegeDeclare
from traitdunion.cooperation.evaluation.publication import MIN_ROUNDED
from traitdunion.cooperation.evaluation.questionnaire import questions
from traitdunion.cooperation.models import Action, Decision, Indicateur
from traitdunion.cooperation.roadmap.sheet import Reading, take_reading
from traitdunion.desk.enums import Horaire, MotifRefus
from traitdunion.desk.followup.figures import FILES, IN_A_JOB, SENT, SERVED, STARTED, STATES
from traitdunion.desk.models import Call, Orientation, Parcours, Search
from traitdunion.desk.phone.counts import WAYS
from traitdunion.desk.unmet import unmet_alike
from traitdunion.matching.answer import Filtre
from traitdunion.observatory.needs.statistics import OTHER, last_quarter

FIGURES = "/organisations/ici/suivi/"
ROADMAP = f"/cooperation/seances/{SEANCE}/feuille-de-route"
TERRITORIES = ("Brioude", "Langeac", "Le Puy")


# -- the world -------------------------------------------------------------------------------------


class WholeWorld(World):
    """The session and desk of `World`, with searches, earlier months and readings of people."""

    def decide(self):
        """Freeze a decision taken while all who came are there."""
        self.n_present = self.seance.invites.count()
        voters = max(0, self.n_present - self.rng.choice([0, 1, 5, 10, 11, 15, 30]))
        ideas = [max(0, voters - self.rng.choice([0, 2, 9, 12, 25])) for _ in range(2)]
        self.sheet = {
            "presents": self.n_present, "voix": voters, "votants": voters,
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
        super().desk()
        self.search()
        self.read_indicators()
        pages_of_work.follow(self)
        pages_of_work.hire(self)
        pages_of_work.ask_homes(self)
        pages_of_work.meet(self)

    def search(self):
        first, _ = last_quarter(timezone.localdate(self.now))
        week = first + timedelta(days=7 - first.weekday())
        rows = []
        for horaire in Horaire.values:
            for sure, to_check in ((1, 0), (0, 1), (0, 0)):
                for _ in range(self.some()):
                    blocked = not sure and not to_check
                    rows.append(
                        Search(
                            week=week, home_area="43",
                            work_area=self.rng.choice(("43", "43", "43157", "48")),
                            horaire=horaire, n_days=5,
                            permis="inconnu", vehicule="inconnu", n_sure=sure, n_to_check=to_check,
                            filtre=self.rng.choice(["", *list(Filtre)[:4]]) if blocked else "",
                        )
                    )  # fmt: skip
        Search.objects.bulk_create(rows)

    def read_indicators(self):
        """Read three territories and the whole of them, of a count and of a share."""
        self.readings = {}
        by = self.people["pilotage", "ici"]
        for unite in ("personnes", "%"):
            row = Indicateur.objects.create(
                action=Action.objects.get(), definition=f"Suivis en {unite}", unite=unite,
                source="S", personnes=True,
            )  # fmt: skip
            parts = {}
            for name in TERRITORIES:
                n = self.some()
                parts[name] = (n, n + self.some() + 1 if unite == "%" else 0)
            parts[""] = tuple(map(sum, zip(*parts.values(), strict=True)))
            for name, (n, of) in parts.items():
                values = (
                    {"numerateur": n, "denominateur": of}
                    if unite == "%"
                    else {"valeur": Decimal(n)}
                )
                take_reading(
                    by=by,
                    indicateur=row,
                    now=self.now,
                    reading=Reading(releve_le=self.now.date(), territoire=name, **values),
                )
            self.readings[row.definition] = parts


# -- what each page publishes ----------------------------------------------------------------------


def read_session(system, drawn, reader):
    """The bilan, the quality of cooperation, the sheet of a decision and the kept counts."""
    guests = drawn.seance.invites.present()
    by_domain = Counter(guests.values_list("domaine", flat=True))
    by_college = Counter(guests.values_list("college", flat=True))
    domains = [("domain", name) for name in DOMAINS]
    colleges = [("college", name) for name in CollegeDeclare.values]
    for key in domains:
        system.count(key, by_domain[key[1]])
    for key in colleges:
        system.count(key, by_college[key[1]])
    system.count("present", drawn.n_present)
    system.total("present", domains)
    system.total("present", colleges)
    bilan = words_of(reader("").get(BILAN))
    shown, rounded = published_of_bilan(bilan)
    printed, _ = published_of_bilan(
        words_of(reader("").get(f"/cooperation/seances/{SEANCE}/bilan.pdf"))
    )
    assert printed.items() <= shown.items(), "the document says more than the page"
    if "present" in shown:
        system.shown("present", shown["present"])
    for key in domains:
        if key in shown:
            system.shown(key, shown[key])
    if match := re.search(r"Domaines? (\d+) ", bilan):
        system.how_many(domains, int(match[1]))
    quality = words_of(reader("").get(f"/cooperation/seances/{SEANCE}/qualite/"))
    if match := re.search(r"Collèges présents (\d+) sur 7", quality):
        system.how_many(colleges, int(match[1]))
    if match := re.search(r"moins nombreux (\d+) sur (\d+) \(", quality):
        few = sum(n for n in by_college.values() if n * 7 < drawn.n_present)
        system.count("few", few)
        system.count("many", drawn.n_present - few)
        system.total("present", ("few", "many"))
        system.shown("few", int(match[1]))
        system.shown("present", int(match[2]))
    read_ballots(system, drawn, shown, rounded)
    read_sheet(system, drawn, words_of(reader("").get(f"/cooperation/seances/{SEANCE}/")))


def read_ballots(system, drawn, shown, rounded):
    """The answers of each question; with their numbers, ballots are of those who came."""
    n_ballots = drawn.seance.bulletins.filter(rempli=True).count()
    system.count("ballots", n_ballots)
    if "ballots" in shown:
        system.shown("ballots", shown["ballots"])
    with_numbers = any(key[0] == "all" for key in shown if isinstance(key, tuple))
    if with_numbers and n_ballots <= drawn.n_present:
        system.count("silent", drawn.n_present - n_ballots)
        system.total("present", ("ballots", "silent"))
    for question in questions():
        sides = {"yes": [], "no": []}
        for code in question.reponses:
            key = (question.code, code)
            system.count(key, drawn.counts[key])
            sides["yes" if code in question.favorables else "no"].append(key)
        for side, parts in sides.items():
            system.count((side, question.code), sum(system.truth[part] for part in parts))
            system.total((side, question.code), parts)
        answers = system.truth["yes", question.code] + system.truth["no", question.code]
        system.count(("all", question.code), answers)
        system.total(("all", question.code), (("yes", question.code), ("no", question.code)))
        system.count(("blank", question.code), n_ballots - answers)
        system.total("ballots", (("all", question.code), ("blank", question.code)))
        for key in [key for part in sides.values() for key in part]:
            if key in shown:
                system.shown(key, shown[key])
        for key in (("yes", question.code), ("all", question.code)):
            if key in shown:
                system.shown(key, shown[key])
        if question.code in rounded:
            # No part is shown of fewer answers.
            system.low["all", question.code] = MIN_ROUNDED
            system.rate(
                ("yes", question.code), ("all", question.code), rounded[question.code], half=0.5
            )
        for label, side in (("Autres réponses favorables", "yes"), ("Autres réponses", "no")):
            gathered = ("others", question.code, label)
            if gathered in shown:
                system.count(gathered, shown[gathered])
                system.shown(gathered, shown[gathered])
                system.total(gathered, [key for key in sides[side] if key not in shown])


def read_sheet(system, drawn, text):
    """The sheet of the decision: steps of eleven, of those whom the bilan counts exactly."""
    sheet = drawn.sheet
    system.count("voters", sheet["votants"])
    system.count("no vote", sheet["presents"] - sheet["votants"])
    system.total("present", ("voters", "no vote"))
    for key, words in (("present", "présents"), ("voters", "voix exprimées")):
        if match := re.search(rf"(?i)au moins (\d+) {words}", text):
            system.at_least(key, int(match[1]))
    ideas = re.findall(r"(?:Au moins \d+ gommettes, d'au moins (\d+) voix|Gommettes : moins)", text)
    for n, (idea, match) in enumerate(zip(sheet["idees"], ideas, strict=True)):
        system.count(("idea", n), idea["votants"])
        system.count(("not idea", n), sheet["votants"] - idea["votants"])
        system.total("voters", (("idea", n), ("not idea", n)))
        if match:
            system.at_least(("idea", n), int(match))


def read_desk(system, people, reader):
    """The figures of the follow-up, by steps of eleven, and the calls of each week."""
    text = words_of(reader("pilotage").get(FIGURES))
    rows = Orientation.objects.filter(parcours__organisation=people.ici).exclude(sent_at=None)
    by_state = Counter(rows.values_list("statut", flat=True))
    motifs = Counter(rows.exclude(motif="").values_list("motif", flat=True))
    system.count(FILES, Parcours.objects.filter(organisation=people.ici).count())
    for state, name in STATES.items():
        system.count(name, by_state[state])
    system.count(SENT, sum(by_state[state] for state in STATES))
    system.total(SENT, tuple(STATES.values()))
    labels = [label for _, label in MotifRefus.choices]
    for motif, label in MotifRefus.choices:
        system.count(label, motifs[motif])
    system.total("Refusées", labels)
    for key in (FILES, SENT, *STATES.values(), *labels):
        if match := re.search(rf"{re.escape(key)} (\d+) ou plus", text):
            system.at_least(key, int(match[1]))
    for key in (STARTED, SERVED, IN_A_JOB):
        assert re.search(rf"{re.escape(key)} (\d+) ou plus", text) is None  # none in this world
    read_calls(system, people, reader("pilotage").get(FIGURES).content.decode())


def read_calls(system, people, page):
    """Two tables of calls that share the total of each week."""
    calls = Call.objects.filter(organisation=people.ici)
    weeks = {}
    for column, (title, choices) in WAYS.items():
        table = page.split(f'<caption class="visually-hidden">{title}', 1)[1].split("</table>")[0]
        for line in re.findall(r"<tr><th scope=\"row\".*?</tr>", table, re.DOTALL):
            day, *cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)
            monday = date(*map(int, reversed(day.split("/"))))
            rows = calls.filter(week=monday)
            whole = weeks.setdefault(monday, ("calls", monday))
            if whole not in system.truth:
                system.count(whole, rows.count())
            parts = []
            for (value, _), cell in zip(choices, cells[1:], strict=True):
                key = ("calls", monday, column, value)
                system.count(key, rows.filter(**{column: value}).count())
                parts.append((key, cell))
            system.total(whole, [key for key, _ in parts])
            for key, cell in [(whole, cells[0]), *parts]:
                if cell != "–":
                    system.shown(key, int(cell))
    assert weeks


def read_needs(system, reader):
    """The questions of the last quarter, by shift and by what blocked them."""
    text = words_of(reader("").get("/statistiques/"))
    first, last = last_quarter(timezone.localdate())
    rows = list(
        Search.objects.filter(week__range=(first, last), demonstration=False)
        .values_list("horaire", "n_sure", "n_to_check", "filtre")
    )  # fmt: skip
    cells: Counter = Counter()
    blocked: Counter = Counter()
    for horaire, sure, check, filtre in rows:
        outcome = "met" if sure else "check" if check else "unmet"
        cells[horaire, outcome] += 1
        if outcome == "unmet":
            blocked[filtre or OTHER] += 1
    outcomes = ("met", "check", "unmet")
    for horaire in Horaire.values:
        for outcome in outcomes:
            system.count(("asked", horaire, outcome), cells[horaire, outcome])
        system.count(
            ("asked", horaire), sum(cells[horaire, each_outcome] for each_outcome in outcomes)
        )
        system.total(
            ("asked", horaire), [("asked", horaire, each_outcome) for each_outcome in outcomes]
        )
        strict = cells[horaire, "check"] + cells[horaire, "unmet"]
        system.count(("strict", horaire), strict)
        system.total(
            ("strict", horaire), [("asked", horaire, "check"), ("asked", horaire, "unmet")]
        )
    system.count("asked", len(rows))
    system.total("asked", [("asked", horaire) for horaire in Horaire.values])
    system.count("unmet", sum(blocked.values()))
    system.total("unmet", [("asked", horaire, "unmet") for horaire in Horaire.values])
    codes = [*Filtre, OTHER]
    for code in codes:
        system.count(("blocked", str(code)), blocked[code])
    system.total("unmet", [("blocked", str(code)) for code in codes])
    if match := re.search(r"au \d+\w* \w+ \d+ : (\d+)\.", text):
        system.shown("asked", int(match[1]))
    for horaire in Horaire:
        line = re.search(
            rf"{horaire.label} ([\d ]+|masqué) (\d+ %|masqué|–) (\d+ %|masqué|–)", text
        )
        assert line, horaire.label
        if line[1] == "masqué":
            continue
        system.shown(("asked", horaire.value), int(line[1].replace(" ", "")))
        for key, shown_rate in ((("strict", horaire.value), line[2]),
                           (("asked", horaire.value, "unmet"), line[3])):  # fmt: skip
            if "%" in shown_rate:
                system.rate(key, ("asked", horaire.value), int(shown_rate.split()[0]), half=0.5)
    listed = []
    for code in codes:
        label = code if code == OTHER else code.label
        if match := re.search(
            rf"(?<=[a-zé%] ){re.escape(label)}(?: · peut agir : [^%]+?)? (\d+) %", text
        ):
            listed.append((code, int(match[1])))
    hidden = [
        ("blocked", str(code))
        for code in codes
        if code not in [code_listed for code_listed, _ in listed]
    ]
    for code, percent in listed:
        if code == OTHER:
            gathered = [*hidden, ("blocked", OTHER)]
            system.count("gathered", sum(system.truth[key] for key in gathered))
            system.total("gathered", gathered)
            system.rate("gathered", "unmet", percent, half=0.5)
        else:
            system.rate(("blocked", str(code)), "unmet", percent, half=0.5)


def read_alike(system):
    """The questions like one's own, beside a lever: towards an area, at a kind of shift."""
    first, last = last_quarter(timezone.localdate())
    rows = Search.objects.filter(week__range=(first, last), demonstration=False, n_sure=0)
    cells = Counter(rows.values_list("work_area", "horaire"))
    caches["memory"].clear()
    for horaire in Horaire.values:
        parts = []
        for area in sorted({area for area, _ in cells}):
            key = ("alike", area, horaire)
            system.count(key, cells[area, horaire])
            parts.append(key)
            situation = SimpleNamespace(work=area, shift=horaire)
            if (n := unmet_alike(situation, on=timezone.localdate())) is not None:
                system.shown(key, n)
        system.total(("strict", horaire), parts)


def read_indicators(system, drawn, reader):
    """The readings of people, by territory: the open data of the roadmap and its documents."""
    book = load_workbook(BytesIO(reader("").get(f"{ROADMAP}.xlsx").content), read_only=True)
    heads, *lines = book["Indicateurs"].iter_rows(values_only=True)
    in_workbook = {}
    for values in lines:
        line = dict(zip(heads, values, strict=True))
        in_workbook[line["indicateur"], line["territoire"] or ""] = line
    action = Action.objects.get().pk
    others = [f"/cooperation/actions/{action}/", f"{ROADMAP}.pdf", f"{ROADMAP}.odt"]
    texts = [written_in(reader("").get(address)) for address in others]
    document = json.loads(reader("").get(f"{ROADMAP}.json").content)
    collected = {}
    for each_reading in found_under(document, "releves"):
        for reading in each_reading["releves"]:
            collected[each_reading["definition"], reading["territoire"]] = reading
    for definition, parts in drawn.readings.items():
        for name, (n, of) in parts.items():
            key = ("reading", definition, name)
            system.count(key, n)
            if of:
                system.count(("of", *key), of)
                system.count(("rest", *key), of - n)
                system.total(("of", *key), (key, ("rest", *key)))
            reading = collected[definition, name]
            line = in_workbook[definition, name]
            if reading["valeur"] is None:
                assert (line["valeur"], line["numerateur"], line["denominateur"]) == (None,) * 3
                assert not [text for text in texts if of and f"{n} sur {of}" in text]
                continue
            assert Decimal(str(line["valeur"])) == Decimal(str(reading["valeur"]))
            if of:
                system.shown(key, reading["numerateur"])
                system.shown(("of", *key), reading["denominateur"])
            else:
                system.shown(key, int(Decimal(str(reading["valeur"]))))
        for prefix in ((), ("of",)):
            keys = {name: (*prefix, "reading", definition, name) for name in parts}
            if keys[""] in system.truth:
                system.total(keys[""], [keys[name] for name in TERRITORIES])


def written_in(page) -> str:
    """Return the text of a page, of a PDF or of an ODT."""
    content = b"".join(page.streaming_content) if page.streaming else page.content
    assert page.status_code == 200
    if content[:2] == b"PK":
        with ZipFile(BytesIO(content)) as archive:
            text = re.sub(r"<[^>]+>", " ", archive.read("content.xml").decode())
        return " ".join(text.split())
    return words_of(page)


def found_under(document, name):
    """Yield every object of a JSON document that has a key."""
    if isinstance(document, dict):
        if name in document:
            yield document
        for value in document.values():
            yield from found_under(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from found_under(value, name)


@pytest.fixture
def arguments(people, now):
    return every_address.arguments_of(people, now)


@pytest.fixture
def reader(people):
    """Function that returns a browser signed in with a role of `ici`, or signed out."""

    def browser(role):
        client = Client()
        if role:
            client.force_login(people[role, "ici"])
        return client

    return browser


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(8))
def test_all_pages_together_give_no_small_group(arguments, people, now, reader, seed, monkeypatch):
    drawn = WholeWorld(people, now, seed)
    caches["memory"].clear()
    system = System()
    read_session(system, drawn, reader)
    read_desk(system, people, reader)
    read_needs(system, reader)
    monkeypatch.setattr("traitdunion.desk.unmet.area_of", lambda work: work)
    monkeypatch.setattr("traitdunion.desk.unmet.horaire_of", Horaire)
    read_alike(system)
    read_indicators(system, drawn, reader)
    pages_of_work.read_employers(system, words_of(reader("").get(reverse("employers:action"))))
    statistics = words_of(reader("").get(reverse("observatory:statistics")))
    pages_of_work.read_followup(system, statistics, people.ici)
    pages_of_work.read_housing(system, drawn, reader)
    pages_of_work.read_committees(reader)
    assert system.given_away() == {}


def test_the_attack_finds_what_pages_together_used_to_show():
    """80 came, and a sheet says that 77 or more of them voted: three at most did not."""
    system = System()
    for key, n in (("came", 80), ("voted", 79), ("did not", 1)):
        system.count(key, n)
    system.total("came", ("voted", "did not"))
    system.shown("came", 80)
    system.at_least("voted", 77)
    assert system.given_away() == {"did not": (1, 0, 3)}


def test_the_attack_knows_how_many_parts_a_total_has():
    """Eleven people of two domains: neither is of eleven."""
    system = System()
    for key, n in (("came", 11), ("A", 4), ("B", 7)):
        system.count(key, n)
    system.total("came", ("A", "B"))
    system.shown("came", 11)
    assert system.given_away() == {}
    system.how_many(("A", "B"), 2)
    assert system.given_away() == {"A": (4, 1, 10), "B": (7, 1, 10)}


def test_who_takes_away_the_lines_of_orientations_reads_the_files():
    """The export is exact where the figures go by elevens: nobody reads both but the records."""
    assert ROLES_OF[Permission.EXPORT_EVENTS] <= ROLES_OF[Permission.FOLLOW]
