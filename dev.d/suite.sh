# shellcheck shell=bash
# The running suite: its supervisor, up and down. Sourced by ../dev.

# In start order: at their first start the others copy the areas of the first.
readonly services=(memberstates indicators programmes)
# What runs: also a Redis, or PostgreSQL and the second replica of each service, under its name and `-2`.
processes=("${services[@]}" gateway)
store=sqlite

service_of() { say "${1%-2}"; }
replicas_of() {
  local name
  for name in "${processes[@]}"; do if [[ $(service_of "$name") == "$1" ]]; then say "$name"; fi; done
}

# Of each: its process, its addresses, and the descriptor of the line that it has yet to say on --ready-fd.
declare -A pid listen admin ready
# Of each that died: when it was started again, and how many tenths of a second to wait the next time.
declare -A relaunched tenths
note() { say "$(date -u +%FT%TZ) $*" | tee -a "$state/supervisor.log"; }

store_of() {
  if [[ $store == postgres ]]; then postgres_uri; else say "sqlite:$state/$1.sqlite"; fi
}

# Of the replicas of a service that were started.
addresses_of() {
  local replica addresses=''
  for replica in $(replicas_of "$1"); do if [[ ${listen[$replica]-} ]]; then addresses+=,${listen[$replica]}; fi; done
  say "${addresses#,}"
}

# Starts a process on its last addresses.
launch() {
  local name=$1 service fd
  local options=("--listen=${listen[$name]:-127.0.0.1:0}" "--admin-listen=${admin[$name]:-127.0.0.1:0}" --ready-fd=3)
  if [[ $name == gateway ]]; then
    for service in "${services[@]}"; do options+=("--$service=$(addresses_of "$service")"); done
  else
    service=$(service_of "$name")
    options+=("--store=$(store_of "$service")" "--default-data=services/$service/data" "${cache_options[@]}")
    if [[ $service != "${services[0]}" ]]; then options+=("--${services[0]}=$(addresses_of "${services[0]}")"); fi
  fi
  mkfifo "$run/$name.ready"
  # A session of its own keeps Ctrl-C away; pdeathsig drains it should the supervisor be killed.
  setpriv --pdeathsig TERM setsid "$bin/$(service_of "$name")" "${options[@]}" 3>"$run/$name.ready" 9>&- \
    </dev/null >>"$state/$name.log" 2>&1 &
  pid[$name]=$!
  record_process "$name" "${pid[$name]}"
  exec {fd}<"$run/$name.ready"
  rm "$run/$name.ready"
  ready[$name]=$fd
}

# Waits for the line of a process that was launched, and learns its addresses. Fails when it ends before.
await() {
  local name=$1 fd=${ready[$1]} line
  unset "ready[$name]"
  read -r -t 60 line <&"$fd" || line=''  # Late is as bad as dead.
  exec {fd}<&-
  if [[ ! $line =~ \"listen\":\"([^\"]+)\",\"admin\":\"([^\"]+)\" ]]; then return 1; fi
  listen[$name]=${BASH_REMATCH[1]}
  admin[$name]=${BASH_REMATCH[2]}
}

# Starts processes side by side, for the first time, and returns when all are ready.
start() {
  local name log
  for name; do
    log=$state/$name.log
    if [[ -f $log ]]; then mv "$log" "$log.1"; fi
    say "Starting $name"
    launch "$name"
  done
  for name; do
    await "$name" || fail "$name did not start: $(tail -n 1 "$state/$name.log" 2>/dev/null)"
  done
}

# Waits so that a signal ends it at once. Not by `read -t`: its alarm outlives a trap that exits, and then aborts bash.
pause() {
  sleep "$1" 9>&- >/dev/null 2>&1 &
  wait "$!" || true
}

# Launches a process that died, later each time that it dies soon.
relaunch() {
  local name=$1
  if [[ ! ${relaunched[$name]-} ]] || ((SECONDS - relaunched[$name] >= 10)); then tenths[$name]=1; fi
  note "$name (pid ${pid[$name]}) died; starting it again in ${tenths[$name]}00 ms"
  if [[ ${ready[$name]-} ]]; then await "$name" || true; fi
  pause "0.${tenths[$name]}"
  tenths[$name]=$((tenths[$name] < 8 ? tenths[$name] * 2 : 8))
  relaunched[$name]=$SECONDS
  case $name in
    postgres | redis) "launch_$name" ;;
    *) launch "$name" ;;
  esac
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
  local gateway=http://${listen[gateway]} name
  printf '\nCorridor is up.\n\n'
  printf '  %-24s%s\n' gateway "$gateway" 'front page' "$gateway/" 'to read and try' "$gateway/docs" \
    'gateway metrics' "http://${admin[gateway]}/metrics"
  for name in "${processes[@]}"; do
    if [[ ! ${listen[$name]-} || $name == gateway ]]; then continue; fi
    printf '  %-24s%s\n' "$name (gRPC)" "${listen[$name]}" "$name metrics" "http://${admin[$name]}/metrics"
  done
  printf '  %-24s%s\n' 'databases and logs' "$state"
  cat <<EXAMPLES

  curl -s '$gateway/v1/organisations/IOM/memberships:count?status=MEMBER&asOf=2018-01-01'
  curl -s '$gateway/v1/observations:compareSources?indicator=POV_2USD&area=GEO'
  curl -s '$gateway/v1/areas/ARM/profile'

EXAMPLES
}

