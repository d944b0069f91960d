#!/bin/sh
# Begins the server, after the first start's making of its tables, as POSTGRES_USER, POSTGRES_DB and the password say.
set -eu
DATA=/var/lib/postgresql/data
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
export PATH
if [ "$(id -u)" = 0 ]; then
  chown postgres: "$DATA"
  chmod 700 "$DATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups sh "$0"
fi
if [ ! -s "$DATA/PG_VERSION" ]; then
  initdb --pgdata="$DATA" --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --no-locale
  echo "host all all all scram-sha-256" >>"$DATA/pg_hba.conf"
  pg_ctl --pgdata="$DATA" --wait --options="-c listen_addresses= -k /tmp" start
  createdb --host=/tmp --username="$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl --pgdata="$DATA" --wait stop
fi
exec postgres -D "$DATA" -c listen_addresses='*' -c unix_socket_directories=/tmp
