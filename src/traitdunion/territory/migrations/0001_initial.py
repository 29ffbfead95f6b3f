"""Tables of territory."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Epci',
            fields=[
                ('siren', models.CharField(max_length=9, primary_key=True, serialize=False, verbose_name='SIREN')),
                ('nom', models.CharField(max_length=150)),
                ('type', models.CharField(choices=[('CC', 'communauté de communes'), ('CA', "communauté d'agglomération"), ('CU', 'communauté urbaine'), ('ME', 'métropole')], max_length=2)),
            ],
            options={
                'verbose_name': 'EPCI',
                'verbose_name_plural': 'EPCI',
                'ordering': ['siren'],
                'constraints': [models.CheckConstraint(condition=models.Q(('type__in', ['CC', 'CA', 'CU', 'ME'])), name='territory_epci_type_known')],
            },
        ),
        migrations.CreateModel(
            name='Region',
            fields=[
                ('code', models.CharField(max_length=2, primary_key=True, serialize=False, verbose_name='code INSEE')),
                ('nom', models.CharField(max_length=60)),
            ],
            options={
                'verbose_name': 'région',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='TerritoryEdition',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('source', models.CharField(max_length=120)),
                ('licence', models.CharField(max_length=60)),
                ('population_year', models.PositiveSmallIntegerField(verbose_name='année de population')),
                ('digest', models.CharField(max_length=64)),
                ('departements_with_boundaries', models.JSONField(verbose_name='départements dont les contours sont chargés')),
                ('departement', models.CharField(blank=True, default='', max_length=3, verbose_name='département servi')),
                ('voisins', models.JSONField(blank=True, default=list, verbose_name='ses voisins')),
            ],
            options={
                'verbose_name': 'édition du territoire',
                'verbose_name_plural': 'éditions du territoire',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='territory_only_one_edition')],
            },
        ),
        migrations.CreateModel(
            name='Departement',
            fields=[
                ('code', models.CharField(max_length=3, primary_key=True, serialize=False, verbose_name='code INSEE')),
                ('nom', models.CharField(max_length=60)),
                ('nom_avec_charniere', models.CharField(max_length=70)),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='departements', to='territory.region')),
            ],
            options={
                'verbose_name': 'département',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Commune',
            fields=[
                ('code_insee', models.CharField(max_length=5, primary_key=True, serialize=False, verbose_name='code INSEE')),
                ('nom', models.CharField(max_length=80)),
                ('nom_avec_charniere', models.CharField(max_length=90)),
                ('cle', models.CharField(db_index=True, max_length=80, verbose_name='clé de recherche')),
                ('departement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='communes', to='territory.departement')),
                ('epci', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='communes', to='territory.epci', verbose_name='EPCI')),
                ('population', models.PositiveIntegerField(blank=True, null=True)),
                ('codes_postaux', models.JSONField(blank=True, default=list, verbose_name='codes postaux')),
                ('lat', models.FloatField(verbose_name='latitude')),
                ('lon', models.FloatField(verbose_name='longitude')),
                ('point_source', models.CharField(choices=[('mairie', 'mairie'), ('interieur', "point à l'intérieur de la commune"), ('voisinage', 'milieu des communes voisines (estimé)')], default='mairie', max_length=10, verbose_name='origine du point')),
                ('boundary', models.TextField(blank=True, null=True, verbose_name='contour (GeoJSON)')),
            ],
            options={
                'ordering': ['code_insee'],
                'constraints': [models.CheckConstraint(condition=models.Q(('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), name='territory_commune_point_on_earth'), models.CheckConstraint(condition=models.Q(('point_source__in', ['mairie', 'interieur', 'voisinage'])), name='territory_commune_point_source_known'), models.CheckConstraint(condition=models.Q(('nom', ''), _negated=True), name='territory_commune_has_a_name'), models.CheckConstraint(condition=models.Q(('code_insee__startswith', models.F('departement'))), name='territory_commune_code_begins_like_its_departement')],
            },
        ),
        migrations.CreateModel(
            name='PartieDeCommune',
            fields=[
                ('code_insee', models.CharField(max_length=5, primary_key=True, serialize=False, verbose_name='code INSEE')),
                ('type', models.CharField(choices=[('arrondissement', 'arrondissement municipal'), ('deleguee', 'commune déléguée'), ('associee', 'commune associée')], max_length=14)),
                ('nom', models.CharField(max_length=80)),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='territory.commune')),
            ],
            options={
                'verbose_name': 'partie de commune',
                'verbose_name_plural': 'parties de communes',
                'ordering': ['code_insee'],
                'constraints': [models.CheckConstraint(condition=models.Q(('type__in', ['arrondissement', 'deleguee', 'associee'])), name='territory_partie_type_known')],
            },
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('code', models.SlugField(max_length=80, primary_key=True, serialize=False, verbose_name='code')),
                ('nom', models.CharField(max_length=120)),
                ('employeur', models.CharField(max_length=120)),
                ('siret', models.CharField(blank=True, max_length=14, verbose_name='SIRET')),
                ('lat', models.FloatField(verbose_name='latitude')),
                ('lon', models.FloatField(verbose_name='longitude')),
                ('precis', models.BooleanField(default=False, verbose_name='entrée située')),
                ('demonstration', models.BooleanField(default=False)),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='territory.commune')),
            ],
            options={
                'verbose_name': "site d'un employeur",
                'verbose_name_plural': 'sites des employeurs',
                'ordering': ['employeur', 'nom'],
                'constraints': [models.CheckConstraint(condition=models.Q(('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), name='territory_site_point_on_earth'), models.CheckConstraint(condition=models.Q(('nom', ''), _negated=True), name='territory_site_has_a_name'), models.UniqueConstraint(fields=('employeur', 'nom'), name='territory_site_one_name_by_employer')],
            },
        ),
        migrations.CreateModel(
            name='Equipe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nom', models.CharField(max_length=60)),
                ('jours', models.JSONField(verbose_name='jours')),
                ('debut_s', models.PositiveIntegerField(verbose_name='début (s après minuit)')),
                ('fin_s', models.PositiveIntegerField(verbose_name='fin (s après minuit)')),
                ('personnes', models.PositiveIntegerField(null=True, verbose_name='personnes')),
                ('decalable_min', models.PositiveSmallIntegerField(null=True, verbose_name='décalable de (min)')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='equipes', to='territory.site')),
            ],
            options={
                'verbose_name': "équipe d'un site",
                'verbose_name_plural': 'équipes des sites',
                'ordering': ['site', 'debut_s', 'nom'],
                'constraints': [models.UniqueConstraint(fields=('site', 'nom'), name='territory_equipe_one_name_a_site'), models.CheckConstraint(condition=models.Q(('debut_s__lt', 86400), ('fin_s__gt', models.F('debut_s'))), name='territory_equipe_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('fin_s__lte', django.db.models.expressions.CombinedExpression(models.F('debut_s'), '+', models.Value(86400)))), name='territory_equipe_lasts_a_day_at_most')],
            },
        ),
    ]
