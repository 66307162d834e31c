# shellcheck shell=bash
# What the suite needs of the machine, and how it comes there. Sourced by ../dev.

# A Debian package, or command:package where the command may come from elsewhere.
readonly build_needs=(
  g++:g++ cmake:cmake ninja:ninja-build git:git pkg-config:pkg-config curl:curl mold:mold ccache:ccache ca-certificates
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libabsl-dev libboost-dev libnghttp2-dev
  libssl-dev zlib1g-dev libbrotli-dev libzstd-dev libxxhash-dev libhiredis-dev libsqlite3-dev libpq-dev prometheus-cpp-dev libicu-dev
  libsimdjson-dev iso-codes libgoogle-perftools-dev
  libgtest-dev libgmock-dev libcurl4-openssl-dev)
readonly redis_needs=(redis-server:redis-server)
readonly postgres_needs=(postgresql-15)
readonly test_needs=(chromium:chromium python3-grpcio python3-protobuf nghttp:nghttp2-client
  "${redis_needs[@]}" "${postgres_needs[@]}")
readonly clang_needs=(clang-14 libclang-rt-14-dev)
readonly lint_needs=(clang-format-14 clang-tidy-14 shellcheck:shellcheck)

as_root() {
  local environment=(DEBIAN_FRONTEND=noninteractive) name
  for name in http_proxy https_proxy no_proxy; do
    if [[ -v $name ]]; then environment+=("$name=${!name}"); fi
  done
  if ((EUID == 0)); then
    env "${environment[@]}" "$@"
  elif command -v sudo >/dev/null; then
    sudo env "${environment[@]}" "$@"
  else
    fail "needs root or sudo to run: $*"
  fi
}

lacking() {
  local need packages=() installed
  for need; do
    if [[ $need != *:* ]]; then
      packages+=("$need")
    elif ! command -v "${need%%:*}" >/dev/null; then
      say "${need#*:}"
    fi
  done
  ((${#packages[@]})) || return 0
  # shellcheck disable=SC2016  # dpkg-query expands it.
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null |
    sed -n 's/^installed //p') || true
  printf '%s\n' "${packages[@]}" | grep -vxF "$installed" || true
}

# Runs apt-get with its arguments, while policy-rc.d keeps packages from starting services.
# shellcheck disable=SC2016  # The inner shell expands it.
readonly quiet_apt_get='
  guard=/usr/sbin/policy-rc.d
  if [ ! -e "$guard" ]; then
    trap "rm -f $guard" EXIT
    trap "exit 1" HUP INT TERM
    printf "#!/bin/sh\nexit 101\n" >"$guard"
    chmod 755 "$guard"
  fi
  apt-get -o DPkg::Lock::Timeout=600 "$@"'

# Installs what lacks; touches nothing, the network least of all, when nothing does.
install() {
  local missing
  mapfile -t missing < <(lacking "$@")
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "this is no Debian, and it lacks: ${missing[*]}"
  say "Installing ${missing[*]}"
  as_root apt-get -o DPkg::Lock::Timeout=600 update </dev/null || say "apt-get update had errors; going on"
  as_root sh -c "$quiet_apt_get" apt-get install -y --no-install-recommends "${missing[@]}" </dev/null ||
    fail "could not install: ${missing[*]}"
}

# Brings the npm packages that the lock file of a folder pins: folder, destination, then options of npm. Fails when npm does.
fetch_npm_packages() {
  local from=$1 to=$2
  shift 2
  install npm:npm
  mkdir -p "$to" && rm -f "$to/installed" && cp "$from/package.json" "$from/package-lock.json" "$to/" &&
    npm ci --prefix "$to" --ignore-scripts --no-audit --no-fund --loglevel=error "$@" </dev/null
}

# Brings the npm packages of proto/package-lock.json: `contracts` for what compiles, `all` for what checks as well.
install_npm_packages() {
  local what=$1 lock folder=.corridor/npm have='' options=()
  lock=$(sha256sum <proto/package-lock.json)
  if [[ -f $folder/installed ]]; then have=$(<"$folder/installed"); fi
  if [[ $have == "all $lock" || $have == "$what $lock" ]]; then return; fi
  say "Fetching the contracts' npm packages ($what)"
  if [[ $what == contracts ]]; then options+=(--omit=dev); fi
  fetch_npm_packages proto "$folder" "${options[@]}" || fail "npm ci failed"
  say "$what $lock" >"$folder/installed"
}

# Brings the clients of others that tests/interop runs on Node.js. Where npm cannot, those tests are skipped.
install_interop_clients() {
  local lock folder=.corridor/interop
  lock=$(sha256sum <tests/interop/package-lock.json)
  if [[ -f $folder/installed && $(<"$folder/installed") == "$lock" ]]; then return; fi
  say "Fetching the clients of tests/interop"
  if fetch_npm_packages tests/interop "$folder"; then
    say "$lock" >"$folder/installed"
  else
    rm -rf "$folder/node_modules"
    say "npm could not bring them: their tests are skipped"
  fi
}

# Slim images drop /usr/share/locale: then the country names come from the package unpacked beside the build.
iso_codes_root=/usr
find_iso_codes() {
  local catalogues=(/usr/share/locale/*/LC_MESSAGES/iso_3166-1.mo) unpacked=$here/.corridor/iso-codes
  if ((${#catalogues[@]})); then return; fi
  iso_codes_root=$unpacked/usr
  if [[ -d $iso_codes_root ]]; then return; fi
  say "Unpacking iso-codes' translations"
  local download
  download=$(mktemp -d)
  (
    cd "$download" || exit
    apt-get -qq download iso-codes || { as_root apt-get update && apt-get -qq download iso-codes; }
  )
  rm -rf "$unpacked.part"
  dpkg -x "$download"/iso-codes_*.deb "$unpacked.part"
  mv "$unpacked.part" "$unpacked"
  rm -r "$download"
}
