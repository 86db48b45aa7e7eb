"""Cells of tables as people exchange them: never a formula, and the same text again when read."""

import re

PUBLIC_COLUMNS = (
    "number",
    "name",
    "local_name",
    "country",
    "section",
    "signed_on",
    "text_version",
)
"""What the public list of a letter states of each signatory."""

EDITION_COLUMNS = (*PUBLIC_COLUMNS, "salt")
"""What the list of an edition states: all of an entry, so that each row can be verified."""

# What makes a spreadsheet take a text for a formula: these signs, their full-width and small
# twins, TAB, CR and LF; also behind blanks of any kind, some of which nobody can see.
_BLANKS = r"[^\S\t\r\n]|[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]"
_FORMULA = rf"'*(?:{_BLANKS})*[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫]"
_IS_FORMULA = re.compile(_FORMULA)
_IS_QUOTED = re.compile(f"'{_FORMULA}")


def safe_cell(value: str) -> str:
    """Return `value` so that no spreadsheet takes it for a formula.

    A cell that could be one gets an apostrophe in front, by which spreadsheets know text. So does
    a cell that looks quoted already: `plain_cell` then returns every value as it was.
    """
    return f"'{value}" if _IS_FORMULA.match(value) else value


def plain_cell(value: str) -> str:
    """Return what `safe_cell` was given."""
    return value[1:] if _IS_QUOTED.match(value) else value
