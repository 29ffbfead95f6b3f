"""Page that invites many people by a table: nothing is sent before a second press."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from traitdunion import french
from traitdunion.sources.bounded.faults import Unreadable

from ..access_decorators import OrganisationRequest, requires
from ..enums import Role
from ..permissions import Permission
from .operations import already_there, invite_all, take_back
from .reading import PersonRow, read_people

MAX_BYTES = 1_000_000
SALT = "accounts.member_files"
VALID_S = 3600


class PeopleFileForm(forms.Form):
    """A table of people, one row a role."""

    fichier = forms.FileField(
        label="Votre fichier",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text="CSV ou XLSX, 1 Mo au plus. Rien ne part avant votre accord.",
    )

    def clean_fichier(self) -> Any:
        """Return the file; ValidationError where it is too large."""
        file = self.cleaned_data["fichier"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("Le fichier dépasse 1 Mo.")
        return file


@requires(Permission.MANAGE_MEMBERS)
@require_http_methods(["GET", "HEAD", "POST"])
def members_file(request: OrganisationRequest, organisation: str) -> HttpResponse:
    """Take a table, show what it would send, send it, or take the last sending back."""
    step = request.POST.get("faire", "")
    if step == "inviter":
        return _send(request)
    if step == "annuler":
        return _take_back(request)
    form = PeopleFileForm(request.POST or None, request.FILES or None, label_suffix="")
    context: dict[str, Any] = {"organisation": request.organisation, "roles": Role}
    if request.method == "POST" and form.is_valid():
        try:
            rows, faults = read_people(form.cleaned_data["fichier"].read())
        except Unreadable as wrong:
            form.add_error("fichier", str(wrong))
        else:
            held = already_there(request.organisation, rows)
            new = [row for row in rows if (row.email, row.role) not in held]
            context |= {
                "rows": new, "n_there": len(rows) - len(new), "faults": faults, "read": True,
                "kept": _sealed(request, new),
            }  # fmt: skip
    sent_at = parse_datetime(request.GET.get("envoi", "").replace(" ", "+"))
    context |= {"form": form, "sent_at": sent_at.isoformat() if sent_at else ""}
    status = 422 if form.errors else 200
    return render(request, "accounts/members_file.html", context, status=status)


def _sealed(request: OrganisationRequest, rows: list[PersonRow]) -> str:
    """Return the rows as the page sends them back, which no one else can change."""
    values = [[row.line, row.email, row.role.value] for row in rows]
    return signing.dumps([request.organisation.pk, values], salt=SALT, compress=True)


def _send(request: OrganisationRequest) -> HttpResponse:
    slug, now = request.organisation.pk, timezone.now()
    try:
        of, values = signing.loads(request.POST.get("lu", ""), salt=SALT, max_age=VALID_S)
    except signing.BadSignature:
        of, values = None, []
    if of != slug:
        messages.error(request, "Cet aperçu n'est plus valable : choisissez le fichier de nouveau.")
        return redirect("accounts:members-file", organisation=slug)
    rows = [PersonRow(line, email, Role(role)) for line, email, role in values]
    n_sent, n_left = invite_all(
        by=request.user, organisation=request.organisation, rows=rows, now=now
    )
    left = f" {french.counted(n_left, 'ligne')} : déjà membre ou invité." if n_left else ""
    done = french.counted(n_sent, "invitation enregistrée", "invitations enregistrées")
    messages.success(request, f"{done}.{left}")
    response = redirect("accounts:members-file", organisation=slug)
    response["Location"] += f"?envoi={now.isoformat().replace('+', '%2B')}"
    return response


def _take_back(request: OrganisationRequest) -> HttpResponse:
    sent_at = parse_datetime(request.POST.get("envoi", ""))
    n_rows = 0
    if sent_at is not None and timezone.is_aware(sent_at):
        n_rows = take_back(
            by=request.user, organisation=request.organisation, sent_at=sent_at, now=timezone.now()
        )
    done = french.counted(n_rows, "invitation retirée", "invitations retirées")
    messages.success(request, f"{done} : ces liens n'ouvrent plus rien.")
    return redirect("accounts:members", organisation=request.organisation.pk)
