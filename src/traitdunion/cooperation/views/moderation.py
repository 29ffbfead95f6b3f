"""Page where the words sent by phones and guests are read: shown, corrected, refused, erased."""

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from traitdunion.accounts.access_decorators import person_of, requires
from traitdunion.accounts.forms import typed_key
from traitdunion.accounts.permissions import Permission

from ..models import Seance, Statement
from ..operations import CooperationError
from ..requested import organisation_of_session
from ..roadmap import published_words
from ..sessions import moderation, on_the_spot
from ..sessions.names import NameFinder, masked

LABELS = {
    "idee": "Idée", "regard": "Regard", "annonce": "Annuaire", "objection": "Objection",
    "situation": "Situation", "decision": "Décision",
    "raisonfiltre": "Raison d'un filtre", "evenement": "Fil d'une action",
    "engagement": "Engagement",
}  # fmt: skip
COLUMNS = {
    "texte": "Les mots", "organisation": "L'organisation", "vu": "Ce qu'elle voit",
    "levier": "Le levier", "quoi": "Quoi", "ou": "Où", "reponse": "La réponse",
    "prenom": "Le prénom d'emprunt", "recit": "La situation", "methode": "La méthode",
    "par": "Qui a décidé", "pourquoi": "Pourquoi",
}  # fmt: skip
LAST_ACTS = 30
SHOWN_AT_MOST = 200
LONGEST_TEXT = 5000
COMMITMENT_COLUMNS = {
    "quoi": "Ce qui est promis", "organisation_nom": "L'organisation", "unite": "L'unité",
    "contact": "Le contact", "preuve": "La preuve",
}  # fmt: skip


