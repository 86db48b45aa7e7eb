#!/bin/bash
# Writes one encrypted backup of the database into FOLDER, and drops the oldest.
#
# PGHOST, PGUSER, PGDATABASE and PGPASSFILE or PGPASSWORD_FILE say which database;
# BACKUP_PUBLIC_KEY says who can read it: this machine cannot.
set -euo pipefail
umask 077

folder=${1:-/backups}
kept=${BACKUPS_KEPT:-30}
: "${BACKUP_PUBLIC_KEY:?Make a key with age-keygen, and set BACKUP_PUBLIC_KEY to its public half}"
if [ -n "${PGPASSWORD_FILE:-}" ]; then
    PGPASSWORD=$(<"$PGPASSWORD_FILE")
    export PGPASSWORD
fi

name=openletters-$(date -u +%Y%m%dT%H%M%SZ).dump.age
new=$folder/.$name
trap 'rm -f "$new"' EXIT
pg_dump --format=custom --no-owner --no-privileges | age --recipient "$BACKUP_PUBLIC_KEY" >"$new"
sync "$new"
mv "$new" "$folder/$name"
echo "$folder/$name"

# By name, which is by time.
find "$folder" -maxdepth 1 -name 'openletters-*.dump.age' | sort | head -n "-$kept" | xargs -r rm --
