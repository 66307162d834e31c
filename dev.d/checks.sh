# shellcheck shell=bash
# Tests, lint, soaking and fuzzing. Sourced by ../dev.

# Runs ctest in a tree; its output stays in the tree for the closing summary.
run_ctest() {
  local tree=build/$1
  shift
  ctest --test-dir "$tree" -j "$(nproc)" --output-on-failure "$@" 2>&1 | tee "$tree/ctest.log"
}

# The ten slowest tests of the trees, then ctest's own summary of each.
summarise_tests() {
  local tree logs=()
  for tree; do logs+=("build/$tree/ctest.log"); done
  printf '\nSlowest tests:\n'
  awk '$2 == "Test" && $3 ~ /^#/ && $NF == "sec" { print $(NF - 1), $4 }' "${logs[@]}" | sort -rn |
    awk 'NR <= 10 { printf "%9.2f s  %s%s\n", $1, $2, ($1 > 60 ? "  took over 60 s: split it or speed it up" : "") }'
  for tree; do
    printf '\n%s:\n' "build/$tree"
    sed -n '/tests passed,\|^No tests were found/,$p' "build/$tree/ctest.log"
  done
}

run_tests() {
  local trees=(release fuzz) tree filter=() failed=0 ran=0
  while (($#)); do
    case $1 in
      --asan) trees=(asan) ;;
      -R) [[ ${2-} ]] || misuse "-R needs a regular expression"; filter=(-R "$2") && shift ;;
      *) misuse "test does not know \"$1\"" ;;
    esac
    shift
  done
  install "${test_needs[@]}"
  install_interop_clients
  for tree in "${trees[@]}"; do
    build "$tree"
    run_ctest "$tree" "${filter[@]}" || failed=1
    if grep -q 'tests passed, ' "build/$tree/ctest.log"; then ran=1; fi
  done
  summarise_tests "${trees[@]}"
  ((ran)) || fail "no test ran"
  return "$failed"
}

# The contracts of a folder as one descriptor set.
describe_contracts() {
  local folder=$1 out=$2 files
  mapfile -t files < <(cd "$folder" && find corridor -name '*.proto' | sort)
  protoc --include_imports --include_source_info --descriptor_set_out="$out" -I"$folder" \
    -I.corridor/npm/node_modules/google-proto-files "${files[@]}"
}

lint_contracts() {
  local scratch=$1 buf=.corridor/npm/node_modules/.bin/buf baseline
  local options=(--config proto/buf.yaml --path corridor)
  describe_contracts proto "$scratch/now.binpb"
  "$buf" lint "$scratch/now.binpb" "${options[@]}" || return 1
  if [[ ! -f proto/BASELINE ]]; then
    say "buf breaking: skipped, there is no proto/BASELINE before the first release"
    return
  fi
  baseline=$(<proto/BASELINE)
  git archive "$baseline" proto | tar -x -C "$scratch" || fail "proto/BASELINE names \"$baseline\", no commit here"
  describe_contracts "$scratch/proto" "$scratch/then.binpb"
  "$buf" breaking "$scratch/now.binpb" --against "$scratch/then.binpb" "${options[@]}"
}

# The document that the gateway serves, as its build makes it.
lint_openapi() {
  ninja -C build/release -j "$(parallel_jobs 1200)" openapi || return 1
  REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true .corridor/npm/node_modules/.bin/redocly lint \
    --config gateway/docs/redocly.yaml --format=stylish build/release/gateway/docs/openapi.json
}

# C++ files that differ from where this branch left main (on main: from the commit before), or all.
files_to_tidy() {
  local base
  if [[ $1 == --all ]]; then
    git ls-files '*.cc'
    return
  fi
  base=$(git merge-base HEAD main 2>/dev/null || git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)
  if [[ $base == "$(git rev-parse HEAD)" ]]; then
    base=$(git rev-parse -q --verify HEAD~ || git hash-object -t tree /dev/null)
  fi
  { git diff --name-only --diff-filter=d "$base" -- '*.cc'; git ls-files -o --exclude-standard '*.cc'; } | sort -u
}

