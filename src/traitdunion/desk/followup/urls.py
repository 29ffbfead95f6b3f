"""Addresses of the follow-up: a reference drawn at random, never anything of a person."""

from django.urls import path

from . import views

app_name = "followup"
urlpatterns = [
    path("organisations/<slug:organisation>/parcours/", views.files, name="files"),
    path("organisations/<slug:organisation>/parcours/garder/", views.keep, name="keep"),
    path("organisations/<slug:organisation>/parcours/nouveau/", views.new, name="new"),
    path("organisations/<slug:organisation>/protection/", views.protection, name="protection"),
    path("parcours/<uuid:pk>/", views.parcours, name="parcours"),
    path("parcours/<uuid:pk>/besoin/", views.need, name="need"),
    path("parcours/<uuid:pk>/accord/", views.agreement, name="agreement"),
    path("parcours/<uuid:pk>/faire/", views.act, name="act"),
    path("parcours/<uuid:pk>/journal/", views.journal, name="journal"),
]
