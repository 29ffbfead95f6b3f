import secrets

import django.db.models.deletion
from django.db import migrations, models

import traitdunion.cooperation.models.guests


def draw_badges(apps, schema_editor):
    for guest in apps.get_model("cooperation", "Invite").objects.filter(badge=None):
        guest.badge = secrets.token_urlsafe(16)
        guest.save(update_fields=["badge"])


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0007_reminders")]

    operations = [
        migrations.AddField(
            "invite",
            "badge",
            models.CharField(max_length=32, null=True, verbose_name="code du badge"),
        ),
        migrations.RunPython(draw_badges, migrations.RunPython.noop),
        migrations.AlterField(
            "invite",
            "badge",
            models.CharField(
                default=traitdunion.cooperation.models.guests.draw_token,
                max_length=32,
                unique=True,
                verbose_name="code du badge",
            ),
        ),
        migrations.AddField(
            "invite",
            "carte_publique",
            models.BooleanField(
                default=False, verbose_name="accepte que son badge montre sa carte"
            ),
        ),
        migrations.AddField(
            "regard",
            "cle",
            models.CharField(
                editable=False, max_length=36, null=True, unique=True, verbose_name="clé d'envoi"
            ),
        ),
        migrations.CreateModel(
            name="PresenceComptee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "groupe",
                    models.CharField(
                        choices=[
                            ("domaine", "domaine"),
                            ("college", "collège"),
                            ("epci", "intercommunalité"),
                        ],
                        max_length=8,
                        verbose_name="groupe",
                    ),
                ),
                ("nom", models.CharField(max_length=150, verbose_name="nom du groupe")),
                ("nombre", models.PositiveIntegerField(verbose_name="présents")),
                (
                    "seance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences_comptees",
                        to="cooperation.seance",
                    ),
                ),
            ],
            options={
                "verbose_name": "présence comptée",
                "verbose_name_plural": "présences comptées",
                "ordering": ["groupe", "-nombre", "nom"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(groupe__in=["domaine", "college", "epci"]),
                        name="presence_comptee_groupe_is_known",
                    ),
                    models.UniqueConstraint(
                        fields=("seance", "groupe", "nom"), name="presence_comptee_once"
                    ),
                ],
            },
        ),
    ]
