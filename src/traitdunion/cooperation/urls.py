"""Addresses of cooperation."""

from django.urls import path

from .views import commitments, phones, public, steering

app_name = "cooperation"
urlpatterns = [
    path("cooperation/", public.sessions, name="sessions"),
    path("participer/", phones.join, name="join"),
    path("participer/<slug:code>/", phones.take_part, name="take-part"),
    path("cooperation/actions/<int:pk>/", public.action, name="action"),
    path("cooperation/actions/<int:pk>/suivre/", steering.follow, name="follow"),
    path("cooperation/idees/<int:pk>/", steering.idea, name="idea"),
    path("cooperation/seances/<slug:slug>/", public.session, name="session"),
    path("cooperation/seances/<slug:slug>/animer/", steering.steer, name="steer"),
    path("cooperation/seances/<slug:slug>/saisie/", steering.scribe, name="scribe"),
    path("cooperation/seances/<slug:slug>/feuille-de-route/", public.roadmap_page, name="roadmap"),
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
        "organisations/<slug:organisation>/engagements/",
        commitments.commitments,
        name="commitments",
    ),
]
