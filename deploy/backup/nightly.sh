#!/bin/bash
# Backs up at the start, and then each night at three (UTC).
set -uo pipefail

trap 'exit 0' TERM
# In the background, so that the signal is heard meanwhile.
wait_for() { sleep "$1" & wait $!; }

until backup.sh /backups; do wait_for 60; done
while true; do
    wait_for $(($(date -u -d 'tomorrow 03:00' +%s) - $(date -u +%s)))
    until backup.sh /backups; do wait_for 600; done
done
