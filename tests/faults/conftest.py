"""Faults of PostgreSQL need the run on PostgreSQL, and no database of the tests."""

from django.db import connection

collect_ignore = ["test_postgres.py"] if connection.vendor == "sqlite" else []
