# shellcheck shell=bash
# The private Redis of ./dev up: nothing on the disk, no port, the least used goes when it is full. Sourced by ../dev.

readonly redis_socket=$run/redis.sock
declare -A pid  # Of suite.sh.

# What services are told of it. They seal what they keep there with a secret of this state.
cache_options=(--redis=none)

launch_redis() {
  setpriv --pdeathsig TERM setsid redis-server --port 0 --unixsocket "$redis_socket" --unixsocketperm 700 --save '' \
    --appendonly no --maxmemory 64mb --maxmemory-policy allkeys-lru 9>&- </dev/null >>"$state/redis.log" 2>&1 &
  pid[redis]=$!
  record_process redis "${pid[redis]}"
}

# Starts it, or says why the services are to do without.
start_redis() {
  local i without=''
  if ! command -v redis-server >/dev/null; then without='it is not installed'; fi
  if ((${#redis_socket} > 100)); then without="$redis_socket is too long a path for a socket"; fi
  if [[ $without ]]; then
    say "Without Redis: $without"
    return
  fi
  if [[ ! -s $state/cache.key ]]; then (umask 077 && head -c 32 /dev/urandom | base64 >"$state/cache.key"); fi
  say "Starting redis"
  : >"$state/redis.log"
  launch_redis
  for ((i = 0; i < 100; i++)); do
    if [[ -S $redis_socket ]]; then break; fi
    kill -0 "${pid[redis]}" 2>/dev/null || fail "redis did not start: $(tail -n 1 "$state/redis.log")"
    sleep 0.05
  done
  cache_options=("--redis=unix:$redis_socket" "--cache-key-file=$state/cache.key")
}
