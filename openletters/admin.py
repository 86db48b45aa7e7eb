"""The staff's site: stock Django admin under our name."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class StaffAdminSite(AdminSite):
    """The admin, titled after what staff do there."""

    site_header = _("Open letters · staff")
    site_title = _("Open letters")
    index_title = _("What needs doing")
    enable_nav_sidebar = False


class StaffAdminConfig(AdminConfig):
    """Makes StaffAdminSite the default admin site."""

    default_site = "openletters.admin.StaffAdminSite"
