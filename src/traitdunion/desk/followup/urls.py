"""Addresses of the follow-up: a reference drawn at random, never anything of a person."""

from django.urls import path

from . import morning_views, orientation_views, outcome_views, views

app_name = "followup"
urlpatterns = [
    path("ce-matin/", morning_views.first, name="first"),
    path("organisations/<slug:organisation>/ce-matin/", morning_views.morning, name="morning"),
    path("organisations/<slug:organisation>/parcours/", views.files, name="files"),
    path("organisations/<slug:organisation>/parcours/garder/", views.keep, name="keep"),
    path("organisations/<slug:organisation>/parcours/nouveau/", views.new, name="new"),
    path("organisations/<slug:organisation>/protection/", views.protection, name="protection"),
    path("organisations/<slug:organisation>/courriels/", orientation_views.mails, name="mails"),
    path(
        "organisations/<slug:organisation>/orientations/a-relire/",
        orientation_views.waiting,
        name="waiting",
    ),
    path(
        "organisations/<slug:organisation>/orientations/recues/",
        orientation_views.received,
        name="received",
    ),
    path("organisations/<slug:organisation>/suivi/", outcome_views.figures, name="figures"),
    path(
        "organisations/<slug:organisation>/suivi/imer/",
        outcome_views.export_events,
        name="export-events",
    ),
    path("parcours/<uuid:pk>/export/", outcome_views.export, name="export"),
    path("parcours/<uuid:pk>/effacer/", outcome_views.erase, name="erase"),
    path("orientations/<uuid:pk>/debut/", outcome_views.start, name="start"),
    path("orientations/<uuid:pk>/point/<int:month>/", outcome_views.point, name="point"),
    path("parcours/<uuid:pk>/orienter/", orientation_views.orient, name="orient"),
    path("orientations/merci/", orientation_views.answered, name="answered"),
    path("orientations/<uuid:pk>/", orientation_views.orientation, name="orientation"),
    path("orientations/<uuid:pk>/renvoyer/", orientation_views.send_again, name="send-again"),
    path("orientations/<uuid:pk>/relire/", orientation_views.moderate, name="moderate"),
    path("orientations/<uuid:pk>/repondre/", orientation_views.reply, name="reply"),
    path("orientations/<uuid:pk>/retirer/", orientation_views.withdraw, name="withdraw"),
    path("orientations/inscrite/", orientation_views.listed, name="listed"),
    path("orientations/nouveau-lien/", orientation_views.renewed, name="renewed"),
    path("repondre/<str:token>/nouveau/", orientation_views.renew, name="renew"),
    path("repondre/<str:token>/", orientation_views.answer, name="answer"),
    path("parcours/<uuid:pk>/", views.parcours, name="parcours"),
    path("parcours/<uuid:pk>/besoin/", views.need, name="need"),
    path("parcours/<uuid:pk>/accord/", views.agreement, name="agreement"),
    path("parcours/<uuid:pk>/faire/", views.act, name="act"),
    path("parcours/<uuid:pk>/clore/", views.close, name="close"),
    path("parcours/<uuid:pk>/journal/", views.journal, name="journal"),
]
