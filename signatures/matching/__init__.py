"""Whether two names mean one organisation. Pure functions over text; no database."""
