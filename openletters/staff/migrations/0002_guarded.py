"""The record of what staff did: the database refuses to change it."""

from django.db import migrations

from openletters.guards import guard


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_acts_and_mails")]

    operations = [guard("staff_staffact")]
