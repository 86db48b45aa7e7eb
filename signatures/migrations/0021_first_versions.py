from django.db import migrations

from openletters.languages import codes
from signatures import canonical

TEXTS = ("title", "place", "salutation", "body", "demands_intro", "closing")
ADDRESSEE = ("name", "position", "institution", "postal_address")


def plain(text):
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def texts_of(apps, kind, fields, masters):
    """Return the fields of some rows, by row and language."""
    found = {}
    table = apps.get_model("signatures", f"{kind}Translation").objects
    for text in table.filter(master__in=masters):
        of_row = found.setdefault(text.master_id, {})
        of_row[text.language_code] = {name: plain(getattr(text, name)) for name in fields}
    return found


def content_of(apps, letter):
    texts = texts_of(apps, "Letter", TEXTS, [letter.pk]).get(letter.pk, {})
    known = {letter.language, *codes()}
    texts = {code: text for code, text in texts.items() if text["body"] and code in known}
    parts = {}
    for kind, fields in (("Addressee", ADDRESSEE), ("Demand", ("text",))):
        rows = list(
            apps.get_model("signatures", kind)
            .objects.filter(letter=letter)
            .order_by("order", "pk")
        )
        written = texts_of(apps, kind, fields, [row.pk for row in rows])
        parts[kind] = [
            (
                row,
                {
                    code: text
                    for code, text in written.get(row.pk, {}).items()
                    if code in texts
                },
            )
            for row in rows
        ]
    return {
        "format": "openletters-text/1",
        "letter": letter.slug,
        "language": letter.language,
        "dated": letter.dated.isoformat(),
        "texts": texts,
        "addressees": [
            {"kind": row.kind, "country": row.country.code or "", "texts": written}
            for row, written in parts["Addressee"]
        ],
        "demands": [{"texts": written} for _row, written in parts["Demand"]],
    }


def freeze(apps, schema_editor):
    """What people were asked to sign until now is version 1, and they stand under it."""
    models = {
        name: apps.get_model("signatures", name)
        for name in ("Letter", "Signature", "SignOnLetter", "TextVersion")
    }
    shown = {*models["Letter"].objects.exclude(status="draft").values_list("pk", flat=True)}
    for name in ("Signature", "SignOnLetter"):
        signed = models[name].objects.order_by().values_list("letter", flat=True)
        shown |= set(signed.distinct())
    for letter in models["Letter"].objects.filter(pk__in=shown, text_version=0):
        content = content_of(apps, letter)
        models["TextVersion"].objects.create(
            letter=letter,
            number=1,
            kind="first",
            content=content,
            sha256=canonical.fingerprint(content),
        )
        models["Letter"].objects.filter(pk=letter.pk).update(
            text_version=1, substance_version=1
        )
        for name in ("Signature", "SignOnLetter"):
            models[name].objects.filter(letter=letter, text_version=0).update(text_version=1)


class Migration(migrations.Migration):

    dependencies = [
        ('signatures', '0020_changes_of_text'),
    ]

    operations = [
        migrations.RunPython(freeze, migrations.RunPython.noop),
    ]
