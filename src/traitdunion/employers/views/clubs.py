"""Pages of the clubs: public calendar, kit, link of an organiser, desk of who keeps a club."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion import french
from traitdunion.accounts.access_decorators import (
    OrganisationRequest,
    by_link,
    person_of,
    public,
    requires,
)
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.site import site_address
from traitdunion.disclosure import K
from traitdunion.sources.bounded.faults import Unreadable

from ..clubs import operations, queries
from ..clubs.calendar import feed_of
from ..clubs.calendar_files import MAX_BYTES, read_calendar
from ..clubs.forms import (
    CalendarForm,
    ClubForm,
    KitForm,
    MeetingForm,
    PlanForm,
    PromiseForm,
    RecordForm,
)
from ..clubs.groups import lines_of
from ..clubs.kit import kit_of
from ..enums import Secteur, Taille
from ..errors import EmployersError
from ..indicators import report
from ..models import Club, DemandeIntervenant, Rencontre
from ..roadmap_readings import actions_fed_by
from ..speakers import operations as speaker_operations
from ..speakers.forms import RequestForm
from ..speakers.queries import announced, announced_of, intermediaries

PAGE = ["GET", "HEAD", "POST"]
PER_PAGE = 50
DEFAULT_MIN = 20


def organisation_of_meeting(pk: int) -> Organisation:
    rows = Rencontre.objects.select_related("club__organisation")
    return get_object_or_404(rows, pk=pk).club.organisation


@public
@require_safe
def clubs(request: HttpRequest) -> HttpResponse:
    """List the clubs, with how many public meetings each has announced."""
    rows = queries.with_counts(timezone.localdate())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "employers/clubs/clubs.html", {"page": page})


@public
@require_safe
def action(request: HttpRequest) -> HttpResponse:
    """Show what became of the retained action, all clubs together."""
    context = {
        "report": report(on=timezone.localdate()),
        "k": K,
        "fed": actions_fed_by(request.user),
    }
    return render(request, "employers/action.html", context)


@public
@require_safe
def club(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the public meetings of a club, those to come first."""
    row = get_object_or_404(Club.objects.select_related("epci"), pk=slug)
    today = timezone.localdate()
    meetings = queries.public_meetings(row)
    past = meetings.filter(tenue_le__lt=today).reverse()
    page = Paginator(past, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "club": row,
        "groups": lines_of(row.groupes.filter(publique=True), request.user, on=today),
        "coming": _with_speakers(list(meetings.filter(tenue_le__gte=today)[:PER_PAGE])),
        "page": page,
        "past": _with_speakers(list(page.object_list)),
    }
    return render(request, "employers/clubs/club.html", context)


def _with_speakers(meetings: list[Rencontre]) -> list[tuple[Rencontre, list[str]]]:
    names = announced_of(meetings, on=timezone.localdate())
    return [(row, names.get(row.pk, [])) for row in meetings]


