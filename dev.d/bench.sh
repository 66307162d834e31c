# shellcheck shell=bash
# Measurements: of the store, and of the gateway and its cache beside peers that do the same work. Sourced by ../dev.

bench() {
  local subject=gateway seconds=
  while (($#)); do
    case $1 in
      cache | gateway | overload | store) subject=$1 ;;
      --seconds=*) seconds=$(positive bench "$1") ;;
      *) misuse "bench does not know \"$1\"" ;;
    esac
    shift
  done
  "bench_$subject" ${seconds:+"$seconds"}
}

bench_store() {
  local seconds=${1-60}
  install "${postgres_needs[@]}"
  build release store_bench
  build/release/bench/store_bench --seconds="$seconds" --store=sqlite
  build/release/bench/store_bench --seconds="$seconds" --store=postgres
}

readonly bench_folder=.corridor/bench
readonly bench_runs=5

# Who is put under load, and how: name, process, the service behind it, call, connections, streams of each. The gateways
# among them keep no answers, so that each call is one of a service.
readonly gateway_contenders=(
  'relay_4x16        one_loop      memberstates  grpc:membership    4  16'
  'nginx_4x16        nginx         memberstates  grpc:membership    4  16'
  'relay_64x1        one_loop      memberstates  grpc:membership    64 1'
  'nginx_64x1        nginx         memberstates  grpc:membership    64 1'
  'list_relayed      uncached      indicators    grpc:observations  4  16'
  'list_transcoded   uncached      indicators    http2:observations 4  16'
  'list_grpcgateway  grpc_gateway  indicators    http2:observations 4  16'
  'rest_4x16         uncached      memberstates  http2:membership   4  16'
  'grpcgateway_4x16  grpc_gateway  memberstates  http2:membership   4  16'
  'rest_16x1         uncached      memberstates  http1:membership   16 1'
  'grpcgateway_16x1  grpc_gateway  memberstates  http1:membership   16 1'
  'one_direct        memberstates  memberstates  grpc:membership    1  1'
  'one_relayed       uncached      memberstates  grpc:membership    1  1'
  'one_transcoded    uncached      memberstates  http1:membership   1  1')

# The same of ./dev bench cache. What nginx answers is the body that the gateway keeps.
readonly cache_contenders=(
  'kept_16x1      one_loop     memberstates  http1:membership  16 1'
  'return_16x1    nginx_http1  memberstates  http1:membership  16 1'
  'held_16x1      one_loop     memberstates  http1:unchanged   16 1'
  'kept_4x16      one_loop     memberstates  http2:membership  4  16'
  'return_4x16    nginx_http2  memberstates  http2:membership  4  16'
  'held_4x16      one_loop     memberstates  http2:unchanged   4  16')

# Those of the bench that runs.
contenders=()
# Of the body that is kept, for http?:unchanged.
kept_tag=

# Of each process that takes part; a peer that is not to be had has none.
declare -A bench_pid bench_address

# CPU seconds that a process has used.
cpu_seconds() {
  local stat
  stat=$(<"/proc/$1/stat")
  read -ra stat <<<"${stat##*) }"
  awk -v ticks=$((stat[11] + stat[12])) -v hz="$(getconf CLK_TCK)" 'BEGIN { print ticks / hz }'
}

# The bench's own suite, with a store of its own; an earlier one may have been left by a bench that was killed.
start_suite() {
  local name
  export CORRIDOR_STATE=$bench_folder/suite
  "$here/dev" down >/dev/null
  rm -rf "$CORRIDOR_STATE"
  "$here/dev" up --detach --port=0 >"$bench_folder/up.log" 8>&- || fail "the suite did not start: $bench_folder/up.log"
  for name in "${processes[@]}"; do
    bench_pid[$name]=$(cut -d' ' -f1 "$CORRIDOR_STATE/run/$name.pid")
    bench_address[$name]=$(sed -nE "s|^  $name( \(gRPC\))? +(http://)?([0-9.:]+)$|\3|p" "$CORRIDOR_STATE/run/addresses")
  done
}

