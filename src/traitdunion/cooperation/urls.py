"""Addresses of cooperation."""

from django.urls import path

from .actions import views as sheets
from .plan_import import views as plans
from .views import (
    commitments,
    committees,
    documents,
    evaluation,
    guests,
    news,
    phones,
    preparation,
    public,
    roadmaps,
    room,
    seats,
    steering,
    tables,
)

app_name = "cooperation"
urlpatterns = [
    path("cooperation/", public.sessions, name="sessions"),
    path("participer/", phones.join, name="join"),
    path("participer/<slug:code>/", phones.take_part, name="take-part"),
    path("evaluer/", evaluation.ballot, name="ballot"),
    path("cooperation/seances/<slug:slug>/bilan/", evaluation.bilan, name="bilan"),
    path("cooperation/seances/<slug:slug>/bilan.pdf", evaluation.bilan_document, name="bilan-pdf"),
    path("cooperation/seances/<slug:slug>/bulletins/", evaluation.ballots, name="ballots"),
    path("cooperation/actions/<int:pk>/", public.action, name="action"),
    path("nouvelles/<str:token>/", news.news, name="news"),
    path("cooperation/actions/<int:pk>/fiche/", sheets.sheet, name="sheet"),
    path("cooperation/actions/<int:pk>/fiche/essentiel/", sheets.essentials, name="essentials"),
    path("cooperation/actions/<int:pk>/fiche/etape/", sheets.new_step, name="new-step"),
    path("cooperation/actions/<int:pk>/fiche/<slug:kind>/", sheets.new_part, name="new-part"),
    path("cooperation/actions/<int:pk>/fiche/<slug:kind>/<int:part>/", sheets.part, name="part"),
    path(
        "cooperation/seances/<slug:slug>/feuille-de-route.pdf",
        documents.roadmap_document,
        name="roadmap-pdf",
    ),
    path(
        "cooperation/seances/<slug:slug>/feuille-de-route.odt",
        documents.roadmap_text,
        name="roadmap-odt",
    ),
    path("cooperation/seances/<slug:slug>/importer/", plans.import_plan, name="import-plan"),
    path("cooperation/plans/<int:pk>/", plans.plan, name="plan"),
    path("cooperation/plan-modele.xlsx", plans.plan_template, name="plan-template"),
    path("cooperation/seances/<slug:slug>/ressaisie/", documents.reentry, name="reentry"),
    path(
        "cooperation/seances/<slug:slug>/ressaisie.csv", documents.reentry_csv, name="reentry-csv"
    ),
    path(
        "cooperation/feuille-de-route.schema.json",
        documents.roadmap_schema,
        name="roadmap-schema",
    ),
    path(
        "cooperation/seances/<slug:slug>/feuille-de-route.xlsx",
        documents.roadmap_sheet,
        name="roadmap-xlsx",
    ),
    path(
        "cooperation/seances/<slug:slug>/feuille-de-route.ics",
        documents.roadmap_calendar,
        name="roadmap-ics",
    ),
    path("cooperation/actions/<int:pk>/suivre/", steering.follow, name="follow"),
    path("cooperation/idees/<int:pk>/", steering.idea, name="idea"),
    path("cooperation/seances/<slug:slug>/", public.session, name="session"),
    path("cooperation/seances/<slug:slug>/animer/", steering.steer, name="steer"),
    path("cooperation/seances/<slug:slug>/saisie/", steering.scribe, name="scribe"),
    path(
        "cooperation/seances/<slug:slug>/feuille-de-route/", roadmaps.roadmap_page, name="roadmap"
    ),
    path("cooperation/seances/<slug:slug>/filiation/", roadmaps.lineage, name="lineage"),
    path("cooperation/seances/<slug:slug>/qualite/", roadmaps.quality, name="quality"),
    path("cooperation/actions/<int:pk>/etat/", roadmaps.move, name="move"),
    path(
        "cooperation/seances/<slug:slug>/feuille-de-route.csv",
        public.roadmap_csv,
        name="roadmap-csv",
    ),
    path(
        "cooperation/seances/<slug:slug>/feuille-de-route.json",
        public.roadmap_json,
        name="roadmap-json",
    ),
    path(
        "organisations/<slug:organisation>/seances/nouvelle/",
        preparation.new_session,
        name="new-session",
    ),
    path("cooperation/seances/<slug:slug>/preparer/", preparation.prepare, name="prepare"),
    path("cooperation/seances/<slug:slug>/axes/nouveau/", preparation.new_axe, name="new-axe"),
    path("cooperation/axes/<int:pk>/", preparation.axe, name="axe"),
    path("cooperation/seances/<slug:slug>/invites/", guests.guests, name="guests"),
    path(
        "cooperation/seances/<slug:slug>/invites/importer/",
        guests.import_guests,
        name="import-guests",
    ),
    path("cooperation/seances/<slug:slug>/arrivees/", guests.arrivals, name="arrivals"),
    path("cooperation/invites/<int:pk>/", guests.guest, name="guest"),
    path("invitation/<str:token>/", guests.invitation, name="invitation"),
    path("badge/<str:code>/", guests.badge, name="badge"),
    path("invitation/<str:token>/seance.ics", guests.invitation_calendar, name="invitation-ics"),
    path("cooperation/seances/<slug:slug>/tables/", tables.tables, name="tables"),
    path(
        "cooperation/seances/<slug:slug>/imprimer/<slug:kind>.pdf", tables.printed, name="printed"
    ),
    path("cooperation/seances/<slug:slug>/ecran/", room.screen, name="screen"),
    path("cooperation/seances/<slug:slug>/consentement/", room.consent, name="consent"),
    path("cooperation/seances/<slug:slug>/feuilles/", room.papers, name="papers"),
    path("cooperation/feuilles/<int:pk>/", room.paper, name="paper"),
    path("cooperation/seances/<slug:slug>/situations/", room.situations, name="situations"),
    path("cooperation/annuaire/", room.directory, name="directory"),
    path("cooperation/comites/", committees.committees, name="committees"),
    path("cooperation/comites/<slug:slug>/", committees.committee, name="committee"),
    path(
        "cooperation/comites/<slug:slug>/sieges/nouveau/", committees.new_member, name="new-member"
    ),
    path(
        "organisations/<slug:organisation>/comites/nouveau/",
        seats.new_committee,
        name="new-committee",
    ),
    path("cooperation/comites/<slug:slug>/voix/", seats.votes, name="committee-votes"),
    path("cooperation/sieges/<int:pk>/", seats.seat, name="seat"),
    path("cooperation/reunions/<int:pk>/convoquer/", committees.convoke, name="convoke"),
    path(
        "cooperation/reunions/<int:pk>/proces-verbal.pdf",
        committees.minutes_document,
        name="minutes-pdf",
    ),
    path(
        "cooperation/comites/<slug:slug>/reunions/nouvelle/",
        committees.new_meeting,
        name="new-meeting",
    ),
    path("cooperation/reunions/<int:pk>/", committees.meeting, name="meeting"),
    path("cooperation/reunions/<int:pk>/seconde/", committees.second_notice, name="second-notice"),
    path("cooperation/reunions/<int:pk>/presences/", committees.attendance, name="attendance"),
    path("cooperation/reunions/<int:pk>/votes/nouveau/", committees.new_vote, name="new-vote"),
    path("cooperation/reunions/<int:pk>/proces-verbal/", committees.minutes, name="minutes"),
    path(
        "organisations/<slug:organisation>/engagements/",
        commitments.commitments,
        name="commitments",
    ),
]
