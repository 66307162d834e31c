# shellcheck shell=bash
# The running suite: its supervisor, up and down. Sourced by ../dev.

declare -A pid listen admin
note() { say "$(date -u +%FT%TZ) $*" | tee -a "$state/supervisor.log"; }

# Starts a service on its last addresses and waits for its line on --ready-fd. Fails when it ends before.
start_service() {
  local name=$1 ready='' line options
  case $name in
    memberstates) options=("--store=sqlite:$state/memberstates.sqlite" --default-data=services/memberstates/data) ;;
    gateway) options=("--memberstates=${listen[memberstates]}") ;;
  esac
  options+=("--listen=${listen[$name]:-127.0.0.1:0}" "--admin-listen=${admin[$name]:-127.0.0.1:0}" --ready-fd=3)
  mkfifo "$run/$name.ready"
  # A session of its own keeps Ctrl-C away; pdeathsig drains it should the supervisor be killed.
  setpriv --pdeathsig TERM setsid "$bin/$name" "${options[@]}" 3>"$run/$name.ready" 9>&- \
    </dev/null >>"$state/$name.log" 2>&1 &
  pid[$name]=$!
  record_process "$name" "${pid[$name]}"
  exec {ready}<"$run/$name.ready"
  rm "$run/$name.ready"
  read -r -t 60 line <&"$ready" || line=''  # Late is as bad as dead.
  exec {ready}<&-
  if [[ ! $line =~ \"listen\":\"([^\"]+)\",\"admin\":\"([^\"]+)\" ]]; then return 1; fi
  listen[$name]=${BASH_REMATCH[1]}
  admin[$name]=${BASH_REMATCH[2]}
}

# Waits until the gateway misses no service.
wait_until_ready() {
  local i answer=''
  for ((i = 0; i < 300; i++)); do
    answer=$(curl --noproxy '*' -s --max-time 2 "http://${listen[gateway]}/readyz") || true
    if [[ $answer =~ \"missing\":[[:space:]]*\[[[:space:]]*\] ]]; then return; fi
    sleep 0.1
  done
  fail "not ready after 30 s; the gateway says: ${answer:-nothing}"
}

print_addresses() {
  local gateway=http://${listen[gateway]}
  cat <<TABLE

Corridor is up.

  gateway               $gateway
  gateway metrics       http://${admin[gateway]}/metrics
  memberstates (gRPC)   ${listen[memberstates]}
  memberstates metrics  http://${admin[memberstates]}/metrics
  databases and logs    $state

  curl -s '$gateway/v1/organisations/IOM/memberships:count?status=MEMBER&asOf=2018-01-01'
  curl -s '$gateway/v1/organisations/IOM/memberships/ARM'
  curl -s '$gateway/v1/areas/SOUTH_CAUCASUS/members'

TABLE
}

# Starts everything, then restarts what dies, until a signal. Holds the lock on descriptor 9.
supervise() {
  local port=$1 mode=$2 name log
  local -A started=([memberstates]=0 [gateway]=0) tenths=([memberstates]=1 [gateway]=1)
  trap 'stop_services; rm -f "$run"/*' EXIT
  trap 'say "Stopping"; exit 0' INT TERM HUP
  record_process supervisor $$
  listen[gateway]=127.0.0.1:$port
  for name in memberstates gateway; do
    log=$state/$name.log
    if [[ -f $log ]]; then mv "$log" "$log.1"; fi
    say "Starting $name"
    start_service "$name" || fail "$name did not start: $(tail -n 1 "$log" 2>/dev/null)"
  done
  wait_until_ready
  print_addresses >"$run/addresses.new"
  say "$port" >"$run/port"
  mv "$run/addresses.new" "$run/addresses"
  cat "$run/addresses"
  if [[ $mode == detached ]]; then
    say "./dev down stops it."
    exec >/dev/null
  else
    say "Ctrl-C stops it."
  fi
  exec 2>>"$state/supervisor.log"
  # `wait -n` forgets a child that dies while another is waited for, so ask of each, five times a second.
  mkfifo "$run/never"
  exec {never}<>"$run/never"
  while true; do
    read -r -t 0.2 -u "$never" || true
    for name in memberstates gateway; do
      if kill -0 "${pid[$name]}" 2>/dev/null; then continue; fi
      if ((SECONDS - started[$name] >= 10)); then tenths[$name]=1; fi
      note "$name (pid ${pid[$name]}) died; starting it again in ${tenths[$name]}00 ms"
      read -r -t "0.${tenths[$name]}" -u "$never" || true
      tenths[$name]=$((tenths[$name] < 8 ? tenths[$name] * 2 : 8))
      started[$name]=$SECONDS
      if start_service "$name"; then note "$name is back as pid ${pid[$name]}"; fi
    done
  done
}

# The supervisor in a session of its own, with none of our descriptors but the lock; relays what it says until it is up.
supervise_detached() {
  local port=$1 report
  exec {report}< <(
    for fd in /proc/"$BASHPID"/fd/*; do
      fd=${fd##*/}
      if ((fd > 2 && fd != 9)); then exec {fd}>&-; fi
    done
    exec setsid "$here/dev" supervise "$port" </dev/null 2>&1)
  # shellcheck disable=SC2064  # The pid of now.
  trap "kill $! 2>/dev/null; exit 1" INT TERM HUP
  cat <&"$report"
  [[ -f $run/addresses ]]
}

answer_that_it_is_up() {
  local port=$1 detach=$2
  if [[ ! -f $run/addresses ]]; then fail "another ./dev up is building or starting here; wait for it"; fi
  say "Already up:"
  cat "$run/addresses"
  if [[ $detach && $port == "$(<"$run/port")" ]]; then exit 0; fi
  exit 1
}

up() {
  local port=8080 detach=''
  while (($#)); do
    case $1 in
      --port=*) port=${1#*=} ;;
      --port)
        port=${2-}
        shift $(($# > 1))
        ;;
      --detach) detach=yes ;;
      *) misuse "up does not know \"$1\"" ;;
    esac
    shift
  done
  if [[ ! $port =~ ^[0-9]{1,5}$ ]] || ((10#$port > 65535)); then misuse "--port: \"$port\" is not 0 to 65535"; fi
  port=$((10#$port))
  mkdir -p "$run"
  exec 9>"$state/lock"
  flock -n 9 || answer_that_it_is_up "$port" "$detach"
  stop_services
  rm -f "$run"/*
  if ((port)); then refuse_busy_port "$port"; fi
  if [[ ! -v CORRIDOR_BIN ]]; then build release memberstates gateway 9>&-; fi
  if [[ $detach ]]; then supervise_detached "$port"; else supervise "$port" attached; fi
}

down() {
  local supervisor
  if [[ ! -d $run ]]; then say "Nothing is up."; return; fi
  exec 9>"$state/lock"
  if flock -n 9; then
    stop_services
    say "Nothing is up."
    return
  fi
  supervisor=$(recorded_process supervisor) || fail "./dev up is still building here; stop it there"
  kill -TERM "$supervisor"
  flock -w 60 9 || fail "the supervisor (pid $supervisor) did not end within 60 s"
  rm -f "$run"/*
  say "Stopped."
}
