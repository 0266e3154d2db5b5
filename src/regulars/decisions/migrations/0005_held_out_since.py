# The years of a shop that was there before are counted from the first lot it draws with this release: nobody is drawn
# anew without having been told 30 days before.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('decisions', '0004_chances'),
    ]

    operations = [
        migrations.AddField(
            model_name='contactrules',
            name='held_out_since',
            field=models.DateField(blank=True, editable=False, null=True),
        ),
    ]
