# shellcheck shell=bash
# The private PostgreSQL of ./dev up --store=postgres: in the state folder, behind a socket that only its user and root may
# use. Sourced by ../dev.

readonly postgres_programs=/usr/lib/postgresql/15/bin
readonly postgres_folder=$state/postgres
declare -A pid  # Of suite.sh.

# Runs a program as the user that owns the folder, since PostgreSQL refuses root.
as_postgres() {
  if ((EUID == 0)); then
    setpriv --reuid=postgres --regid=postgres --clear-groups "$@"
  else
    "$@"
  fi
}

postgres_socket() { cat "$run/postgres.socket"; }
postgres_uri() { say "postgresql:///postgres?user=corridor&host=$(postgres_socket)"; }

# Makes the database unless it is there, and a folder for the socket, whose path must be short.
prepare_postgres() {
  local socket
  mkdir -p "$postgres_folder"
  if ((EUID == 0)); then chown postgres:postgres "$postgres_folder"; fi
  as_postgres test -w "$postgres_folder" ||
    fail "user postgres cannot reach $postgres_folder; choose another folder by CORRIDOR_STATE"
  if [[ ! -f $postgres_folder/data/PG_VERSION ]]; then
    say "Making a database in $postgres_folder"
    rm -rf "$postgres_folder/data"
    as_postgres "$postgres_programs/initdb" --pgdata="$postgres_folder/data.new" --username=corridor --auth=trust \
      --locale=C --encoding=UTF8 --no-instructions >"$state/initdb.log" || fail "initdb failed: $state/initdb.log"
    mv "$postgres_folder/data.new" "$postgres_folder/data"
  fi
  socket=$(mktemp -d /tmp/corridor.XXXXXX)
  if ((EUID == 0)); then chown postgres:postgres "$socket"; fi
  say "$socket" >"$run/postgres.socket"
}

remove_postgres_socket() {
  local socket
  socket=$(postgres_socket 2>/dev/null) || return 0
  rm -rf "${socket:?}"
}

launch_postgres() {
  local name=postgres user=()
  if ((EUID == 0)); then user=(--reuid=postgres --regid=postgres --clear-groups); fi
  # Asked to end it waits for the services, which end before it.
  setpriv --pdeathsig TERM "${user[@]}" setsid "$postgres_programs/postgres" -D "$postgres_folder/data" \
    -k "$(postgres_socket)" -c listen_addresses= -c log_min_messages=warning 9>&- \
    </dev/null >>"$state/postgres.log" 2>&1 &
  pid[$name]=$!
  record_process "$name" "${pid[$name]}"
}

await_postgres() {
  local name=postgres i
  for ((i = 0; i < 300; i++)); do
    if "$postgres_programs/pg_isready" -q -h "$(postgres_socket)" -U corridor; then return; fi
    kill -0 "${pid[$name]}" 2>/dev/null || break
    sleep 0.1
  done
  fail "PostgreSQL did not start: $(tail -n 1 "$state/postgres.log")"
}
