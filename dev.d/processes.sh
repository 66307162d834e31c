# shellcheck shell=bash
# Processes as pid files know them. Sourced by ../dev.

# What tells a process from a later one with its pid; fails when it is gone.
birth_of() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -ra stat <<<"${stat##*) }"
  if [[ ${stat[0]} == [ZX] ]]; then return 1; fi
  say "$(</proc/sys/kernel/random/boot_id) ${stat[19]}"
}
record_process() { say "$2 $(birth_of "$2")" >"$run/$1.pid"; }

# Prints the pid in a record if that very process still runs.
recorded_process() {
  local pid birth
  read -r pid birth 2>/dev/null <"$run/$1.pid" || return 1
  [[ $(birth_of "$pid") == "$birth" ]] && say "$pid"
}

# Drains recorded processes side by side: SIGTERM, then SIGKILL after 20 s.
stop_processes() {
  local name pid i left=("$@")
  for name; do
    if pid=$(recorded_process "$name"); then kill -TERM "$pid" 2>/dev/null || true; fi
  done
  for ((i = 0; i < 400; i++)); do
    mapfile -t left < <(for name in "${left[@]}"; do if recorded_process "$name" >/dev/null; then say "$name"; fi; done)
    if ((${#left[@]} == 0)); then return; fi
    sleep 0.05
  done
  for name in "${left[@]}"; do
    note "$name did not drain within 20 s: killed"
    if pid=$(recorded_process "$name"); then kill -KILL "$pid" 2>/dev/null || true; fi
  done
}
# The door first, so that what is behind it drains without new calls.
stop_everything() {
  stop_processes gateway
  stop_processes "${services[@]}" "${services[@]/%/-2}"
  stop_processes redis postgres
}

refuse_busy_port() {
  local inode owner=''
  inode=$(awk -v port="$(printf '%04X' "$1")" '
    BEGIN {
      zero = "00000000"; loopback = "0100007F"
      taken[zero]; taken[loopback]; taken[zero zero zero zero]; taken[zero zero "FFFF0000" loopback] }
    { split($2, local, ":") }
    $4 == "0A" && local[2] == port && (local[1] in taken) { print $10; exit }
    ' /proc/net/tcp /proc/net/tcp6 2>/dev/null) || true
  if [[ -z $inode ]]; then return; fi
  owner=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" 2>/dev/null | sed -n '1s|^/proc/\([0-9]*\)/.*|\1|p') || true
  if [[ $owner ]]; then owner=" by $(cat "/proc/$owner/comm" 2>/dev/null) (pid $owner)"; fi
  fail "port $1 is in use$owner; choose another with --port"
}