# Starts everything, then restarts what dies, until a signal. Holds the lock on descriptor 9.
supervise() {
  local port=$1 redis=$3 mode=$4 name replicas=()
  store=$2
  trap 'stop_everything; remove_postgres_socket; rm -f "$run"/*' EXIT
  trap 'say "Stopping"; exit 0' INT TERM HUP
  record_process supervisor $$
  listen[gateway]=127.0.0.1:$port
  if [[ $redis == private ]]; then start_redis; fi
  if [[ $store == postgres ]]; then
    replicas=("${services[@]/%/-2}")
    prepare_postgres
    launch_postgres
    await_postgres
  fi
  processes=("${!pid[@]}" "${services[@]}" "${replicas[@]}" gateway)
  start "${services[0]}"
  start "${replicas[@]::1}"
  start "${services[@]:1}" "${replicas[@]:1}"
  start gateway
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
  while true; do
    pause 0.2
    for name in "${processes[@]}"; do
      if ! kill -0 "${pid[$name]}" 2>/dev/null; then
        relaunch "$name"
      elif [[ ${ready[$name]-} ]] && read -r -t 0 -u "${ready[$name]}"; then
        if await "$name"; then note "$name is back as pid ${pid[$name]}"; fi
      fi
    done
  done
}

# The supervisor in a session of its own, with none of our descriptors but the lock; relays what it says until it is up.
supervise_detached() {
  local port=$1 wanted_store=$2 wanted_redis=$3 report
  exec {report}< <(
    for fd in /proc/"$BASHPID"/fd/*; do
      fd=${fd##*/}
      if ((fd > 2 && fd != 9)); then exec {fd}>&-; fi
    done
    exec setsid "$here/dev" supervise "$port" "$wanted_store" "$wanted_redis" </dev/null 2>&1)
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
  local port=8080 detach='' wanted_store=sqlite wanted_redis=private
  while (($#)); do
    case $1 in
      --port=*) port=${1#*=} ;;
      --port)
        port=${2-}
        shift $(($# > 1))
        ;;
      --detach) detach=yes ;;
      --store=sqlite | --store=postgres) wanted_store=${1#*=} ;;
      --redis=private | --redis=none) wanted_redis=${1#*=} ;;
      *) misuse "up does not know \"$1\"" ;;
    esac
    shift
  done
  if [[ ! $port =~ ^[0-9]{1,5}$ ]] || ((10#$port > 65535)); then misuse "--port: \"$port\" is not 0 to 65535"; fi
  port=$((10#$port))
  mkdir -p "$run"
  exec 9>"$state/lock"
  flock -n 9 || answer_that_it_is_up "$port" "$detach"
  stop_everything
  rm -f "$run"/*
  if ((port)); then refuse_busy_port "$port"; fi
  if [[ ! -v CORRIDOR_BIN ]]; then build release "${processes[@]}" 9>&-; fi
  if [[ $wanted_redis == private ]]; then install "${redis_needs[@]}" 9>&-; fi
  if [[ $wanted_store == postgres ]]; then install "${postgres_needs[@]}" 9>&-; fi
  if [[ $detach ]]; then
    supervise_detached "$port" "$wanted_store" "$wanted_redis"
  else
    supervise "$port" "$wanted_store" "$wanted_redis" attached
  fi
}

down() {
  local supervisor
  if [[ ! -d $run ]]; then say "Nothing is up."; return; fi
  exec 9>"$state/lock"
  if flock -n 9; then
    stop_everything
    say "Nothing is up."
    return
  fi
  supervisor=$(recorded_process supervisor) || fail "./dev up is still building here; stop it there"
  kill -TERM "$supervisor"
  flock -w 60 9 || fail "the supervisor (pid $supervisor) did not end within 60 s"
  rm -f "$run"/*
  say "Stopped."
}
