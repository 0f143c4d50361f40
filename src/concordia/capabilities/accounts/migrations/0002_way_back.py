"""From when a link back works: until now nobody could make one."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='approved_at',
            field=models.DateTimeField(null=True),
        ),
    ]
