import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_people_and_organisations'),
        ('catalogue', '0004_solution_regle'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Regle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=60, verbose_name='identifiant')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='version')),
                ('statut', models.CharField(choices=[('brouillon', 'Brouillon'), ('publie', 'Publié'), ('archive', 'Archivé')], default='brouillon', max_length=10, verbose_name='statut')),
                ('content', models.JSONField(verbose_name='règle')),
                ('at', models.DateTimeField(verbose_name='modifiée le')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='regles', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'règle',
                'ordering': ['name', '-version'],
                'constraints': [models.UniqueConstraint(fields=('name', 'version'), name='regle_version_once'), models.UniqueConstraint(condition=models.Q(('statut', 'brouillon')), fields=('name',), name='regle_one_draft'), models.CheckConstraint(condition=models.Q(('statut__in', ['brouillon', 'publie', 'archive'])), name='regle_statut_is_known', violation_error_message='« statut » ne prend que : brouillon, publie, archive.')],
            },
        ),
    ]
