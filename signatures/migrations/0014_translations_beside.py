import signatures.models.letters
from django.db import migrations, models


FIELDS = {
    "Letter": ("title", "place", "summary", "salutation", "body", "demands_intro", "closing"),
    "Campaign": ("title", "summary"),
    "Addressee": ("name", "position", "institution", "postal_address"),
    "Demand": ("text",),
}


def plain(text):
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def choose(apps, schema_editor):
    """A campaign without a title in the site's own language is written in one that it has."""
    texts = apps.get_model("signatures", "CampaignTranslation").objects
    for campaign in apps.get_model("signatures", "Campaign").objects.all():
        codes = sorted(texts.filter(master=campaign).values_list("language_code", flat=True))
        if codes and campaign.language not in codes:
            campaign.language = codes[0]
            campaign.save(update_fields=["language"])


def trust(apps, schema_editor):
    """What has been translated before counts as made from the present original."""
    for kind, names in FIELDS.items():
        texts = apps.get_model("signatures", f"{kind}Translation").objects
        owner = "" if kind in {"Letter", "Campaign"} else "letter__"
        language = f"master__{owner}language"
        originals = texts.filter(language_code=models.F(language))
        for text in texts.exclude(language_code=models.F(language)).iterator():
            original = originals.filter(master=text.master_id).first()
            if original:
                text.made_from = {name: plain(getattr(original, name)) for name in names}
                text.save(update_fields=["made_from"])


class Migration(migrations.Migration):

    dependencies = [
        ('signatures', '0013_withheld_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='addresseetranslation',
            name='made_from',
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='campaign',
            name='language',
            field=models.CharField(choices=signatures.models.letters.languages, default='en', help_text='The language of the binding text; others are translations of it.', max_length=10, verbose_name='authoritative language'),
        ),
        migrations.AddField(
            model_name='campaigntranslation',
            name='made_from',
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='demandtranslation',
            name='made_from',
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='lettertranslation',
            name='made_from',
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AlterField(
            model_name='letter',
            name='language',
            field=models.CharField(choices=signatures.models.letters.languages, default='en', help_text='The language of the binding text; others are translations of it.', max_length=10, verbose_name='authoritative language'),
        ),
        migrations.RunPython(choose, migrations.RunPython.noop),
        migrations.RunPython(trust, migrations.RunPython.noop),
    ]
