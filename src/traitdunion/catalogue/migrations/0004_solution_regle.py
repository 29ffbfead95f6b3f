from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("catalogue", "0003_every_type_with_its_columns")]

    operations = [
        migrations.AddField(
            model_name="solution",
            name="regle",
            field=models.SlugField(
                blank=True,
                help_text="Nom de la règle qui dit qui y a droit ; elle remplace le texte des "
                "conditions.",
                max_length=60,
                verbose_name="règle",
            ),
        ),
    ]
