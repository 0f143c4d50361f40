"""The first tables of accounts, and the shared cache that limits and replay guards live in."""

import concordia.capabilities.accounts.models
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

# The columns django.core.cache.backends.db reads and writes; made here so that nobody has to by hand.
CACHE_TABLE = migrations.SeparateDatabaseAndState(
    database_operations=[
        migrations.CreateModel(
            name='Cache',
            fields=[
                ('cache_key', models.CharField(max_length=255, primary_key=True, serialize=False)),
                ('value', models.TextField()),
                ('expires', models.DateTimeField(db_index=True)),
            ],
            options={'db_table': 'concordia_cache'},
        )
    ]
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        CACHE_TABLE,
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('taken_until', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.CharField(default=concordia.capabilities.accounts.models._letter_id, max_length=40, primary_key=True, serialize=False)),
                ('to', models.EmailField(max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('written_at', models.DateTimeField()),
                ('try_at', models.DateTimeField(db_index=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.CharField(default=concordia.capabilities.accounts.models._user_id, max_length=40, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('language', models.CharField(default='nl', max_length=2)),
                ('theme', models.CharField(choices=[('system', 'as the device is set'), ('light', 'light'), ('dark', 'dark')], default='system', max_length=6)),
                ('is_active', models.BooleanField(default=True)),
                ('example', models.BooleanField(default=False)),
                ('date_joined', models.DateTimeField()),
                ('stamp', models.CharField(default=concordia.capabilities.accounts.models.new_stamp, max_length=32)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='one_account_per_address'), models.CheckConstraint(condition=models.Q(('language__in', ('nl', 'en'))), name='account_language_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.CharField(default=concordia.capabilities.accounts.models._invitation_id, max_length=40, primary_key=True, serialize=False)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('subject', models.CharField(blank=True, db_index=True, max_length=120)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('redeemed_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('redeemed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('returning', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-made_at', 'id'),
                'constraints': [models.CheckConstraint(condition=models.Q(('redeemed_at__isnull', True), ('revoked_at__isnull', True), _connector='OR'), name='invitation_is_used_or_revoked_not_both'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), ('made_by__isnull', True), models.Q(('approved_by', models.F('made_by')), _negated=True), _connector='OR'), name='returning_takes_two_people')],
            },
        ),
    ]

