from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('decisions', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='ballot',
            name='mandate',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='ballot',
            name='ratified_by_id',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='ballot',
            name='rev',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='ballot',
            name='told_by_id',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='decision',
            name='proposer_id',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='decision',
            name='subject_keys',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='paper',
            name='stored',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='proposal',
            name='consulted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='proposal',
            name='why',
            field=models.TextField(blank=True),
        ),
    ]
