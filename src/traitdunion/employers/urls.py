"""Addresses of the pages for employers."""

from django.urls import path

from .views import (
    clubs,
    conventions,
    diagnoses,
    followup,
    groups,
    occupations,
    pages,
    readings,
    site_requests,
    sites,
    speakers,
    testimonies,
)

app_name = "employers"
urlpatterns = [
    path("employeurs/", pages.home, name="home"),
    path("employeurs/accueillir/", pages.welcome, name="welcome"),
    path("employeurs/immersion/", pages.immersion, name="immersion"),
    path("employeurs/sites/", pages.sites, name="sites"),
    path("employeurs/sites/<slug:code>/", pages.site, name="site"),
    path("employeurs/sites/<slug:code>/fiche.pdf", pages.site_paper, name="site-paper"),
    path("employeurs/sites/<slug:code>/communes.csv", pages.site_communes, name="site-communes"),
    path("employeurs/metiers/", occupations.occupations, name="occupations"),
    path("employeurs/metiers/proposes/", occupations.titles, name="titles"),
    path("employeurs/metiers/projets.csv", occupations.projects, name="projects"),
    path(
        "organisations/<slug:organisation>/sites/<slug:code>/postes/",
        occupations.posts,
        name="posts",
    ),
    path("employeurs/action/", clubs.action, name="action"),
    path("employeurs/action/<int:pk>/releves/", readings.readings, name="readings"),
    path("employeurs/kit/", clubs.kit, name="kit"),
    path("employeurs/clubs/", clubs.clubs, name="clubs"),
    path("employeurs/clubs/<slug:slug>/", clubs.club, name="club"),
    path("employeurs/clubs/<slug:slug>/calendrier.ics", clubs.club_feed, name="club-feed"),
    path("employeurs/clubs/<slug:slug>/tenir/", clubs.club_desk, name="club-desk"),
    path("employeurs/clubs/<slug:slug>/annoncer/", clubs.new_meeting, name="new-meeting"),
    path("employeurs/clubs/<slug:slug>/groupes/nouveau/", groups.new_group, name="new-group"),
    path("employeurs/groupes.csv", groups.groups_table, name="groups-table"),
    path("employeurs/groupes/<int:pk>/", groups.group, name="group"),
    path("employeurs/rencontres/<int:pk>/", clubs.meeting, name="meeting"),
    path("employeurs/rencontre/<str:token>/", clubs.organiser, name="organiser"),
    path("employeurs/bilan/<str:token>/", followup.counts, name="counts"),
    path("organisations/<slug:organisation>/clubs/", clubs.desk, name="desk"),
    path("organisations/<slug:organisation>/intervenants/", speakers.speakers, name="speakers"),
    path(
        "organisations/<slug:organisation>/temoignages/",
        testimonies.moderation,
        name="moderation",
    ),
    path("employeurs/temoignages/", testimonies.testimonies, name="testimonies"),
    path(
        "organisations/<slug:organisation>/conventions/",
        conventions.conventions,
        name="conventions",
    ),
    path(
        "organisations/<slug:organisation>/intervenants/partages/",
        conventions.shared_pool,
        name="shared-pool",
    ),
    path(
        "organisations/<slug:organisation>/demandes-aux-sites/partagees/",
        conventions.shared_requests,
        name="shared-requests",
    ),
    path("employeurs/intervenants/<int:pk>/", speakers.speaker, name="speaker"),
    path("organisations/<slug:organisation>/sites/", sites.kept_sites, name="kept-sites"),
    path("organisations/<slug:organisation>/sites/<slug:code>/", sites.shifts, name="shifts"),
    path(
        "organisations/<slug:organisation>/sites/<slug:code>/diagnostic/",
        diagnoses.diagnosis,
        name="diagnosis",
    ),
    path("employeurs/fichiers/<int:pk>/", sites.import_sites_page, name="import-sites"),
    path("employeurs/demandes/<int:pk>/", speakers.speaker_request, name="request"),
    path("employeurs/ma-parole/<str:token>/", speakers.own_word, name="own-word"),
    path(
        "organisations/<slug:organisation>/demandes-aux-sites/",
        site_requests.site_requests,
        name="site-requests",
    ),
    path(
        "employeurs/demandes-recues/<str:token>/", site_requests.site_answers, name="site-answers"
    ),
]
