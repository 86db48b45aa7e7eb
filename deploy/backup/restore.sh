#!/bin/bash
# Restores a backup into an empty database: restore.sh BACKUP PRIVATE_KEY_FILE
#
# With - as PRIVATE_KEY_FILE the key is read from the standard input, and lies nowhere.
#
# PGHOST, PGUSER, PGDATABASE and PGPASSFILE or PGPASSWORD_FILE say which database. Everything or
# nothing is restored.
set -euo pipefail

backup=${1:?Which backup?}
key=${2:?Which file has the private key?}
if [ -n "${PGPASSWORD_FILE:-}" ]; then
    PGPASSWORD=$(<"$PGPASSWORD_FILE")
    export PGPASSWORD
fi

tables=$(psql --no-psqlrc --tuples-only --no-align \
    --command="SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
if [ "$tables" != 0 ]; then
    echo "The database is not empty. Restore into a new one." >&2
    exit 1
fi
age --decrypt --identity "$key" "$backup" |
    pg_restore --single-transaction --exit-on-error --no-owner --no-privileges --dbname="$PGDATABASE"