lint() {
  local scope=${1-} failed=0 scratch files generated
  if [[ $scope && $scope != --all ]]; then misuse "lint does not know \"$scope\""; fi
  install "${build_needs[@]}" "${clang_needs[@]}" "${lint_needs[@]}"
  install_npm_packages all
  configure release
  scratch=$(mktemp -d)
  # shellcheck disable=SC2064  # The folder of now.
  trap "rm -rf '$scratch'" EXIT

  say "clang-format"
  git ls-files -co --exclude-standard '*.cc' '*.h' | xargs -r -d '\n' clang-format-14 --dry-run -Werror || failed=1

  say "shellcheck"
  shellcheck -x -a dev .ci/run || failed=1

  say "buf"
  lint_contracts "$scratch" || failed=1

  say "redocly"
  lint_openapi || failed=1

  mapfile -t files < <(files_to_tidy "$scope" |
    while read -r file; do if grep -qF "/$file\"" build/release/compile_commands.json; then say "$file"; fi; done)
  say "clang-tidy: ${#files[@]} files"
  if ((${#files[@]})); then
    mapfile -t generated < <(ninja -C build/release -t targets all | sed -n 's/^\(.*\.pb\.h\): CUSTOM_COMMAND$/\1/p')
    ninja -C build/release -j "$(parallel_jobs 1200)" "${generated[@]}"
    printf '%s\0' "${files[@]}" |
      xargs -0 -n 1 -P "$(parallel_jobs 1200)" clang-tidy-14 -p build/release --quiet 2>&1 |
      sed '/ warnings\? generated\.$/d' || failed=1
  fi
  return "$failed"
}

# What tests of a minute cannot show, again and again; stops at the first failure.
soak() {
  local minutes=0 begin round=0 store tests=build/release/tests/fault
  while (($#)); do
    case $1 in
      --minutes=*) minutes=$(positive soak "$1") ;;
      *) misuse "soak does not know \"$1\"" ;;
    esac
    shift
  done
  build release fault_{crash,order,redis,replica_freshness,rolling_restart,slow_readers,slowloris,hostile_http2,transfer}_test \
    cache_freshness_simulation_test
  begin=$SECONDS
  until ((round > 0 && SECONDS >= begin + minutes * 60)); do
    say "soak: round $((++round))"
    CORRIDOR_SIMULATION_STEPS=5000000 build/release/platform/cache/cache_freshness_simulation_test
    "$tests/fault_redis_test"
    CORRIDOR_STEPS=20000 "$tests/fault_replica_freshness_test"
    for store in sqlite postgres; do
      CORRIDOR_TEST_STORE=$store CORRIDOR_CRASHES=50 "$tests/fault_crash_test"
      CORRIDOR_TEST_STORE=$store CORRIDOR_COMMITS=1000 "$tests/fault_order_test"
      CORRIDOR_TEST_STORE=$store CORRIDOR_ROUNDS=20 "$tests/fault_rolling_restart_test"
    done
    CORRIDOR_READERS=1000 "$tests/fault_slow_readers_test"
    "$tests/fault_slowloris_test"
    "$tests/fault_hostile_http2_test"
    CORRIDOR_MEGABYTES=10240 "$tests/fault_transfer_test"
  done
  say "soak: $round rounds in $((SECONDS - begin)) s, none failed"
}

fuzz() {
  local seconds=${1-60} failed=0 run_file lines
  if [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then misuse "fuzz: \"$seconds\" is not a number of seconds"; fi
  build fuzz
  for run_file in build/fuzz/fuzz/*.run; do
    mapfile -t lines <"$run_file"  # Binary, corpus that grows, seeds if any.
    say "$(basename "$run_file" .run): $seconds s"
    "${lines[0]}" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="${lines[1]}/" "${lines[@]:1}" || failed=1
  done
  return "$failed"
}