@public
@require_safe
def club_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the public meetings as a calendar file, from a year ago on."""
    row = get_object_or_404(Club, pk=slug)
    since = timezone.localdate() - timedelta(days=365)
    url = site_address(request) + reverse("employers:club", kwargs={"slug": slug})
    meetings = list(queries.public_meetings(row).filter(tenue_le__gte=since))
    made = feed_of(row, _with_speakers(meetings), url=url, now=timezone.now())
    response = HttpResponse(made, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{slug}.ics"'
    return response


@public
@require_safe
def kit(request: HttpRequest) -> HttpResponse:
    """Show the kit of a length, a sector and a size, to paste and to print."""
    asked = {"duree": str(DEFAULT_MIN), "secteur": Secteur.TOUS, "taille": Taille.TOUTES}
    given = {name: request.GET[name] for name in asked if name in request.GET}
    form = KitForm({**asked, **given})
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        data = form.cleaned_data
        context["kit"] = kit_of(
            int(data["duree"]), Secteur(data["secteur"]), Taille(data["taille"])
        )
    return render(request, "employers/clubs/kit.html", context)


@by_link
@require_http_methods(PAGE)
def organiser(request: HttpRequest, token: str) -> HttpResponse:
    """Show a meeting to its organiser: the kit before, what happened after."""
    row = Rencontre.by_token(token)
    today = timezone.localdate()
    if row is None:
        raise Http404("Ce lien n'ouvre aucune rencontre.")
    if not row.link_is_open(today):
        return render(request, "employers/clubs/organiser_ended.html", {"meeting": row}, status=410)
    what = request.POST.get("faire", "")
    plan = PlanForm(request.POST if what == "prevoir" else None, initial=_planned(row))
    record = RecordForm(request.POST if what == "raconter" else None, initial=_recorded(row))
    promised = PromiseForm(request.POST if what == "engager" else None)
    held = intermediaries()
    invite = RequestForm(request.POST if what == "inviter" else None, intermediaries=held)
    asked = {"prevoir": plan, "raconter": record, "engager": promised, "inviter": invite}.get(what)
    if asked is not None and asked.is_valid():
        try:
            messages.success(request, _done(request, row, asked))
        except EmployersError as refused:
            asked.add_error(None, str(refused))
        else:
            return redirect(request.path)
    context = {
        "meeting": row,
        "is_past": row.tenue_le < today,
        "is_due": row.tenue_le <= today,
        "plan": plan,
        "report": record,
        "invite": invite if held else None,
        "requests": DemandeIntervenant.objects.filter(rencontre=row).select_related(
            "intermediaire"
        ),
        "speakers": announced(row, on=today, to_all=False),
        "promise": promised,
        "wrong": asked,
        "kit": kit_of(
            row.duree_bloc or DEFAULT_MIN, Secteur(row.club.secteur), Taille(row.club.taille)
        ),
        "promises": row.engagements.select_related("engagement__organisation"),
    }
    status = 422 if asked is not None and asked.errors else 200
    return render(request, "employers/clubs/organiser.html", context, status=status)


def _planned(row: Rencontre) -> dict[str, Any]:
    chosen = {"prevu": str(row.duree_bloc), "non_prevu": "non"}
    return {"duree": chosen.get(row.bloc, "")}


def _recorded(row: Rencontre) -> dict[str, Any]:
    if not row.is_recorded:
        return {"minutes": row.duree_bloc}
    held = "oui" if row.bloc == "tenu" else "non"
    return {"tenu": held, "minutes": row.minutes, "paroles": row.paroles, "idees": row.idees}


def _done(request: HttpRequest, row: Rencontre, form: Any) -> str:
    """Do what the organiser asks; return it in French."""
    now = timezone.now()
    if isinstance(form, PlanForm):
        planned = operations.plan_block(meeting=row, minutes=form.minutes(), now=now)
        return "C'est noté." if planned.duree_bloc is None else "C'est prévu : le kit est prêt."
    if isinstance(form, RecordForm):
        operations.record_meeting(meeting=row, outcome=form.outcome(), now=now)
        return "Merci, le compte rendu est enregistré."
    if isinstance(form, RequestForm):
        speaker_operations.request(
            meeting=row, site=site_address(request), now=now, **form.values()
        )
        return "La demande est partie : l'intermédiaire vous répond."
    operations.promise(meeting=row, site=site_address(request), now=now, **form.values())
    return "L'entreprise reçoit un message : son engagement vaut dès qu'elle le confirme."


@requires(Permission.KEEP_CLUBS)
@require_http_methods(PAGE)
def desk(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """List the clubs of an organisation, and create one."""
    form = _club_form(request)
    if request.method == "POST" and form.is_valid():
        made = operations.create_club(
            by=person_of(request), organisation=request.organisation, now=timezone.now(),
            **form.cleaned_data,
        )  # fmt: skip
        messages.success(request, "Le club est créé : annoncez sa prochaine rencontre.")
        return redirect("employers:club-desk", slug=made.pk)
    context = {
        "organisation": request.organisation,
        "clubs": queries.with_counts(timezone.localdate()).filter(
            organisation=request.organisation
        ),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "employers/clubs/desk.html", context, status=status)


@requires(Permission.KEEP_CLUBS, queries.organisation_of_club)
@require_http_methods(PAGE)
def club_desk(request: OrganisationRequest, slug: str) -> HttpResponse:
    """Show all meetings of a club to who keeps it, and correct the club."""
    row = get_object_or_404(Club.objects.select_related("organisation", "action"), pk=slug)
    taken = CalendarForm(request.POST, request.FILES) if "importer" in request.POST else None
    if taken is not None and taken.is_valid() and _taken(request, row, taken):
        return redirect("employers:club-desk", slug=slug)
    form = _club_form(request, instance=row, is_bound=taken is None)
    if taken is None and request.method == "POST" and form.is_valid():
        operations.correct_club(
            by=person_of(request), club=row, values=form.cleaned_data, now=timezone.now()
        )
        messages.success(request, "C'est enregistré.")
        return redirect("employers:club-desk", slug=slug)
    meetings = row.rencontres.order_by("-tenue_le", "-pk")
    context = {
        "club": row,
        "groups": row.groupes.all(),
        "page": Paginator(meetings, PER_PAGE).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
        "form": form,
        "calendar": taken or CalendarForm(),
    }
    is_wrong = form.errors or (taken is not None and taken.errors)
    return render(
        request, "employers/clubs/club_desk.html", context, status=422 if is_wrong else 200
    )


def _taken(request: OrganisationRequest, row: Club, form: CalendarForm) -> bool:
    """Import the calendar file of a valid form; return False where it cannot be read."""
    try:
        meetings, faults = read_calendar(form.cleaned_data["agenda"].read(MAX_BYTES + 1))
        created, changed = operations.import_meetings(
            by=person_of(request), club=row, meetings=meetings, now=timezone.now()
        )
    except (EmployersError, Unreadable) as refused:
        form.add_error("agenda", str(refused))
        return False
    added = french.counted(created, "rencontre ajoutée", "rencontres ajoutées")
    messages.success(request, f"{added}, {french.counted(changed, 'modifiée')}.")
    if faults:
        messages.warning(request, "Laissé de côté : " + " ; ".join(map(str, faults[:5])))
    return True


def _club_form(
    request: HttpRequest, instance: Club | None = None, *, is_bound: bool = True
) -> ClubForm:
    actions = queries.actions_for(request.user)
    given = request.POST or None if is_bound else None
    return ClubForm(given, instance=instance, actions=actions)


@requires(Permission.KEEP_CLUBS, queries.organisation_of_club)
@require_http_methods(PAGE)
def new_meeting(request: OrganisationRequest, slug: str) -> HttpResponse:
    """Announce a meeting of a club."""
    row = get_object_or_404(Club.objects.select_related("organisation"), pk=slug)
    form = MeetingForm(request.POST or None, club=row)
    if request.method == "POST" and form.is_valid():
        operations.announce(by=person_of(request), club=row, now=timezone.now(), **form.values())
        messages.success(request, "La rencontre est annoncée.")
        return redirect("employers:club-desk", slug=slug)
    context = {"club": row, "form": form}
    status = 422 if form.errors else 200
    return render(request, "employers/clubs/meeting.html", context, status=status)


@requires(Permission.KEEP_CLUBS, organisation_of_meeting)
@require_http_methods(PAGE)
def meeting(request: OrganisationRequest, pk: int) -> HttpResponse:
    """Correct or cancel a meeting, and give the link of its organiser."""
    row = get_object_or_404(
        Rencontre.objects.select_related("club__organisation", "commune"), pk=pk
    )
    initial = {"ou": row.commune.label if row.commune else ""}
    what = request.POST.get("faire", "")
    given = request.POST if what == "corriger" else None
    form = MeetingForm(given, instance=row, initial=initial, club=row.club)
    if what == "annuler" or (what == "corriger" and form.is_valid()):
        kept = Rencontre.objects.select_related("club__organisation").get(pk=pk)
        try:
            if what == "annuler":
                operations.cancel(by=person_of(request), meeting=kept, now=timezone.now())
            else:
                operations.correct_meeting(
                    by=person_of(request), meeting=kept, values=form.values(), now=timezone.now()
                )
        except EmployersError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "C'est enregistré.")
        return redirect("employers:meeting", pk=pk)
    link = site_address(request) + reverse("employers:organiser", kwargs={"token": row.token})
    context = {"club": row.club, "meeting": row, "form": form, "link": link}
    status = 422 if form.errors else 200
    return render(request, "employers/clubs/meeting.html", context, status=status)
