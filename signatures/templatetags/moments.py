"""Days, moments and shares on pages and in mails."""

from django import template

from signatures import moments

register = template.Library()
register.filter("day", moments.day)
register.filter("day_in", moments.day_in)
register.filter("moment", moments.moment)
register.filter("moment_in", moments.moment_in)
register.filter("near_moment_in", moments.near_moment_in)
register.filter("percent", moments.percent)
