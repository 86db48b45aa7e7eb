"""The app of the staff's accounts."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    """Keeps the roles in step with their table, and a record of logins.

    It stands behind the apps whose rights the roles name, so that these exist when its own
    migrations are done.
    """

    name = "openletters.staff"
    label = "staff"
    verbose_name = _("Staff accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from openletters.staff import logins, roles

        post_migrate.connect(roles.keep_in_step, sender=self)
        logins.listen()
        # Breadcrumbs of accounts speak our language, too.
        apps.get_app_config("auth").verbose_name = self.verbose_name
