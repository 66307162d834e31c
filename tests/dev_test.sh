#!/usr/bin/env bash
# ./dev up and down as people run them, from a copy of the checkout and with the binaries built already: usage
# dev_test.sh SOURCE_FOLDER BINARY_FOLDER. Every step is bounded; prints one line a promise.
set -euo pipefail
source=$1 binaries=$2

scratch=$(mktemp -d)
copy="$scratch/a checkout with spaces"
services=(memberstates indicators programmes)
mkdir "$copy"
cp -r "$source/dev" "$source/dev.d" "$copy/"
for service in "${services[@]}"; do
  mkdir -p "$copy/services/$service"
  cp -r "$source/services/$service/data" "$copy/services/$service/"
done
dev() { env -i PATH="$PATH" HOME="$scratch" CORRIDOR_BIN="$binaries" timeout 100 "$copy/dev" "$@"; }
trap 'dev down >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT

run="$copy/.corridor/state/run"
output=$scratch/output
pid_of() { cut -d' ' -f1 "$run/$1.pid"; }
pids() { for name in "${services[@]}" gateway redis; do pid_of "$name"; done; }
gateway() { sed -n 's|^  gateway  *http://||p' "$run/addresses"; }
status_of() { curl --noproxy '*' -s -o /dev/null -w '%{http_code}' --max-time 5 "$1" || true; }
profile() { curl --noproxy '*' -s --max-time 5 "http://$(gateway)/v1/areas/ARM/profile" || true; }
get() { status_of "http://$(gateway)$1"; }
# Tries a command until it succeeds, 20 s at most.
eventually() {
  local end=$((SECONDS + 20))
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}
promise() { printf 'ok: %s\n' "$1"; }
broken() {
  printf 'FAILED: %s\n' "$1" >&2
  cat "$output" "$copy"/.corridor/state/*.log >&2 2>/dev/null || true
  exit 1
}

cd /
# Command substitution ends only when nobody holds its pipe any more.
started=$(dev up --detach --port=0) || broken "up --detach fails"
[[ $started == *"Corridor is up."* ]] || broken "up --detach says nothing of being up"
[[ $(get /readyz) == 200 ]] || broken "not ready when up --detach returns"
promise "up --detach returns when all is ready, and holds no descriptor of its caller"

list() { curl --noproxy '*' -s -o /dev/null -D - --max-time 5 -H 'cache-control: no-cache' "http://$(gateway)/v1/areas?pageSize=7" || true; }
[[ $(list) == *"corridor-cache: fill"* && $(list) == *"corridor-cache: l1"* ]] || broken "nothing is kept of an answer"
kill -9 "$(pid_of memberstates)"
shared() { [[ $(list) == *"corridor-cache: l2"* ]]; }
eventually shared || broken "a service that was started again finds nothing in Redis"
promise "services share answers in a Redis of their own"

[[ $(grep -o 'curl -s' <<<"$started" | wc -l) == 3 ]] || broken "there are not three example requests"
while read -r url; do
  answers() { [[ $(status_of "$url") == 200 ]]; }  # Each loop of the gateway finds the restarted service for itself.
  eventually answers || broken "$url is not 200"
done < <(sed -n "s/^  curl -s '\(.*\)'$/\1/p; s/^  front page  *//p" <<<"$started")
promise "the example requests and the front page answer 200"

for service in "${services[@]}"; do
  grep -qE "^  $service \(gRPC\) +127\.0\.0\.1:[0-9]+$" <<<"$started" || broken "no address of $service is shown"
done
promise "the addresses of all services are shown"

! dev up >"$output" 2>&1 || broken "a second up succeeds"
grep -q 'Already up' "$output" || broken "a second up does not say that it is up"
dev up --detach --port=0 >"$output" 2>&1 || broken "the same up --detach again is no success"
promise "up while up says so"

port=$(gateway)
port=${port#*:}
before=$SECONDS
! env -i PATH="$PATH" HOME="$scratch" CORRIDOR_BIN="$binaries" CORRIDOR_STATE="$scratch/other" timeout 100 \
  "$copy/dev" up --port="$port" >"$output" 2>&1 || broken "up on a busy port succeeds"
grep -q "port $port is in use by gateway" "$output" || broken "a busy port is not named with its process"
[[ $(wc -l <"$output") == 1 ]] || broken "a busy port takes more than a line"
((SECONDS - before <= 5)) || broken "a busy port takes more than 5 s"
promise "a busy port is one line, at once"

for name in redis "${services[@]}" gateway; do
  victim=$(pid_of "$name")
  kill -9 "$victim"
  healed() { [[ $(pid_of "$name") != "$victim" && $(profile) == *'"missing":[]'* ]]; }
  eventually healed || broken "a killed $name does not come back"
done
promise "whatever is killed comes back on its address"

mapfile -t processes < <(pids)
kill -9 "$(pid_of supervisor)"
gone() { ! kill -0 "${processes[@]}" 2>/dev/null; }
eventually gone || broken "services outlive a killed supervisor"
dev up --detach --port=0 >"$output" 2>&1 || broken "up after a crash fails"
promise "up after a crash cleans what was left"

mapfile -t processes < <(pids)
dev down >"$output" 2>&1 || broken "down fails"
gone || broken "services outlive down"
[[ $(dev down) == "Nothing is up." ]] || broken "down when down does not say so"
promise "down stops everything, and may be repeated"

mkfifo "$scratch/lines"
exec 8<>"$scratch/lines"  # Stays open: a broken pipe would stop it too.
env -i PATH="$PATH" HOME="$scratch" CORRIDOR_BIN="$binaries" "$copy/dev" up --port=0 >&8 2>&1 8<&- &
attached=$!
while read -r line; do if [[ $line == "Ctrl-C stops it." ]]; then break; fi; done <&8
mapfile -t processes < <(pids)
kill -TERM "$attached"
status=0
wait "$attached" || status=$?
[[ $status == 0 ]] || broken "an up that is told to stop exits $status"
gone || broken "services outlive an up that was told to stop"
promise "up drains and exits 0 when told to stop"

chmod 755 "$scratch"  # The user of PostgreSQL has to pass.
started=$(dev up --detach --port=0 --store=postgres) || broken "up --store=postgres fails"
for service in "${services[@]}"; do
  for replica in "$service" "$service-2"; do
    grep -qE "^  $replica \(gRPC\) +127\.0\.0\.1:[0-9]+$" <<<"$started" || broken "no address of $replica is shown"
  done
done
[[ $(ps -o user= -p "$(pid_of postgres)") != root ]] || broken "PostgreSQL runs as root"
[[ $(profile) == *'"missing":[]'* ]] || broken "a profile on PostgreSQL lacks a part"
promise "up --store=postgres runs a PostgreSQL and two replicas of each service"

for name in postgres memberstates memberstates-2; do
  victim=$(pid_of "$name")
  kill -9 "$victim"
  healed() { [[ $(pid_of "$name") != "$victim" && $(profile) == *'"missing":[]'* ]]; }
  eventually healed || broken "a killed $name does not come back"
done
promise "a killed PostgreSQL and killed replicas come back"

mapfile -t processes < <(pids; for name in "${services[@]/%/-2}" postgres; do pid_of "$name"; done)
dev down >"$output" 2>&1 || broken "down fails"
gone || broken "something outlives down"
promise "down stops the replicas and PostgreSQL too"
