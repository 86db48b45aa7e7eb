"""The history of sign-ons and the record of exports: the database refuses to change them."""

from django.db import migrations

from openletters.guards import guard


class Migration(migrations.Migration):
    dependencies = [("signatures", "0007_public_counts")]

    operations = [
        guard("signatures_signonevent", erasable=True),
        guard("signatures_export"),
    ]