@requires(Permission.STEER, organisation_of_session)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def moderate(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what waits, what was refused, what is shown and may still be hidden."""
    seance = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    if request.method == "POST":
        try:
            messages.success(request, _done(request, seance))
        except CooperationError as refused:
            messages.error(request, str(refused))
        if request.POST.get("retour") == "regie":
            return redirect("cooperation:steer", slug=slug)
        return redirect(f"{request.path}#{request.POST.get('retour', 'contenu')}")
    shown = [
        (row, moderation.words_of(row))
        for rows in moderation.rows_of(seance).values()
        for row in rows.filter(propos="montre").order_by("-pk")[:SHOWN_AT_MOST]
    ]
    context = {
        "session": seance,
        "reasons": seance.refusal_reasons,
        "groups": [
            ("À relire", "attente", _cards(seance, moderation.waiting(seance))),
            ("Refusés", "refuse", _cards(seance, moderation.refused(seance))),
            ("Montrés", "montre", _cards(seance, shown)),
        ],
        "commitments": on_the_spot.waiting(seance),
        "published": _published_cards(seance),
        "news": published_words.news_of(seance)[:LAST_ACTS],
        "acts": [
            (moderation, LABELS.get(moderation.sorte, moderation.sorte))
            for moderation in seance.moderations.select_related("par").order_by("-pk")[:LAST_ACTS]
        ],
    }
    return render(request, "cooperation/moderation.html", context)


def _cards(seance: Seance, rows: list[tuple[Statement, dict[str, str]]]) -> list[dict[str, object]]:
    """Return what the page shows of each statement, with the names it proposes to mask."""
    cards, finder = [], NameFinder(seance)
    for row, words in rows:
        kind = moderation.kind_of(row)
        names = finder.names_in(" ".join(words.values()))
        cards.append(
            {
                "key": f"{kind}-{row.pk}",
                "kind": LABELS[kind],
                "row": row,
                "text": " – ".join(value for value in words.values() if value),
                "names": names,
                "fields": [
                    (
                        name,
                        COLUMNS[name],
                        masked(words.get(name, ""), names),
                        _longest(row, name),
                    )
                    for name in row.WORDS
                    if words.get(name)
                ],
            }
        )
    return cards


def _published_cards(seance: Seance) -> list[dict[str, object]]:
    """Return the commitments that the roadmap shows, with the names it proposes to mask."""
    finder, cards = NameFinder(seance), []
    for row in published_words.published_commitments(seance)[:SHOWN_AT_MOST]:
        words = {name: getattr(row, name) for name in COMMITMENT_COLUMNS if getattr(row, name)}
        names = finder.names_in(row.quoi)
        fields = [
            (name, COMMITMENT_COLUMNS[name], masked(value, names), _longest(row, name))
            for name, value in words.items()
        ]
        cards.append({"row": row, "fields": fields})
    return cards


def _longest(row: Model, name: str) -> int:
    return getattr(row._meta.get_field(name), "max_length", None) or LONGEST_TEXT


def _done(request: HttpRequest, seance: Seance) -> str:
    """Do what a button asks; return it in French."""
    kind, _, key = request.POST.get("propos", "").partition("-")
    number = typed_key(key)
    if kind == "engagement":
        return _commitment_read(request, seance, number)
    if kind == "publie":
        return _published_commitment(request, seance, number)
    if kind == "nouvelle":
        return _news_corrected(request, seance, number)
    row = moderation.statement(kind, number, seance=seance)
    if row is None:
        raise CooperationError("Ces mots ne sont plus là : rechargez la page.")
    by, now, what = person_of(request), timezone.now(), request.POST.get("faire")
    motif = request.POST.get("motif", "")
    if what == "montrer":
        moderation.show(by=by, row=row, now=now)
        return "C'est montré à la salle."
    if what == "refuser":
        moderation.refuse(by=by, row=row, motif=motif, now=now)
        return "C'est refusé : son auteur en lit le motif sur son téléphone."
    if what == "corriger":
        words = {
            name: request.POST.get(f"mot-{name}", "")[: _longest(row, name)] for name in row.WORDS
        }
        moderation.correct(by=by, row=row, words=words, now=now)
        return "C'est corrigé et montré ; les mots d'avant restent dans la trace."
    if what == "effacer":
        moderation.erase(by=by, row=row, motif=motif, now=now)
        return "C'est effacé partout ; la contribution reste comptée."
    raise CooperationError("Choisissez : montrer, corriger, refuser ou effacer.")


def _commitment_read(request: HttpRequest, seance: Seance, key: int) -> str:
    """Accept or refuse a commitment made in the room; return it in French."""
    row = next(
        (commitment for commitment in on_the_spot.waiting(seance) if commitment.pk == key), None
    )
    if row is None:
        raise CooperationError("Cet engagement n'attend plus : rechargez la page.")
    if request.POST.get("faire") == "montrer":
        on_the_spot.accept(by=person_of(request), commitment=row, now=timezone.now())
        return "L'engagement est en vigueur."
    motif = request.POST.get("motif", "")
    on_the_spot.refuse(by=person_of(request), commitment=row, motif=motif, now=timezone.now())
    return "L'engagement est refusé : son organisation en reçoit le motif."


def _published_commitment(request: HttpRequest, seance: Seance, key: int) -> str:
    """Correct or erase a commitment that the roadmap shows; return it in French."""
    row = published_words.published_commitments(seance).filter(pk=key).first()
    if row is None:
        raise CooperationError("Cet engagement n'est plus là : rechargez la page.")
    by, now = person_of(request), timezone.now()
    if request.POST.get("faire") == "effacer":
        motif = request.POST.get("motif", "")
        published_words.erase_commitment(by=by, commitment=row, motif=motif, now=now)
        return "L'engagement est effacé : son organisation en reçoit le motif."
    words = {
        name: request.POST.get(f"mot-{name}", "")[: _longest(row, name)]
        for name in COMMITMENT_COLUMNS
    }
    published_words.correct_commitment(by=by, commitment=row, words=words, now=now)
    return "L'engagement est corrigé partout."


def _news_corrected(request: HttpRequest, seance: Seance, key: int) -> str:
    """Replace the words of a pilot's news; return it in French."""
    event = published_words.news_of(seance).filter(pk=key).first()
    if event is None:
        raise CooperationError("Cette nouvelle n'est plus là : rechargez la page.")
    erased = request.POST.get("faire") == "effacer"
    words = "" if erased else request.POST.get("mot-texte", "")[:2000]
    published_words.correct_news(
        by=person_of(request), event=event, words=words, now=timezone.now()
    )
    return "C'est effacé du fil et des exports." if erased else "C'est corrigé partout."
