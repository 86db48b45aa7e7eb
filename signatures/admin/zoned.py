"""Moments that staff type in the time zone of a letter, whatever the site's own is."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from signatures import moments, zones
from signatures.models.letters import Letter


class ZonedWidget(AdminSplitDateTime):
    """A day and a time on the clocks of a zone."""

    zone = "UTC"

    def decompress(self, value: Any) -> Any:
        with timezone.override(self.zone):
            return super().decompress(value)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Tell the admin's buttons for "Today" and "Now" which day and time that is there."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        offset = timezone.localtime(timezone=ZoneInfo(self.zone)).utcoffset() or timedelta()
        for part in context["widget"]["subwidgets"]:
            part["attrs"]["data-utc-offset"] = int(offset.total_seconds())
        return context


class ZonedField(forms.SplitDateTimeField):
    """A day and a time; what the clocks of the zone skip or show twice is refused, in words."""

    widget = ZonedWidget
    zone = "UTC"

    def compress(self, data_list: Any) -> datetime | None:
        if not data_list:
            return None
        for part, name in zip(data_list, ("date", "time"), strict=True):
            if part in self.empty_values:
                raise ValidationError(self.error_messages[f"invalid_{name}"], code="invalid")
        try:
            return zones.placed(datetime.combine(*data_list), self.zone)
        except zones.NotOnTheClock as error:
            told = (
                _("The clocks go back: in %(zone)s this time comes twice. Choose another one.")
                if error.twice
                else _("The clocks go forward: in %(zone)s they skip this time. Choose another.")
            )
            zone = moments.zone_name(self.zone)
            raise ValidationError(told % {"zone": zone}, code="clock") from error


def zoned_field(column: str, *, required: bool) -> ZonedField:
    """Return a field for a column of letters."""
    field: Any = Letter._meta.get_field(column)
    return ZonedField(
        label=capfirst(field.verbose_name), help_text=field.help_text, required=required
    )


def use_zone(form: forms.BaseForm, zone: str) -> None:
    """Have every moment of a form typed and shown in a zone."""
    for field in form.fields.values():
        if isinstance(field, ZonedField):
            field.zone = field.widget.zone = zone
