"""The history of sign-ons and the record of exports: the database refuses to change them."""

from django.db import migrations

from openletters.guards import guard


class Migration(migrations.Migration):
    dependencies = [("signatures", "0009_retention")]

    operations = [
        guard("signatures_signonevent", erasable=True, sealed=("reason",)),
        guard("signatures_export"),
    ]
