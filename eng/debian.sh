# Sourced by the scripts that build from Debian's archive: fetching by name and SHA-256, and the packages that a build needs.
# $root is the repository. Nothing of the machine's own package lists is read or changed but its sources' addresses.

debian_say() { printf '%s: %s\n' "${0##*/eng/}" "$*" >&2; }
debian_fail() { debian_say "error: $1"; [ $# -lt 2 ] || debian_say "hint: $2"; exit 1; }

# The archive that this machine's apt installs from; AMNION_DEBIAN names another.
debian_archive() {
  local address="${AMNION_DEBIAN:-}"
  [ -n "$address" ] || address="$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null | awk '$2 == "main" && $1 !~ /security/ { print $1; exit }')"
  [ -n "$address" ] || debian_fail "apt knows no Debian archive on this machine" "AMNION_DEBIAN=<address of a Debian archive>"
  printf '%s/' "${address%/}"
}

# debian_fetch <path under the archive> <sha256>: prints the file's place under artifacts/debian. The hash is the whole trust.
debian_fetch() {
  local file="$root/artifacts/debian/${1##*/}" address
  if [ ! -f "$file" ] || ! printf '%s  %s\n' "$2" "$file" | sha256sum --check --status; then
    mkdir -p "$root/artifacts/debian"
    address="$(debian_archive)$1" || exit 1
    rm -f "$file.part"
    debian_say "fetching ${1##*/}"
    if ! /usr/lib/apt/apt-helper download-file "$address" "$file.part" "SHA256:$2" >"$file.log" 2>&1; then
      rm -f "$file.part"
      debian_fail "${1##*/} with SHA-256 $2 did not come from the archive: $(tail -n 1 "$file.log")" "eng/pins.sh --write takes what the archive holds now; a newer kernel measures differently"
    fi
    printf '%s  %s\n' "$2" "$file.part" | sha256sum --check --status || debian_fail "${1##*/} does not have SHA-256 $2"
    mv "$file.part" "$file"
    rm -f "$file.log"
  fi
  printf '%s\n' "$file"
}

# debian_packages <command or header>=<package> …: installs what is missing where that is possible, and names it where it is not.
debian_packages() {
  local missing=() sudo=() want
  for want in "$@"; do
    case "$want" in
      */*) [ -e "${want%=*}" ] || missing+=("${want#*=}") ;;
      *.pc=*) pkg-config --exists "${want%.pc=*}" 2>/dev/null || missing+=("${want#*=}") ;;
      *) command -v "${want%=*}" >/dev/null 2>&1 || missing+=("${want#*=}") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || debian_fail "missing packages: ${missing[*]}" "sudo apt-get install -y ${missing[*]}"
    sudo=(sudo -n)
  fi
  debian_say "installing ${missing[*]}"
  { "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" ||
    { "${sudo[@]}" apt-get update -qq && "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; }; } >/dev/null 2>&1 ||
    debian_fail "could not install ${missing[*]}" "apt-get install -y ${missing[*]}"
}
