"""Django's PostgreSQL, for people who wait: a request is not kept by a database that hangs."""
