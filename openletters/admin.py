"""Makes the staff's own site the default one of Django's admin."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """The admin, as openletters/staff/site.py has it."""

    default_site = "openletters.staff.site.StaffAdminSite"