# 60 observations of a year each, with a citation each, as one page of a list.
write_observations() {
  local year observations=() body
  for ((year = 1960; year < 2020; year++)); do
    observations+=("{\"period\":\"$year\",\"valueText\":\"$((year % 70)).$((year % 10))\"}")
  done
  body=$(IFS=, && printf '{"dataset":"datasets/UNDP_HDR_2007_2008","release":"2007-2008","series":[{"series":%s,"observations":[%s]}]}' \
    '{"indicator":"indicators/POV_2USD","area":"areas/ARM","frequency":"A","citations":[{"source":"UNDP_HDR_2007_2008","kind":"OFFICIAL"}]}' \
    "${observations[*]}")
  curl --noproxy '*' -sS --fail-with-body -o "$bench_folder/written" -H 'content-type: application/json' -d "$body" \
    "http://${bench_address[gateway]}/v1/observations:write" || fail "cannot write observations: $(<"$bench_folder/written")"
}

# A gRPC request body: the message that text on standard input says, in its frame.
grpc_body() {
  local message size
  message=$(mktemp "$bench_folder/message.XXXX")
  protoc --encode="$1" -Iproto -I.corridor/npm/node_modules/google-proto-files "$2" >"$message"
  size=$(printf '%08x' "$(stat -c %s "$message")")
  printf '%b' "\\x00\\x${size:0:2}\\x${size:2:2}\\x${size:4:2}\\x${size:6:2}"
  cat "$message"
  rm "$message"
}

free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 12000))
    if (refuse_busy_port "$port") 2>/dev/null; then break; fi
  done
  say "$port"
}

# Starts a peer, which listens on bench_address: name, command….
start_peer() {
  local name=$1 i
  shift
  setpriv --pdeathsig TERM "$@" </dev/null >"$bench_folder/$name.log" 2>&1 8>&- &
  bench_pid[$name]=$!
  for ((i = 0; i < 100; i++)); do
    if (: <>"/dev/tcp/${bench_address[$name]/://}") 2>/dev/null; then return; fi
    kill -0 "${bench_pid[$name]}" 2>/dev/null || break
    sleep 0.05
  done
  fail "the peer $name did not start: $bench_folder/$name.log"
}

# A second gateway with one loop, beside nginx with its one worker: with more of either, calls meet in fewer writes.
start_one_loop() {
  start_gateway one_loop --loops=1 "$@"
}

# A gateway before the suite's services: name, options….
start_gateway() {
  local name=$1 service options=()
  bench_address[$name]=127.0.0.1:$(free_port)
  for service in "${services[@]}"; do options+=("--$service=${bench_address[$service]}"); done
  start_peer "$name" "$bin/gateway" "--listen=${bench_address[$name]}" --admin-listen=127.0.0.1:0 "${options[@]}" "${@:2}"
}

start_nginx() {
  local folder=$here/$bench_folder/nginx
  bench_address[nginx]=127.0.0.1:$(free_port)
  rm -rf "$folder"
  mkdir -p "$folder"
  sed "s|@ADDRESS@|${bench_address[nginx]}|; s|@SERVICE@|${bench_address[memberstates]}|" tests/load/peers/nginx.conf \
    >"$folder/nginx.conf"
  start_peer nginx nginx -e error.log -p "$folder/" -c nginx.conf
}

