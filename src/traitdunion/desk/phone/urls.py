"""Addresses of the phone desk."""

from django.urls import path

from . import views

app_name = "phone"
urlpatterns = [
    path("organisations/<slug:organisation>/telephone/", views.phone, name="phone"),
    path("organisations/<slug:organisation>/telephone/prendre/", views.take, name="take"),
    path("organisations/<slug:organisation>/telephone/fin/", views.end, name="end"),
]
