"""What each role may do: the one table, which the database follows at every migration."""

from typing import Any

from django.apps import apps as all_apps
from django.apps.registry import Apps
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop

EDITOR = gettext_noop("Editor")
MODERATOR = gettext_noop("Moderator")
ADMINISTRATOR = gettext_noop("Administrator")

_EDITOR = {
    "signatures.campaign": "view add change delete",
    "signatures.letter": "view add change delete",
    "signatures.addressee": "view add change delete",
    "signatures.demand": "view add change delete",
    "signatures.edition": "view add",
    "signatures.response": "view add change",
    "signatures.demandnote": "view add change",
    "signatures.organization": "view",
    "signatures.organizationname": "view",
    "signatures.signature": "view change",  # what an import amounts to
    "signatures.signatoryimport": "view add change delete",
    "signatures.update": "view add change delete",
}
_MODERATOR = {
    "signatures.campaign": "view",
    "signatures.letter": "view",
    "signatures.addressee": "view",
    "signatures.demand": "view",
    "signatures.edition": "view",
    "signatures.response": "view",
    "signatures.demandnote": "view",
    "signatures.organization": "view add change",
    "signatures.organizationname": "view add change delete",
    "signatures.signature": "view change",
    "signatures.signon": "view add change",
    "signatures.signonevent": "view",
    "signatures.outgoingmail": "view change",
    "signatures.switches": "view",
    "signatures.update": "view send_update",  # they answer for contacts; who writes does not send
}
_ADMINISTRATOR = {
    "auth.user": "view add change",
    "signatures.apikey": "view add",
    "staff.staffact": "view",
    "signatures.export": "view",
    "signatures.switches": "view add",
    "signatures.signon": "export_contacts erase_contacts",
}


def _rights(*tables: dict[str, str]) -> frozenset[str]:
    """Return permissions as `app.codename`; a word with a _ in it is a whole codename."""
    return frozenset(
        f"{app}.{verb if '_' in verb else f'{verb}_{noun}'}"
        for table in tables
        for (app, noun), verbs in ((name.split("."), verbs) for name, verbs in table.items())
        for verb in verbs.split()
    )


ROLES = {
    EDITOR: _rights(_EDITOR),
    MODERATOR: _rights(_MODERATOR),
    ADMINISTRATOR: _rights(_EDITOR, _MODERATOR, _ADMINISTRATOR),
}


def called(group: Group) -> str:
    """Return what a role is called in the language of the page."""
    return gettext(group.name)


def permissions(role: str) -> QuerySet[Permission]:
    """Return the rows for what a role may do."""
    chosen = Q(pk=None)
    for right in ROLES[role]:
        app, codename = right.split(".")
        chosen |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(chosen)


def keep_in_step(apps: Apps = all_apps, **kwargs: Any) -> None:
    """Make the three groups what the table says; a receiver of post_migrate.

    Rights given to a group by hand are taken away again: what a role may do is decided here. One
    that there is not (yet), because not everything has been migrated, is left out.
    """
    try:
        apps.get_model("auth", "Group")
    except LookupError:
        return
    for role, rights in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        present = group.permissions.values_list("content_type__app_label", "codename")
        if {".".join(right) for right in present} != rights:
            group.permissions.set(permissions(role))


def grantable(giver: User) -> QuerySet[Group]:
    """Return the roles that somebody may give to others: those that hold no more than they have."""
    held = giver.get_all_permissions()
    return Group.objects.filter(
        name__in=[role for role, rights in ROLES.items() if giver.is_superuser or rights <= held]
    ).order_by("pk")
