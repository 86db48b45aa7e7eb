#!/bin/bash
# Backs up each night at three (UTC), and at the start unless there is a backup of this day: a
# container that is started again and again must not push older ones out.
set -uo pipefail

trap 'exit 0' TERM
# In the background, so that the signal is heard meanwhile.
wait_for() { sleep "$1" & wait $!; }

if [ -z "$(find /backups -maxdepth 1 -name 'openletters-*.dump.age' -mtime -1)" ]; then
    until backup.sh /backups; do wait_for 60; done
fi
while true; do
    wait_for $(($(date -u -d 'tomorrow 03:00' +%s) - $(date -u +%s)))
    until backup.sh /backups; do wait_for 600; done
done
