"""Addresses of the levers."""

from django.urls import path

from . import views
from .scenarios import views as scenario_views

app_name = "levers"
urlpatterns = [
    path("leviers/", views.territory, name="territory"),
    path("leviers/note.pdf", views.note, name="note"),
    path("leviers/proposer/", views.propose_first, name="propose-first"),
    path("proposition/<str:token>/", views.answer, name="answer"),
    path("leviers/<slug:organisation>/proposer/", views.propose, name="propose"),
    path("leviers/<slug:organisation>/propositions/", views.proposals, name="proposals"),
    path("leviers/<slug:organisation>/propositions/<int:pk>/retirer/", views.withdraw,
         name="withdraw"),
    path("leviers/<slug:organisation>/reglages/", views.settings, name="settings"),
    path("leviers/<slug:organisation>/destinataires/<int:pk>/supprimer/", views.delete_recipient,
         name="delete-recipient"),
    path("leviers/<slug:organisation>/scenarios/", scenario_views.scenarios, name="scenarios"),
    path("leviers/<slug:organisation>/scenarios/<int:pk>/", scenario_views.scenario,
         name="scenario"),
    path("leviers/<slug:organisation>/scenarios/<int:pk>/supprimer/", scenario_views.delete,
         name="delete-scenario"),
]  # fmt: skip
