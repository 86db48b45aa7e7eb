"""Words of packages that our pages show and that they do not translate into all our languages.

Nothing imports this: it is read when messages are collected, and our catalogs go before theirs.
"""

from django.utils.translation import gettext_noop

PARLER = [gettext_noop("{0} Translation")]
"""What the table of a model's translations is called, where one is deleted."""
