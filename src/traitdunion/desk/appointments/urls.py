"""Addresses of appointments."""

from django.urls import path

from . import views

app_name = "appointments"
urlpatterns = [
    path("organisations/<slug:organisation>/rendez-vous/", views.tool, name="tool"),
    path("rendez-vous/<slug:organisation>/notifications/", views.notify, name="notify"),
]