# Builds the peer in Go, with the code that protoc makes for it; go.mod pins the generators too. That of grpc-gateway
# refuses `optional`, which changes nothing in the code it makes. Called in a condition, where errexit does not hold.
build_grpc_gateway() (
  out=$here/$bench_folder/grpc_gateway
  contracts=(corridor/memberstates/v1/membership.proto corridor/indicators/v1/observation.proto)
  export PATH=$out:$PATH GO111MODULE=on GOWORK=off GOFLAGS=-buildvcs=false
  generate=(protoc -I"$here/.corridor/npm/node_modules/google-proto-files")
  (install go:golang-go) && rm -rf "$out" && mkdir -p "$out/corridor.example" && cd "$out/corridor.example" &&
    cp "$here"/tests/load/peers/grpc_gateway/* . &&
    go build -o "$out/" github.com/golang/protobuf/protoc-gen-go \
      github.com/grpc-ecosystem/grpc-gateway/protoc-gen-grpc-gateway &&
    "${generate[@]}" -I"$here/proto" --go_out=plugins=grpc:"$out" corridor/common/v1/{cache,citation,date,position}.proto \
      "${contracts[@]}" &&
    cp -r "$here/proto" "$out/plain" && find "$out/plain" -name '*.proto' -exec sed -i 's/^ *optional / /' {} + &&
    "${generate[@]}" -I"$out/plain" --grpc-gateway_out="$out" "${contracts[0]}" &&
    "${generate[@]}" -I"$out/plain" --grpc-gateway_out="$out" "${contracts[1]}" &&
    go build -o "$out/grpc_gateway" .
)

start_grpc_gateway() {
  say "Building grpc-gateway"
  if ! build_grpc_gateway >"$bench_folder/build.log" 2>&1; then
    say "grpc-gateway is left out, since it cannot be built here: $(tail -n 1 "$bench_folder/build.log")"
    return
  fi
  bench_address[grpc_gateway]=127.0.0.1:$(free_port)
  start_peer grpc_gateway "$bench_folder/grpc_gateway/grpc_gateway" "-listen=${bench_address[grpc_gateway]}" \
    "-memberstates=${bench_address[memberstates]}" "-indicators=${bench_address[indicators]}"
}

# Stops what the bench started. The logs of a run are hundreds of megabytes, and kept only when it failed.
stop_bench() {
  local status=$? peer
  for peer in neighbour one_loop uncached overloaded attacked dear nginx nginx_http1 grpc_gateway; do
    if [[ ! ${bench_pid[$peer]-} ]]; then continue; fi
    kill "${bench_pid[$peer]}" 2>/dev/null || true
    wait "${bench_pid[$peer]}" || true
  done
  "$here/dev" down >/dev/null || true
  if ((status == 0)); then rm -rf "$bench_folder/suite" "$bench_folder"/nginx* "$bench_folder"/dear.sqlite* "$bench_folder"/*.log; fi
}

readonly membership=/v1/organisations/IOM/memberships/ARM

# Puts a load on an address: call, address, connections, streams of each, then options of h2load.
load() {
  local call=$1 url=http://$2 request
  case $call in
    http?:membership | http?:unchanged) url+=$membership ;;
    http?:observations) url+='/v1/observations?indicator=POV_2USD&area=ARM&frequency=A&pageSize=60' ;;
    grpc:membership) url+=/corridor.memberstates.v1.Memberships/GetMembership ;;
    grpc:observations) url+=/corridor.indicators.v1.Observations/ListObservations ;;
  esac
  case $call in
    http1:*) request=(--h1) ;;
    http2:*) request=() ;;
    grpc:*) request=(-d "$bench_folder/${call#*:}" -H 'content-type: application/grpc' -H 'te: trailers') ;;
  esac
  if [[ $call == *:unchanged ]]; then request+=(-H "if-none-match: $kept_tag"); fi
  h2load -t 1 -c "$3" -m "$4" "${request[@]}" "${@:5}" "$url"
}

# Of a report of h2load: requests, requests that failed, requests a second, bytes of all answers' bodies.
read -r -d '' h2load_report <<'AWK' || true
  /^finished in/ { rate = $4 }
  /^requests:/ { requests = $2; failed = requests - $8 }
  /^status codes:/ { if (requests != $3 + $5) failed = requests - $3 - $5 }
  /^traffic:/ { gsub(/[()]/, ""); bytes = $(NF - 1) }
  END { print requests + 0, failed + 0, rate + 0, bytes + 0 }
AWK

# 0 for a call that is answered without a body, else 1.
wants_body() {
  if [[ $1 == *:unchanged ]]; then say 0; else say 1; fi
}

# How many requests of a contender fill the time of a run, and the bytes of each answer. A gRPC call that fails is
# HTTP status 200, too, but its answer is empty.
warm_up() {
  local seconds=$1 name=$2 process=$3 call=$5 connections=$6 streams=$7 requests failed rate bytes
  load "$call" "${bench_address[$process]}" 1 1 -n 1 >"$bench_folder/load.log"
  read -r requests failed rate bytes < <(awk "$h2load_report" "$bench_folder/load.log")
  if ((failed || (bytes == 0 && $(wants_body "$call")))); then fail "$name does not answer: $bench_folder/load.log"; fi
  answer_bytes[$name]=$bytes
  load "$call" "${bench_address[$process]}" "$connections" "$streams" -D 1 >"$bench_folder/load.log"
  read -r requests failed rate bytes < <(awk "$h2load_report" "$bench_folder/load.log")
  requests_of[$name]=$(awk -v rate="$rate" -v seconds="$seconds" -v least=$((connections * streams)) \
    'BEGIN { print int(rate * seconds) + least }')
}

# One run of a contender. Prints: name, requests a second, CPU µs a request of the process and of the service behind it,
# and of one that makes one call at a time its median and 99th percentile in µs.
measure() {
  local name=$1 process=$2 service=$3 call=$4 connections=$5 streams=$6 before after requests failed rate bytes options=()
  if ((connections * streams == 1)); then
    rm -f "$bench_folder/latencies"
    options=(--log-file="$bench_folder/latencies")
  fi
  before="$(cpu_seconds "${bench_pid[$process]}") $(cpu_seconds "${bench_pid[$service]}")"
  load "$call" "${bench_address[$process]}" "$connections" "$streams" -n "${requests_of[$name]}" "${options[@]}" \
    >"$bench_folder/load.log"
  after="$(cpu_seconds "${bench_pid[$process]}") $(cpu_seconds "${bench_pid[$service]}")"
  read -r requests failed rate bytes < <(awk "$h2load_report" "$bench_folder/load.log")
  if ((failed || bytes != requests * answer_bytes[$name])); then
    fail "$name failed $failed of $requests calls, or answered another thing: $bench_folder/load.log"
  fi
  awk -v name="$name" -v rate="$rate" -v n="$requests" -v cpu="$before $after" 'BEGIN {
    split(cpu, c); printf "%s %.0f %.2f %.2f", name, rate, (c[3] - c[1]) * 1e6 / n, (c[4] - c[2]) * 1e6 / n }'
  if ((${#options[@]})); then
    cut -f 3 "$bench_folder/latencies" | sort -n |
      awk '{ us[NR] = $1 } END { printf " %d %d", us[int((NR + 1) / 2)], us[int(NR * 0.99 + 0.5)] }'
  fi
  say
}

# Functions of awk that the tables are made with, of lines that measure prints.
read -r -d '' of_runs <<'AWK' || true
    function median(name, column,    n, i, j, values, held) {
      n = count[name]
      for (i = 1; i <= n; i++) {
        held = seen[name, column, i]
        for (j = i; j > 1 && values[j - 1] > held; j--) values[j] = values[j - 1]
        values[j] = held
      }
      return values[int((n + 1) / 2)]
    }
    function verdict(value, most) { return sprintf("at most %g: %s", most, value <= most ? "met" : "MISSED") }
    function row(what, name) {
      if (count[name]) printf "  %-52s %9d %10.1f %10.1f\n", what, median(name, 2), median(name, 3), median(name, 4)
    }
    function ratio(what, ours, peers, most,    value) {
      if (!count[peers]) { printf "  %-52s not measured\n", what; return }
      value = median(ours, 3) / median(peers, 3)
      printf "  %-52s %6.1f / %6.1f µs = %.2f   %s\n", what, median(ours, 3), median(peers, 3), value, verdict(value, most)
    }
    { for (i = 2; i <= NF; i++) seen[$1, i, count[$1] + 1] = $i; count[$1]++ }
AWK

# The medians of all runs, as a table and against their targets.
summarise_gateway() {
  awk "$of_runs"'
    function added(what, name) {
      printf "  %-52s p50 %4d µs (%+d), p99 %4d µs (%+d)\n", what, median(name, 5),
        median(name, 5) - median("one_direct", 5), median(name, 6), median(name, 6) - median("one_direct", 6)
    }
    END {
      printf "\n  %-52s %9s %10s %10s\n", "", "requests/s", "CPU µs", "service µs"
      row("one membership: gRPC relay, one loop, 4 × 16", "relay_4x16")
      row("  the same by nginx grpc_pass, one worker", "nginx_4x16")
      row("one membership: gRPC relay, one loop, 64 × 1", "relay_64x1")
      row("  the same by nginx grpc_pass, one worker", "nginx_64x1")
      row("60 observations: gRPC relay, 4 × 16", "list_relayed")
      row("  REST over HTTP/2, 4 × 16", "list_transcoded")
      row("  the same by grpc-gateway v1", "list_grpcgateway")
      row("one membership: REST over HTTP/2, 4 × 16", "rest_4x16")
      row("  the same by grpc-gateway v1", "grpcgateway_4x16")
      row("one membership: REST over HTTP/1.1, 16 connections", "rest_16x1")
      row("  the same by grpc-gateway v1", "grpcgateway_16x1")
      printf "\nCPU per request against the peers:\n"
      ratio("gRPC relay, nginx grpc_pass, 4 × 16", "relay_4x16", "nginx_4x16", 0.5)
      ratio("gRPC relay, nginx grpc_pass, 64 × 1", "relay_64x1", "nginx_64x1", 0.65)
      ratio("REST, grpc-gateway v1, 60 observations, HTTP/2", "list_transcoded", "list_grpcgateway", 0.15)
      ratio("REST, grpc-gateway v1, one membership, HTTP/2", "rest_4x16", "grpcgateway_4x16", 0.15)
      ratio("REST, grpc-gateway v1, one membership, HTTP/1.1", "rest_16x1", "grpcgateway_16x1", 0.15)
      value = median("list_transcoded", 3) - median("list_relayed", 3)
      printf "  %-52s %+.1f µs   %s\n", "transcoding of 60 observations", value, verdict(value, 4)
      printf "\nOne call at a time:\n"
      printf "  %-52s p50 %4d µs, p99 %4d µs\n", "the service itself", median("one_direct", 5), median("one_direct", 6)
      added("relayed by the gateway", "one_relayed")
      added("REST over HTTP/1.1", "one_transcoded")
    }' "$bench_folder/runs"
}

# Every contender once, the other way round in every second run, so that none always follows the same one.
run_contenders() {
  local round=$1 i contender
  for ((i = 0; i < ${#contenders[@]}; i++)); do
    read -ra contender <<<"${contenders[round % 2 ? i : ${#contenders[@]} - 1 - i]}"
    if [[ ${bench_pid[${contender[1]}]-} ]]; then measure "${contender[@]}"; fi
  done
}

# Builds what is measured and starts the suite: targets of the build….
prepare_bench() {
  install h2load:nghttp2-client nginx:nginx
  mkdir -p "$bench_folder"
  exec 8>"$bench_folder/lock"
  flock -n 8 || fail "another ./dev bench runs here"
  if [[ ! -v CORRIDOR_BIN ]]; then build release "${processes[@]}" "$@" 8>&-; fi
  trap stop_bench EXIT
  start_suite
}

# Measures the contenders that are there, each bench_runs times, for about so many seconds each.
run_bench() {
  local seconds=$1 round line contender
  for line in "${contenders[@]}"; do
    read -ra contender <<<"$line"
    if [[ ${bench_pid[${contender[1]}]-} ]]; then warm_up "$seconds" "${contender[@]}"; fi
  done
  for ((round = 1; round <= bench_runs; round++)); do run_contenders "$round"; done >"$bench_folder/runs"
}

bench_gateway() {
  local seconds=${1-3}
  declare -A requests_of answer_bytes
  contenders=("${gateway_contenders[@]}")
  prepare_bench json_bench
  start_one_loop --response-cache-bytes=0
  start_gateway uncached --response-cache-bytes=0
  start_nginx
  start_grpc_gateway
  write_observations
  grpc_body corridor.memberstates.v1.GetMembershipRequest corridor/memberstates/v1/membership.proto \
    <<<'name: "organisations/IOM/memberships/ARM"' >"$bench_folder/membership"
  grpc_body corridor.indicators.v1.ListObservationsRequest corridor/indicators/v1/observation.proto \
    <<<'indicator: "POV_2USD" area: "ARM" frequency: "A" page_size: 60' >"$bench_folder/observations"
  if [[ -x $bin/../bench/json_bench ]]; then
    "$bin/../bench/json_bench"
  else
    say "JSON is left out: there is no bench/json_bench beside $bin"
  fi
  printf '\nGateway and peers before the same services, access logs and metrics on; medians of %d runs of %d s each\n' \
    "$bench_runs" "$seconds"
  run_bench "$seconds"
  summarise_gateway
}

# nginx with the body that the gateway has, over both versions of HTTP.
start_nginx_return() {
  local folder=$here/$bench_folder/nginx_return body
  body=$(curl --noproxy '*' -sS --fail "http://${bench_address[one_loop]}$membership")
  if [[ $body == *[\\\$\']* ]]; then fail "nginx cannot return this body: $body"; fi
  bench_address[nginx_http1]=127.0.0.1:$(free_port)
  bench_address[nginx_http2]=127.0.0.1:$(free_port)
  rm -rf "$folder"
  mkdir -p "$folder"
  awk -v http1="${bench_address[nginx_http1]}" -v http2="${bench_address[nginx_http2]}" -v body="$body" '
    function filled(line, name, value,    at) {
      at = index(line, name)
      return at ? substr(line, 1, at - 1) value substr(line, at + length(name)) : line
    }
    { print filled(filled(filled($0, "@HTTP1@", http1), "@HTTP2@", http2), "@BODY@", body) }' \
    tests/load/peers/nginx_return.conf >"$folder/nginx.conf"
  start_peer nginx_http1 nginx -e error.log -p "$folder/" -c nginx.conf
  bench_pid[nginx_http2]=${bench_pid[nginx_http1]}
}

# Asks until the gateway answers itself, and notes the tag of that.
await_kept() {
  local i head
  for ((i = 0; i < 200; i++)); do
    head=$(curl --noproxy '*' -sS -D - -o "$bench_folder/kept" "http://${bench_address[one_loop]}$membership")
    if [[ $head == *'corridor-cache: gateway'* ]]; then
      kept_tag=$(sed -nE 's/^etag: (.*)\r$/\1/p' <<<"$head")
      return
    fi
    sleep 0.05
  done
  fail "the gateway does not keep $membership"
}

summarise_cache() {
  awk "$of_runs"'
    function dearer(what, held, kept,    value) {
      value = median(held, 3) / median(kept, 3)
      printf "  %-52s %6.1f / %6.1f µs = %.2f   %s\n", what, median(held, 3), median(kept, 3), value, verdict(value, 1)
    }
    END {
      printf "\n  %-52s %9s %10s %10s\n", "", "requests/s", "CPU µs", "service µs"
      row("one membership, kept: HTTP/1.1, 16 connections", "kept_16x1")
      row("  the same body by nginx return", "return_16x1")
      row("  304", "held_16x1")
      row("one membership, kept: HTTP/2, 4 × 16", "kept_4x16")
      row("  the same body by nginx return", "return_4x16")
      row("  304", "held_4x16")
      printf "\nCPU per request:\n"
      ratio("kept, nginx return, HTTP/1.1", "kept_16x1", "return_16x1", 1.1)
      ratio("kept, nginx return, HTTP/2", "kept_4x16", "return_4x16", 0.25)
      dearer("304, 200, HTTP/1.1", "held_16x1", "kept_16x1")
      dearer("304, 200, HTTP/2", "held_4x16", "kept_4x16")
    }' "$bench_folder/runs"
}

# Reads that are kept, beside the store's own answer to them.
bench_kept_reads() {
  local seconds=$1 socket=$bench_folder/redis.sock pid i engine status=0
  install "${redis_needs[@]}" "${postgres_needs[@]}"
  build release cache_bench
  mkdir -p "$bench_folder"
  setpriv --pdeathsig TERM redis-server --port 0 --unixsocket "$socket" --save '' --appendonly no </dev/null \
    >"$bench_folder/redis.log" 2>&1 &
  pid=$!
  for ((i = 0; i < 100; i++)); do
    if [[ -S $socket ]]; then break; fi
    sleep 0.05
  done
  for engine in sqlite postgres; do
    build/release/bench/cache_bench --store="$engine" --redis="unix:$socket" --data=services/memberstates/data \
      --seconds="$seconds" || status=$?
  done
  kill "$pid"
  wait "$pid" || true
  return "$status"
}

bench_kept_answers() {
  local seconds=$1
  declare -A requests_of answer_bytes
  contenders=("${cache_contenders[@]}")
  prepare_bench
  start_one_loop
  await_kept
  start_nginx_return
  printf 'Kept answers of a gateway with one loop beside nginx, access logs and metrics on; medians of %d runs of %d s each\n' \
    "$bench_runs" "$seconds"
  run_bench "$seconds"
  summarise_cache
}

# Of the services first, then of the gateway, which is left running till the end.
bench_cache() {
  bench_kept_reads "${1-3}"
  bench_kept_answers "${1-3}"
}
