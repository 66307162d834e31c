# shellcheck shell=bash
# ./dev bench overload: what is answered of three times what a service can, and what a client notices of another that attacks
# the gateway. Sourced by ../dev.

declare -A bench_pid bench_address  # Of bench.sh.

# Dear for the service, cheap for the gateway.
readonly dear_call='/v1/organisations/IOM/memberships:count?status=MEMBER&asOf=2018-01-01'
readonly overload_connections=16
# A second, of the client beside the attacker.
readonly modest_rate=200

# Keeps a process to one processor: name, processor.
pin() { taskset -acp "$2" "${bench_pid[$1]}" >/dev/null; }

# A memberstates that keeps no answers, with a processor of its own.
start_dear_service() {
  bench_address[dear]=127.0.0.1:$(free_port)
  rm -f "$bench_folder"/dear.sqlite*
  start_peer dear "$bin/memberstates" "--listen=${bench_address[dear]}" --admin-listen=127.0.0.1:0 \
    "--store=sqlite:$bench_folder/dear.sqlite" --default-data=services/memberstates/data --redis=none --cache-bytes=0
  pin dear 1
  bench_address[memberstates]=${bench_address[dear]}
}

# h2load on the processor that the dear service has not: address, path, options….
ask() {
  taskset -c 0 h2load -t 1 "${@:3}" "http://$1$2" >"$bench_folder/load.log" || fail "h2load failed: $bench_folder/load.log"
}

# Of a report of h2load that ran for a time: answers a second that are 200, and others.
answers_a_second() {
  awk -v seconds="$1" '/^status codes:/ { printf "%.1f %.1f\n", $3 / seconds, ($5 + $7 + $9) / seconds }' "$bench_folder/load.log"
}

# Prints: name, good answers a second, refused ones. At its peak the service always has a few calls, and never many.
measure_peak() {
  ask "${bench_address[overloaded]}" "$dear_call" -c 8 -m 2 -D "$1" --warm-up-time=1
  say "peak $(answers_a_second "$1")"
}

# The same when so many are sent a second, whatever comes back.
measure_overload() {
  ask "${bench_address[overloaded]}" "$dear_call" -c "$overload_connections" -m 1000 --rps="$(($2 / overload_connections))" \
    -D "$1" --warm-up-time=1
  say "overload $(answers_a_second "$1")"
}

# Prints: name, p50 and p99 in µs of a client that asks for little.
measure_modest() {
  rm -f "$bench_folder/latencies"
  ask "${bench_address[attacked]}" "$membership" -c 1 -m 1 --rps="$modest_rate" -D "$2" --log-file="$bench_folder/latencies"
  cut -f 3 "$bench_folder/latencies" | sort -n |
    awk -v name="$1" '{ us[NR] = $1 } END { print name, us[int((NR + 1) / 2)], us[int(NR * 0.99 + 0.5)] }'
}

# The attacker has what the measured client leaves of its processor, so that what is measured is the gateway.
measure_attacked() {
  bench_address[neighbour]=${bench_address[attacked]}
  start_peer neighbour chrt --idle 0 taskset -c 0 "$bin/../bench/hostile_neighbour" "--gateway=${bench_address[attacked]}"
  measure_modest attacked "$1"
  kill "${bench_pid[neighbour]}"
  wait "${bench_pid[neighbour]}" || true
  if [[ ! $(<"$bench_folder/neighbour.log") =~ ^[1-9] ]]; then fail "no attacker was cut off: $bench_folder/neighbour.log"; fi
  unset "bench_pid[neighbour]"
}

summarise_overload() {
  awk "$of_runs"'
    function at_least(value, least) { return sprintf("at least %g: %s", least, value >= least ? "met" : "MISSED") }
    END {
      value = median("overload", 2) / median("peak", 2)
      printf "\n  %-52s %8.0f a second\n", "good answers at the peak", median("peak", 2)
      printf "  %-52s %8.0f a second, %.0f refused\n", "at three times as many requests", median("overload", 2), median("overload", 3)
      printf "  %-52s %8.2f   %s\n", "goodput under overload, peak", value, at_least(value, 0.9)
      value = median("attacked", 3) / median("quiet", 3)
      printf "\n  %-52s p50 %4d µs, p99 %5d µs\n", "a client alone", median("quiet", 2), median("quiet", 3)
      printf "  %-52s p50 %4d µs, p99 %5d µs\n", "beside four connections that flood the gateway", median("attacked", 2), median("attacked", 3)
      printf "  %-52s %8.2f   %s\n", "p99 beside the flood, alone", value, verdict(value, 1.5)
    }' "$bench_folder/runs"
}

bench_overload() {
  local seconds=${1-3} round peak name
  if (($(nproc) < 2)); then fail "bench overload needs two processors: one for the service, one for who asks"; fi
  prepare_bench hostile_neighbour
  start_dear_service
  for name in overloaded attacked; do start_gateway "$name" --loops=1 --response-cache-bytes=0; done
  pin overloaded 0
  pin attacked 1
  printf 'A service asked for more than it can, and a gateway under attack; medians of %d runs of %d s each\n' \
    "$bench_runs" "$seconds"
  measure_peak "$seconds" >"$bench_folder/first"
  read -r name peak name <"$bench_folder/first"
  for ((round = 1; round <= bench_runs; round++)); do
    measure_peak "$seconds"
    measure_overload "$seconds" "$(awk -v peak="$peak" 'BEGIN { print int(3 * peak) }')"
    measure_modest quiet "$seconds"
    measure_attacked "$seconds"
  done >"$bench_folder/runs"
  summarise_overload
}
