#!/usr/bin/env bash
# Prints name, version, SHA-256 and path of what eng/kernel and eng/qemu take from Debian's archive as it is now, from the
# archive's signed lists. With --write they replace the `pins` files: for when a pinned file has left the archive, or for a newer
# kernel. What is built then is another kernel, and measures differently.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/eng/debian.sh"

state="$root/artifacts/debian/apt"
mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
: >"$state/status"
archive="$(debian_archive)"
cat >"$state/archive.sources" <<END
Types: deb deb-src
URIs: $archive
Suites: trixie sid
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
cat >"$state/apt.conf" <<END
Dir::State "$state";
Dir::State::status "$state/status";
Dir::Cache "$state/cache";
Dir::Etc::sourcelist "$state/archive.sources";
Dir::Etc::sourceparts "-";
APT::Sandbox::User "";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear Acquire::IndexTargets::deb::DEP-11;
END
apt-get -c "$state/apt.conf" update -qq

binary() {
  apt-cache -c "$state/apt.conf" show "$1/$2" | awk -v name="$1" '/^Version: /{v=$2} /^Filename: /{f=$2} /^SHA256: /{s=$2} /^$/{exit} END{print name, v, s, f}'
}
source_files() {
  apt-cache -c "$state/apt.conf" showsrc --only-source "$1" | awk -v name="$1" -v suite="$2" '
    /^Package: /{v="";d="";n=0} /^Version: /{v=$2} /^Directory: /{d=$2} /^Checksums-Sha256:/{on=1;next} /^[^ ]/{on=0}
    on && $3 ~ /tar/ {line[n++]=$1" "$3} /^$/ && index(v, suite) {for(i=0;i<n;i++){split(line[i],p," "); print name, v, p[1], d"/"p[2]}}'
}
kernel() { binary linux-source-6.12 trixie; }
qemu() {
  source_files qemu deb13
  binary qemu-system-data trixie
  binary seabios trixie
  binary meson trixie
  binary vhost-device-vsock sid
}
for part in kernel qemu; do
  now="$(head -n 1 "$root/eng/$part/pins")"$'\n'"$("$part")"
  if [ "${1:-}" = --write ]; then printf '%s\n' "$now" >"$root/eng/$part/pins"; else printf '%s\n' "$now"; fi
done
