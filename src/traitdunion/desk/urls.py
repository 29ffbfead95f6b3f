"""Addresses of the desk."""

from django.urls import path

from . import views

app_name = "desk"
urlpatterns = [
    path("", views.question, name="question"),
    path("aides/", views.aids, name="aids"),
    path("et-si/", views.what_if, name="what-if"),
    path("communes/", views.communes, name="communes"),
    path("contours/", views.contours, name="contours"),
]
