"""Addresses of the desk."""

from django.urls import path

from . import views
from .sheet import views as sheet_views

app_name = "desk"
urlpatterns = [
    path("", views.question, name="question"),
    path("aides/", views.aids, name="aids"),
    path("et-si/", views.what_if, name="what-if"),
    path("fiche/", sheet_views.sheet, name="sheet"),
    path("communes/", views.communes, name="communes"),
    path("contours/", views.contours, name="contours"),
]
