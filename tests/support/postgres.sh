#!/bin/sh
# Starts a private PostgreSQL cluster in a new temporary folder, prints the folder when it answers, and stops and
# removes it when standard input closes: when the tests end, however they end. PostgreSQL refuses to run as root, so
# root runs it as the user postgres.
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)")
folder=$(mktemp -d "${TMPDIR:-/tmp}/hufu-postgres.XXXXXX")
# Where nothing waits for the disk, nothing is measured either: a plan is made once for each statement, for planning the same one
# again takes longer than running it on the few rows of a test.
fsync=${HUFU_TEST_FSYNC:-off}
quick=; if [ "$fsync" = off ]; then quick='-c jit=off -c plan_cache_mode=force_generic_plan'; fi
as_user() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
cd "$folder"
stop() { as_user "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"; }
trap stop EXIT
as_user "$bin/initdb" -D "$folder/data" -U hufu -A trust -E UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1
as_user "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-k $folder -c listen_addresses='' -c max_connections=300 \
    -c fsync=$fsync -c synchronous_commit=$fsync $quick" start >/dev/null
echo "$folder"
cat >/dev/null
