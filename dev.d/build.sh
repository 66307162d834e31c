# shellcheck shell=bash
# Configuring and building a preset's tree. Sourced by ../dev.

# One job a core, as far as memory goes: `$1` MB a job.
parallel_jobs() {
  local cores free_mb jobs
  cores=$(nproc)
  free_mb=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo)
  jobs=$((free_mb / $1))
  if ((jobs > cores)); then jobs=$cores; fi
  say $((jobs < 1 ? 1 : jobs))
}

configure() {
  local preset=$1 tree=build/$1 wanted
  install "${build_needs[@]}"
  if [[ $preset == fuzz ]]; then install "${clang_needs[@]}"; fi
  install_npm_packages contracts
  find_iso_codes
  wanted="$here with $iso_codes_root"
  if [[ -f $tree/build.ninja && -f $tree/configured && $(<"$tree/configured") == "$wanted" ]]; then
    ninja -C "$tree" --quiet build.ninja  # Configures again when a CMakeLists.txt changed.
    return
  fi
  if [[ -f $tree/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$here" "$tree/CMakeCache.txt"; then
    say "$tree was made for another folder: starting anew"
    rm -rf "$tree"
  fi
  cmake --preset "$preset" -DCORRIDOR_ISO_CODES_ROOT="$iso_codes_root"
  say "$wanted" >"$tree/configured"
}

# build PRESET [TARGET…]
build() {
  local preset=$1 job_mb=1200
  shift
  configure "$preset"
  if [[ $preset != release ]]; then job_mb=2800; fi
  ninja -C "build/$preset" -j "$(parallel_jobs "$job_mb")" "$@"
}
