"""Tables of accounts."""

import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('cache_key', models.CharField(max_length=255, primary_key=True, serialize=False, verbose_name='compteur')),
                ('value', models.TextField(verbose_name='valeur')),
                ('expires', models.DateTimeField(db_index=True, verbose_name="jusqu'au")),
            ],
            options={
                'verbose_name': "compteur d'essais",
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='adresse électronique')),
                ('nom', models.CharField(blank=True, max_length=100, verbose_name='nom affiché')),
                ('telephone', models.CharField(blank=True, max_length=30, verbose_name='téléphone professionnel')),
                ('is_active', models.BooleanField(default=True, verbose_name='peut se connecter')),
                ('demonstration', models.BooleanField(default=False, verbose_name='personne de démonstration')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
            ],
            options={
                'verbose_name': 'personne',
                'ordering': ['email'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_once_whatever_the_case')],
            },
        ),
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session ouverte',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProviderIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identities', to=settings.AUTH_USER_MODEL)),
                ('issuer', models.URLField(verbose_name='fournisseur')),
                ('sub', models.CharField(max_length=255, verbose_name='identifiant chez le fournisseur')),
                ('linked_at', models.DateTimeField(verbose_name='relié le')),
            ],
            options={
                'verbose_name': 'identité chez un fournisseur',
                'constraints': [models.UniqueConstraint(fields=('issuer', 'sub'), name='provider_identity_once'), models.UniqueConstraint(fields=('issuer', 'user'), name='one_identity_by_provider')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('slug', models.SlugField(max_length=60, primary_key=True, serialize=False, verbose_name='identifiant')),
                ('nom', models.CharField(max_length=150, verbose_name='nom')),
                ('courriel', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique')),
                ('telephone', models.CharField(blank=True, max_length=30, verbose_name='téléphone')),
                ('demonstration', models.BooleanField(default=False, verbose_name='organisation de démonstration')),
            ],
            options={
                'verbose_name': 'organisation',
                'ordering': ['nom'],
            },
        ),
        migrations.CreateModel(
            name='Access',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='le')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='accesses', to='accounts.organisation')),
                ('action', models.CharField(choices=[('consulter', 'a consulté'), ('creer', 'a créé'), ('modifier', 'a modifié'), ('publier', 'a publié'), ('archiver', 'a archivé'), ('proposer', 'a proposé'), ('accepter', 'a accepté'), ('refuser', 'a refusé'), ('inviter', 'a invité'), ('retirer', 'a retiré'), ('importer', 'a importé'), ('annuler', 'a annulé'), ('exporter', 'a exporté'), ('suivre', 'a suivi'), ('orienter', 'a orienté'), ('repondre', 'a répondu'), ('relancer', 'a relancé'), ('anonymiser', 'a anonymisé'), ('demander', 'a demandé de remettre à zéro la connexion de'), ('remettre', 'a remis à zéro la double vérification de'), ('effacer', 'a effacé'), ('relier', "a relié à un fournisseur d'identité"), ('detacher', "a détaché du fournisseur d'identité")], max_length=12, verbose_name='action')),
                ('target_type', models.CharField(max_length=40, verbose_name='nature')),
                ('target_id', models.CharField(max_length=80, verbose_name='identifiant')),
                ('target_label', models.CharField(blank=True, max_length=160, verbose_name='libellé')),
            ],
            options={
                'verbose_name': 'accès',
                'verbose_name_plural': 'accès',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['organisation', '-at'], name='access_of_organisation'), models.Index(fields=['target_type', 'target_id'], name='access_of_target')],
                'constraints': [models.CheckConstraint(condition=models.Q(('action__in', ['consulter', 'creer', 'modifier', 'publier', 'archiver', 'proposer', 'accepter', 'refuser', 'inviter', 'retirer', 'importer', 'annuler', 'exporter', 'suivre', 'orienter', 'repondre', 'relancer', 'anonymiser', 'demander', 'remettre', 'effacer', 'relier', 'detacher'])), name='access_action_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.organisation')),
                ('email', models.EmailField(max_length=254, verbose_name='adresse électronique')),
                ('role', models.CharField(choices=[('conseiller', 'Conseiller'), ('mms', 'Maison de la mobilité solidaire'), ('prestataire', 'Prestataire'), ('pilotage', 'Pilotage'), ('dpo', 'Délégué à la protection des données'), ('editeur_catalogue', 'Éditeur du catalogue'), ('contributeur', 'Contributeur'), ('administrateur', 'Administrateur')], max_length=20, verbose_name='rôle')),
                ('token_hash', models.CharField(max_length=64, unique=True, verbose_name='empreinte du secret')),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(verbose_name='envoyée le')),
                ('expires_at', models.DateTimeField(verbose_name="valable jusqu'au")),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='acceptée le')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='retirée le')),
            ],
            options={
                'verbose_name': 'invitation',
                'ordering': ['-created_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['conseiller', 'mms', 'prestataire', 'pilotage', 'dpo', 'editeur_catalogue', 'contributeur', 'administrateur'])), name='invitation_role_is_known'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='invitation_expires_after_it_is_sent'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None), _connector='OR'), name='invitation_accepted_or_revoked')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='accounts.organisation')),
                ('role', models.CharField(choices=[('conseiller', 'Conseiller'), ('mms', 'Maison de la mobilité solidaire'), ('prestataire', 'Prestataire'), ('pilotage', 'Pilotage'), ('dpo', 'Délégué à la protection des données'), ('editeur_catalogue', 'Éditeur du catalogue'), ('contributeur', 'Contributeur'), ('administrateur', 'Administrateur')], max_length=20, verbose_name='rôle')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='depuis le')),
            ],
            options={
                'verbose_name': "rôle d'une personne",
                'ordering': ['organisation', 'user', 'role'],
                'constraints': [models.UniqueConstraint(fields=('user', 'organisation', 'role'), name='membership_role_once'), models.CheckConstraint(condition=models.Q(('role__in', ['conseiller', 'mms', 'prestataire', 'pilotage', 'dpo', 'editeur_catalogue', 'contributeur', 'administrateur'])), name='membership_role_is_known')],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=460, unique=True, verbose_name='acte et destinataire')),
                ('identifier', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identifiant')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('to', models.EmailField(max_length=254, verbose_name='destinataire')),
                ('to_person_followed', models.BooleanField(default=False, verbose_name='à une personne suivie')),
                ('reply_to', models.CharField(blank=True, max_length=400, verbose_name='réponse à')),
                ('subject', models.CharField(max_length=300, verbose_name='objet')),
                ('body', models.TextField(blank=True, verbose_name='texte et pièces jointes, scellés')),
                ('created_at', models.DateTimeField(verbose_name='demandé le')),
                ('waiting_since', models.DateTimeField(verbose_name='en attente depuis le')),
                ('due_at', models.DateTimeField(verbose_name='prochain essai le')),
                ('state', models.CharField(choices=[('attend', 'En attente'), ('en_cours', "En cours d'envoi"), ('parti', 'Parti'), ('echec', 'Échec'), ('abandonne', 'Abandonné')], default='attend', max_length=10, verbose_name='état')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='essais')),
                ('entrusted_at', models.DateTimeField(blank=True, null=True, verbose_name='remise commencée le')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='ce qui a manqué')),
                ('claim', models.UUIDField(blank=True, null=True, verbose_name='envoi en cours')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name="réservé jusqu'au")),
                ('printed_at', models.DateTimeField(blank=True, null=True, verbose_name='écrit dans le terminal le')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='parti ou abandonné le')),
            ],
            options={
                'verbose_name': 'message à envoyer',
                'verbose_name_plural': 'messages à envoyer',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['attend', 'en_cours'])), fields=['due_at'], name='message_due'), models.Index(fields=['state', 'waiting_since'], name='message_state'), models.Index(fields=['organisation', '-created_at'], name='message_of_organisation')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['attend', 'en_cours', 'parti', 'echec', 'abandonne'])), name='message_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', False), ('claimed_until__isnull', False), ('state', 'en_cours')), models.Q(models.Q(('state', 'en_cours'), _negated=True), ('claim', None), ('claimed_until', None)), _connector='OR'), name='message_being_sent_is_claimed'), models.CheckConstraint(condition=models.Q(models.Q(('body', ''), ('ended_at__isnull', False), ('state__in', ['parti', 'abandonne'])), models.Q(models.Q(('state__in', ['parti', 'abandonne']), _negated=True), ('ended_at', None)), _connector='OR'), name='message_ended_keeps_no_text')],
            },
        ),
        migrations.CreateModel(
            name='SecurityReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='security_resets', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('second_factor', 'double vérification'), ('identity', "lien avec le fournisseur d'identité")], max_length=20, verbose_name='nature')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('asked_at', models.DateTimeField(verbose_name='demandée le')),
                ('due_at', models.DateTimeField(verbose_name='faite le, sauf refus')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='close le')),
                ('outcome', models.CharField(blank=True, choices=[('done', 'faite'), ('refused', 'refusée')], max_length=10, verbose_name='issue')),
                ('agreements', models.ManyToManyField(related_name='+', to='accounts.organisation')),
            ],
            options={
                'verbose_name': "remise à zéro d'une connexion",
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('person', 'kind'), name='one_open_reset_of_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(('ended_at__isnull', False), ('outcome__in', ['done', 'refused'])), _connector='OR'), name='reset_ends_with_an_outcome'), models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('asked_at'))), name='reset_is_due_after_it_is_asked')],
            },
        ),
        migrations.CreateModel(
            name='ErasureRun',
            fields=[
                ('command', models.CharField(max_length=20, primary_key=True, serialize=False, verbose_name='commande')),
                ('at', models.DateTimeField(verbose_name='dernier passage')),
            ],
            options={
                'verbose_name': "passage d'effacement",
                'verbose_name_plural': "passages d'effacement",
            },
        ),
        migrations.CreateModel(
            name='ScheduledWork',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='nom')),
                ('due_at', models.DateTimeField(verbose_name='prochain passage')),
                ('claim', models.UUIDField(blank=True, null=True, verbose_name='prise')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name="prise jusqu'à")),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='dernier départ')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='dernière fin')),
                ('outcome', models.CharField(choices=[('jamais', 'pas encore lancé'), ('fait', 'fait'), ('echec', 'en échec'), ('sans_objet', 'sans objet ici')], default='jamais', max_length=12, verbose_name='issue')),
                ('message', models.CharField(blank=True, max_length=500, verbose_name='ce que la commande a écrit')),
            ],
            options={
                'verbose_name': 'travail planifié',
                'verbose_name_plural': 'travaux planifiés',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('claim', None), ('claimed_until', None)), models.Q(('claim__isnull', False), ('claimed_until__isnull', False), ('started_at__isnull', False)), _connector='OR'), name='work_claimed_has_an_end')],
            },
        ),
        migrations.AddField(
            model_name='Organisation',
            name='members',
            field=models.ManyToManyField(related_name='organisations', through='accounts.Membership', to=settings.AUTH_USER_MODEL),
        ),
    ]
