"""The list of erasures: the database refuses to change it."""

from django.db import migrations

from openletters.guards import guard


class Migration(migrations.Migration):
    dependencies = [("signatures", "0010_guarded")]

    operations = [guard("signatures_erasure")]
