# Sourced by ./amnion and ./test: installs or names what is missing, and builds what changed.

amnion_say() { printf 'amnion: %s\n' "$*" >&2; }

# Debian packages that commands need; installed where that is possible, named where it is not.
amnion_packages() {
  local missing=() libraries
  # Read whole: under pipefail a grep that stops early would make the list look empty.
  libraries="$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)"
  command -v bwrap >/dev/null 2>&1 || missing+=(bubblewrap)
  [[ "$libraries" == *libsqlite3.so.0* ]] || missing+=(libsqlite3-0)
  [[ "$libraries" == *libcrypto.so.3* ]] || missing+=(libssl3)
  [ ${#missing[@]} -eq 0 ] && return 0
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo=(sudo -n); else
      amnion_say "missing packages: ${missing[*]}"
      amnion_say "hint: sudo apt-get install -y ${missing[*]}"
      return 0
    fi
  fi
  amnion_say "installing ${missing[*]}"
  if ! { "${sudo[@]}" apt-get install -y -qq "${missing[@]}" || { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" apt-get install -y -qq "${missing[@]}"; }; } >/dev/null 2>&1; then
    amnion_say "could not install ${missing[*]}; the layers that need them will be reported as missing"
    amnion_say "hint: apt-get install -y ${missing[*]}"
  fi
}

amnion_require() {
  local ok=1
  if ! command -v dotnet >/dev/null 2>&1 || ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    amnion_say "error: the .NET 10 SDK is missing"
    amnion_say "hint: install the package dotnet-sdk-10.0, or see https://dot.net/download"
    ok=0
  fi
  if ! command -v npm >/dev/null 2>&1 && [ ! -d "$1/artifacts/engine/lib" ]; then
    amnion_say "error: npm is missing (it fetches the pinned inference engine)"
    amnion_say "hint: apt-get install -y npm"
    ok=0
  fi
  [ "$ok" = 1 ] || exit 20
}

# A digest of everything the build reads, so that a second start builds nothing. The system's libraries are measured into register 1.
amnion_sources() {
  (cd "$1" && {
    find src eng Directory.*.props Directory.*.targets global.json -type f -not -path '*/bin/*' -not -path '*/obj/*' -not -path '*/node_modules/*' -print0 | sort -z | xargs -0 sha256sum
    ldconfig -p 2>/dev/null | sed -n 's/.*=> //p' | grep -E '/(libc|libm|libssl|libcrypto|libstdc\+\+|libgcc_s|libz)\.so' | sort -u | xargs -r stat -L -c '%n %s %Y'
  } | sha256sum | cut -c1-64)
}

amnion_build() {
  local root="$1" log="$1/artifacts/setup.log" now
  mkdir -p "$root/artifacts"
  now="$(amnion_sources "$root")"
  [ -f "$root/artifacts/built" ] && [ "$(cat "$root/artifacts/built")" = "$now" ] && return 0
  amnion_say "building (first use, or sources changed); the log is $log"
  : >"$log"
  amnion_step "the inference engine" bash "$root/eng/engine/fetch.sh"
  amnion_step "the command line" dotnet publish "$root/src/Amnion.Cli" -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -o "$root/artifacts/cli" --nologo -v q
  amnion_step "the enclave program" bash "$root/eng/publish-enclave.sh"
  # Reference Values come from here, before anything runs the program.
  amnion_step "its measurements" dotnet "$root/artifacts/cli/amnion.dll" image measure "$root/artifacts/enclave"
  printf '%s\n' "$now" >"$root/artifacts/built"
}

amnion_step() {
  local what="$1"; shift
  amnion_say "  $what"
  if ! "$@" >>"$log" 2>&1; then
    amnion_say "error: building $what failed; the last lines of $log:"
    tail -n 15 "$log" >&2
    exit 1
  fi
}

# True for a command that boots an image under QEMU: only then is any of it built.
amnion_wants_qemu() {
  local argument previous=
  [ "${1:-}" = demo ] || [ "${1:-}" = up ] || return 1
  for argument in "$@"; do
    case "$argument" in --help | -h | -\?) return 1 ;; esac
  done
  for argument in "$@"; do
    [ "$previous $argument" = "--platform qemu" ] || [ "$argument" = "--platform=qemu" ] && return 0
    previous="$argument"
  done
  return 1
}

# QEMU, and unless the command names an image, kernel, init and the image; each built on first use and when its inputs change.
amnion_setup_qemu() {
  local root="$1" log="$1/artifacts/qemu.log" now part
  local parts=(qemu "kernel x86_64" "init x86_64")
  [[ " ${*:2} " == *" --image"[=\ ]* ]] && parts=(qemu)
  exec 9>"$root/artifacts/setup.lock"
  flock 9
  : >"$log"
  if [ ! -f "$root/artifacts/qemu/bin/qemu-system-x86_64" ] || { [ ${#parts[@]} -gt 1 ] && [ ! -f "$root/artifacts/kernel/x86_64/bzImage" ]; }; then
    amnion_say "building what the platform qemu needs (first use, some 15 minutes on two cores); the log is $log"
  fi
  for part in "${parts[@]}"; do
    # shellcheck disable=SC2086
    set -- $part
    amnion_quiet "$1" bash "$root/eng/$1/build.sh" "${@:2}"
  done
  if [ ${#parts[@]} -eq 1 ]; then
    exec 9>&-
    return 0
  fi
  now="$(cat "$root/artifacts/built" "$root/artifacts/kernel/x86_64/bzImage" "$root/artifacts/init/x86_64/init" "$root/samples/image/amnion.yaml" | sha256sum | cut -c1-64)"
  if [ ! -f "$root/artifacts/image/amnion.eif" ] || [ "$(cat "$root/artifacts/image/built" 2>/dev/null)" != "$now" ]; then
    mkdir -p "$root/artifacts/image"
    amnion_step "the enclave image" env AMNION_ARTIFACTS="$root/artifacts" dotnet "$root/artifacts/cli/amnion.dll" image build "$root/samples/image/amnion.yaml" --runtime "$root/artifacts/enclave" --output "$root/artifacts/image/amnion.eif"
    printf '%s\n' "$now" >"$root/artifacts/image/built"
  fi
  exec 9>&-
}

# As amnion_step, without a word where it goes well.
amnion_quiet() {
  local what="$1"; shift
  if ! "$@" >>"$log" 2>&1; then
    amnion_say "error: building $what failed; the last lines of $log:"
    tail -n 15 "$log" >&2
    exit 1
  fi
}

amnion_setup() {
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  amnion_require "$1"
  amnion_packages
  # One build at a time, however many terminals start at once.
  mkdir -p "$1/artifacts"
  exec 9>"$1/artifacts/setup.lock"
  flock 9
  amnion_build "$1"
  exec 9>&-
}
