"""Addresses of the rules that organisations write."""

from django.urls import path

from . import views as rule_views

app_name = "regles"
urlpatterns = [
    path("organisations/<slug:organisation>/regles/", rule_views.rules, name="rules"),
    path("organisations/<slug:organisation>/regles/nouvelle/", rule_views.rule, name="new"),
    path("organisations/<slug:organisation>/regles/<slug:name>/", rule_views.rule, name="rule"),
    path(
        "organisations/<slug:organisation>/regles/<slug:name>/relue/",
        rule_views.read_again,
        name="read-again",
    ),
    path(
        "organisations/<slug:organisation>/regles/<slug:name>/archiver/",
        rule_views.archive,
        name="archive",
    ),
]
