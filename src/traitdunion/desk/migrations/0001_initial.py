"""Tables of desk."""

import django.db.models.deletion
import traitdunion.matching.answer
import traitdunion.matching.situation
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('catalogue', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='accounts.organisation')),
                ('week', models.DateField(verbose_name="semaine de l'appel (lundi)")),
                ('appelant', models.CharField(choices=[('personne', 'La personne'), ('proche', 'Un proche'), ('professionnel', 'Un professionnel'), ('employeur', 'Un employeur')], max_length=14, verbose_name='qui appelle')),
                ('issue', models.CharField(blank=True, choices=[('renseigne', 'Renseigné'), ('oriente', 'Orienté'), ('rien_trouve', 'Rien trouvé'), ('rappeler', 'Rappeler')], max_length=12, verbose_name='issue')),
                ('n_searches', models.PositiveSmallIntegerField(default=0, verbose_name='recherches')),
            ],
            options={
                'verbose_name': 'appel',
                'ordering': ['-week', 'pk'],
                'indexes': [models.Index(fields=['organisation', 'week'], name='call_of_week')],
                'constraints': [models.CheckConstraint(condition=models.Q(('appelant__in', ['personne', 'proche', 'professionnel', 'employeur'])), name='call_caller_is_known'), models.CheckConstraint(condition=models.Q(('issue__in', ['', 'renseigne', 'oriente', 'rien_trouve', 'rappeler'])), name='call_outcome_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True, verbose_name='empreinte')),
                ('received_at', models.DateTimeField(verbose_name='reçue le')),
            ],
            options={
                'verbose_name': 'notification reçue',
                'verbose_name_plural': 'notifications reçues',
            },
        ),
        migrations.CreateModel(
            name='OutilRendezVous',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='outil_rendez_vous', serialize=False, to='accounts.organisation')),
                ('adresse', models.CharField(max_length=300, verbose_name='adresse de prise de rendez-vous')),
                ('secret', models.TextField(verbose_name='secret partagé, scellé')),
                ('changed_at', models.DateTimeField(verbose_name='réglé le')),
            ],
            options={
                'verbose_name': 'outil de rendez-vous',
                'verbose_name_plural': 'outils de rendez-vous',
            },
        ),
        migrations.CreateModel(
            name='Parcours',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parcours', to='accounts.organisation')),
                ('initiales', models.CharField(blank=True, max_length=4, verbose_name='initiales')),
                ('annee_naissance', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='année de naissance')),
                ('situations', models.JSONField(default=list, verbose_name='situations')),
                ('objectifs', models.JSONField(default=list, verbose_name='objectifs')),
                ('prioritaire', models.BooleanField(default=False, verbose_name='la mobilité est sa contrainte prioritaire')),
                ('libelle', models.CharField(blank=True, max_length=40, verbose_name='repère privé')),
                ('nom', models.CharField(blank=True, max_length=100, verbose_name='nom')),
                ('telephone', models.CharField(blank=True, max_length=30, verbose_name='téléphone')),
                ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique')),
                ('agreed_at', models.DateTimeField(blank=True, null=True, verbose_name='accord donné le')),
                ('agreed_text', models.TextField(blank=True, verbose_name='accord donné à')),
                ('agreed_with', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_at', models.DateTimeField(verbose_name='ouvert le')),
                ('touched_at', models.DateTimeField(verbose_name='dernier contact le')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='clos le')),
                ('issue', models.CharField(blank=True, choices=[('en_emploi', 'En emploi'), ('en_formation', 'En formation'), ('mobile', "La mobilité n'est plus un frein, sans emploi pour l'instant"), ('ailleurs', 'Suivie ailleurs, ou partie du territoire'), ('arret', 'Ne souhaite plus être suivie'), ('sans_nouvelles', 'Sans nouvelles'), ('autre', 'Autre')], max_length=16, verbose_name='issue')),
                ('en_emploi_le', models.DateField(blank=True, null=True, verbose_name='en emploi depuis le')),
                ('anonymised_at', models.DateTimeField(blank=True, null=True, verbose_name='anonymisé le')),
            ],
            options={
                'verbose_name': 'parcours',
                'verbose_name_plural': 'parcours',
                'ordering': ['-touched_at', 'pk'],
                'indexes': [models.Index(fields=['organisation', '-touched_at'], name='parcours_of_organisation'), models.Index(fields=['touched_at'], name='parcours_touched')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('courriel', ''), ('nom', ''), ('telephone', '')), ('agreed_at__isnull', False), _connector='OR'), name='parcours_contact_only_with_agreement'), models.CheckConstraint(condition=models.Q(('anonymised_at', None), models.Q(('agreed_at', None), ('annee_naissance', None), ('initiales', ''), ('libelle', '')), _connector='OR'), name='parcours_anonymised_is_nobody'), models.CheckConstraint(condition=models.Q(('issue', ''), models.Q(('closed_at__isnull', False), ('issue__in', ['en_emploi', 'en_formation', 'mobile', 'ailleurs', 'arret', 'sans_nouvelles', 'autre'])), _connector='OR'), name='parcours_outcome_once_closed')],
            },
        ),
        migrations.CreateModel(
            name='Search',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('week', models.DateField(verbose_name='semaine de la question (lundi)')),
                ('home_area', models.CharField(max_length=9, verbose_name='secteur du domicile')),
                ('work_area', models.CharField(max_length=9, verbose_name='secteur du travail')),
                ('horaire', models.CharField(choices=[('matin', 'Matin'), ('apres_midi', 'Après-midi'), ('nuit', 'Nuit'), ('journee', 'Journée'), ('coupe', 'Coupé'), ('week_end', 'Week-end')], max_length=12, verbose_name='horaire')),
                ('n_days', models.PositiveSmallIntegerField(verbose_name='jours par semaine')),
                ('permis', models.CharField(choices=[(traitdunion.matching.situation.Permis['AUCUN'], 'sans permis'), (traitdunion.matching.situation.Permis['AM'], 'permis AM'), (traitdunion.matching.situation.Permis['B'], 'permis B'), (traitdunion.matching.situation.Permis['INCONNU'], 'permis non précisé')], max_length=8, verbose_name='permis')),
                ('vehicule', models.CharField(choices=[(traitdunion.matching.situation.Vehicule['AUCUN'], 'sans véhicule'), (traitdunion.matching.situation.Vehicule['VELO'], 'avec un vélo'), (traitdunion.matching.situation.Vehicule['DEUX_ROUES'], 'avec un deux-roues motorisé'), (traitdunion.matching.situation.Vehicule['VOITURE'], 'avec une voiture'), (traitdunion.matching.situation.Vehicule['INCONNU'], 'véhicule non précisé')], max_length=12, verbose_name='véhicule')),
                ('n_sure', models.PositiveSmallIntegerField(verbose_name='solutions sûres')),
                ('n_to_check', models.PositiveSmallIntegerField(verbose_name='solutions à vérifier')),
                ('filtre', models.CharField(blank=True, choices=[(traitdunion.matching.answer.Filtre['ZONE'], 'Zone'), (traitdunion.matching.answer.Filtre['ALLER'], 'Aller'), (traitdunion.matching.answer.Filtre['RETOUR'], 'Retour'), (traitdunion.matching.answer.Filtre['PREAVIS'], 'Réservation'), (traitdunion.matching.answer.Filtre['BESOINS'], 'Besoins'), (traitdunion.matching.answer.Filtre['ELIGIBILITE'], 'Conditions'), (traitdunion.matching.answer.Filtre['CAPACITE'], 'Disponibilité'), (traitdunion.matching.answer.Filtre['COUT'], 'Coût')], max_length=12, verbose_name='filtre qui a écarté la dernière')),
                ('demonstration', models.BooleanField(default=False, verbose_name='réseau de démonstration')),
            ],
            options={
                'verbose_name': 'recherche',
                'indexes': [models.Index(fields=['week'], name='search_week')],
                'constraints': [models.CheckConstraint(condition=models.Q(('filtre', ''), models.Q(('n_sure', 0), ('n_to_check', 0)), _connector='OR'), name='search_filtre_only_where_nothing_is_left'), models.CheckConstraint(condition=models.Q(('horaire__in', ['matin', 'apres_midi', 'nuit', 'journee', 'coupe', 'week_end'])), name='search_horaire_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parcours', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='desk.parcours')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('since', models.DateTimeField(verbose_name='depuis le')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name="jusqu'au")),
            ],
            options={
                'verbose_name': 'accompagnant',
                'ordering': ['since', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('parcours', 'user'), name='follower_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='KeptAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parcours', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='desk.parcours')),
                ('document', models.JSONField(verbose_name='réponse')),
                ('kept_at', models.DateTimeField(verbose_name='gardée le')),
                ('kept_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'réponse gardée',
                'ordering': ['-kept_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RendezVous',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parcours', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rendez_vous', to='desk.parcours')),
                ('reference', models.CharField(max_length=20, unique=True, verbose_name='référence')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField(verbose_name='demandé le')),
                ('statut', models.CharField(choices=[('demande', 'À prendre'), ('pris', 'Pris'), ('honore', 'Honoré'), ('absent', 'Absence'), ('annule', 'Annulé')], max_length=10, verbose_name='statut')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='commence le')),
                ('external_id', models.CharField(blank=True, max_length=40, verbose_name="clé dans l'outil")),
                ('event_at', models.DateTimeField(blank=True, null=True, verbose_name='su le')),
            ],
            options={
                'verbose_name': 'rendez-vous',
                'verbose_name_plural': 'rendez-vous',
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('statut__in', ['demande', 'pris', 'honore', 'absent', 'annule'])), name='appointment_statut_is_known'), models.CheckConstraint(condition=models.Q(('statut', 'demande'), ('event_at__isnull', False), _connector='OR'), name='appointment_known_by_an_event')],
            },
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parcours', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to='desk.parcours')),
                ('query', models.CharField(max_length=4000, verbose_name='question')),
                ('label', models.CharField(max_length=300, verbose_name='en mots')),
                ('saved_at', models.DateTimeField(verbose_name='gardée le')),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered', models.BooleanField(verbose_name='a une réponse')),
                ('checked_at', models.DateTimeField(verbose_name='posée de nouveau le')),
                ('appeared_at', models.DateTimeField(blank=True, null=True, verbose_name='réponse apparue le')),
                ('told_at', models.DateTimeField(blank=True, null=True, verbose_name='dite le')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='vue le')),
            ],
            options={
                'verbose_name': 'recherche surveillée',
                'verbose_name_plural': 'recherches surveillées',
                'ordering': ['saved_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('parcours', 'query'), name='search_saved_once'), models.CheckConstraint(condition=models.Q(('appeared_at', None), ('answered', True), _connector='OR'), name='search_appeared_is_answered')],
            },
        ),
        migrations.CreateModel(
            name='Orientation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('parcours', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='orientations', to='desk.parcours')),
                ('structure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orientations', to='catalogue.structure')),
                ('solution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.solution')),
                ('solution_nom', models.CharField(max_length=150, verbose_name='solution')),
                ('answer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='desk.keptanswer')),
                ('message', models.TextField(blank=True, verbose_name='message à la structure')),
                ('statut', models.CharField(choices=[('a_moderer', 'À modérer'), ('ouverte', 'Ouverte'), ('en_attente', "Sur liste d'attente"), ('acceptee', 'Acceptée'), ('refusee', 'Refusée'), ('expiree', 'Expirée'), ('retiree', 'Retirée')], max_length=12, verbose_name='statut')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(verbose_name='faite le')),
                ('sent_to', models.EmailField(blank=True, max_length=254, verbose_name='envoyée à')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='envoyée le')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='relancée le')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='réponse le')),
                ('motif', models.CharField(blank=True, choices=[('non_joignable', 'Personne non joignable'), ('absent', 'Personne absente au rendez-vous'), ('en_emploi', 'Personne en emploi'), ('en_formation', 'Personne en formation'), ('non_eligible', 'Personne non éligible'), ('non_mobile', 'Personne non mobile'), ('non_interesse', 'Personne non intéressée'), ('freins_peripheriques', 'Freins périphériques'), ('session_complete', 'Session complète'), ('doublon', 'Orientation en doublon'), ('autre', 'Autre'), ('plus_de_place', 'Plus de place ou de véhicule'), ('horaires', 'Horaires non couverts'), ('zone', 'Zone non desservie'), ('delai', 'Délai trop long'), ('reste_a_charge', 'Reste à charge trop élevé')], max_length=24, verbose_name='motif du refus')),
                ('commentaire', models.TextField(blank=True, verbose_name='commentaire de la structure')),
                ('started_on', models.DateField(blank=True, null=True, verbose_name='commencée le')),
                ('meeting_at', models.DateTimeField(blank=True, null=True, verbose_name='date proposée')),
                ('meeting_words', models.CharField(blank=True, max_length=200, verbose_name='lieu ou précision')),
                ('listed_at', models.DateTimeField(blank=True, null=True, verbose_name="sur liste d'attente depuis le")),
                ('rang', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='rang sur la liste')),
                ('expected_on', models.DateField(blank=True, null=True, verbose_name='place attendue le')),
                ('attente', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='catalogue.attente')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='retirée le')),
            ],
            options={
                'verbose_name': 'orientation',
                'ordering': ['-created_at', 'pk'],
                'indexes': [models.Index(fields=['statut', 'sent_at'], name='orientation_statut_sent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('statut__in', ['a_moderer', 'ouverte', 'en_attente', 'acceptee', 'refusee', 'expiree', 'retiree'])), name='orientation_statut_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('motif__in', ['non_joignable', 'absent', 'en_emploi', 'en_formation', 'non_eligible', 'non_mobile', 'non_interesse', 'freins_peripheriques', 'session_complete', 'doublon', 'autre', 'plus_de_place', 'horaires', 'zone', 'delai', 'reste_a_charge']), ('statut', 'refusee')), models.Q(models.Q(('statut', 'refusee'), _negated=True), ('motif', '')), _connector='OR'), name='orientation_refused_for_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('statut__in', ('acceptee', 'refusee'))), models.Q(models.Q(('statut__in', ('acceptee', 'refusee')), _negated=True), ('answered_at', None)), _connector='OR'), name='orientation_answered_has_its_day'), models.CheckConstraint(condition=models.Q(models.Q(('statut__in', ('ouverte', 'en_attente')), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='orientation_open_was_sent'), models.CheckConstraint(condition=models.Q(('started_on', None), ('statut', 'acceptee'), _connector='OR'), name='orientation_started_was_accepted'), models.CheckConstraint(condition=models.Q(models.Q(('statut', 'en_attente'), _negated=True), ('listed_at__isnull', False), _connector='OR'), name='orientation_waits_since_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('statut', 'retiree'), ('withdrawn_at__isnull', False)), models.Q(models.Q(('statut', 'retiree'), _negated=True), ('withdrawn_at', None)), _connector='OR'), name='orientation_withdrawn_has_its_day'), models.UniqueConstraint(condition=models.Q(('statut__in', ['a_moderer', 'ouverte', 'en_attente'])), fields=('parcours', 'structure'), name='orientation_waits_once_for_a_structure')],
            },
        ),
        migrations.CreateModel(
            name='AnswerLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('orientation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='desk.orientation')),
                ('token_hash', models.CharField(max_length=64, unique=True, verbose_name='empreinte du secret')),
                ('created_at', models.DateTimeField(verbose_name='envoyé le')),
                ('expires_at', models.DateTimeField(verbose_name="valable jusqu'au")),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='employé le')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='remplacé le')),
            ],
            options={
                'verbose_name': 'lien de réponse',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='link_expires_after_it_is_sent')],
            },
        ),
        migrations.CreateModel(
            name='CheckPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('orientation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='checkpoints', to='desk.orientation')),
                ('month', models.PositiveSmallIntegerField(verbose_name='mois après le début')),
                ('asked_at', models.DateTimeField(verbose_name='demandé le')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='répondu le')),
                ('servi', models.CharField(blank=True, choices=[('oui', 'Oui'), ('non', 'Non'), ('sans_nouvelles', 'Sans nouvelles')], max_length=16, verbose_name='encore servi')),
                ('en_emploi', models.BooleanField(blank=True, null=True, verbose_name='en emploi')),
            ],
            options={
                'verbose_name': 'point de suivi',
                'ordering': ['month'],
                'constraints': [models.UniqueConstraint(fields=('orientation', 'month'), name='checkpoint_once_a_month'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('servi', '')), models.Q(('answered_at__isnull', False), ('servi__in', ['oui', 'non', 'sans_nouvelles'])), _connector='OR'), name='checkpoint_answered_says_whether_served')],
            },
        ),
        migrations.CreateModel(
            name='SentMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('orientation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='desk.orientation')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('kind', models.CharField(choices=[('envoi', 'Orientation'), ('relance', 'Relance'), ('reponse', 'Réponse de la structure'), ('expiration', 'Orientation expirée'), ('suivi', 'Point de suivi'), ('liste', "Liste d'attente"), ('place', 'Place libérée'), ('retrait', 'Orientation retirée'), ('veille', 'Recherches surveillées'), ('date', 'Date proposée'), ('relire', 'Demande à relire'), ('personne', 'Nouvelles à la personne')], max_length=12, verbose_name='nature')),
                ('to', models.EmailField(max_length=254, verbose_name='destinataire')),
                ('subject', models.CharField(max_length=160, verbose_name='objet')),
                ('at', models.DateTimeField(verbose_name='le')),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='ce qui a manqué')),
                ('message', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.outgoingmessage')),
            ],
            options={
                'verbose_name': 'message envoyé',
                'verbose_name_plural': 'messages envoyés',
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['envoi', 'relance', 'reponse', 'expiration', 'suivi', 'liste', 'place', 'retrait', 'veille', 'date', 'relire', 'personne'])), name='mail_kind_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('organisation__isnull', False), ('orientation', None)), models.Q(('organisation', None), ('orientation__isnull', False)), _connector='OR'), name='mail_is_about_something')],
            },
        ),
    ]
