#!/usr/bin/env bash
# Counts lines of source of what is in an image and not built here: C library, C++ runtime, OpenSSL, inference engine. Writes eng/tcb-lines, which
# `amnion image build` takes its numbers from. Each is an upper bound: whole packages of this system's versions, blank lines and comments included; tests,
# documentation and the engine's back ends for other devices are left out. eng/kernel/build.sh counts the kernel's, of the files that were compiled.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
. "$root/eng/debian.sh"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

fetch() { # path under the archive
  debian_say "fetching ${1##*/}"
  /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "$(debian_archive)$1" "$work/${1##*/}" >"$work/log" 2>&1 || debian_fail "${1##*/} did not come from the archive"
}
version() { dpkg-query -W -f '${source:Upstream-Version}' "$1"; }
count() { find "$@" -type f -regextype posix-extended -regex '.*\.(c|h|cc|cpp|hpp|tcc|S|s|pl|pm)' ! -path '*/test*' ! -name 'tst-*' ! -name 'bench*' -print0 | xargs -0 cat | wc -l; }

libc="$(version libc6)" openssl="$(version libssl3)" gcc="$(version libstdc++6)"
major="${gcc%%.*}"
fetch "pool/main/g/glibc/glibc_$libc.orig.tar.xz"
fetch "pool/main/o/openssl/openssl_$openssl.orig.tar.gz"
fetch "pool/main/g/gcc-$major/gcc-${major}_$gcc.orig.tar.gz"
for archive in "$work"/*.tar.*; do tar -x -C "$work" -f "$archive"; done
# Debian's gcc is a package in a package.
for inner in "$work"/gcc-*/gcc-*.tar.*; do [ -f "$inner" ] && tar -x -C "$work" -f "$inner"; done

# The engine's source goes with its binaries on npm.
npm_version="$(sed -n 's/.*"@node-llama-cpp\/linux-x64": "\(.*\)".*/\1/p' "$root/eng/engine/package.json")"
(cd "$work" && npm pack --silent "node-llama-cpp@$npm_version" >/dev/null && tar -x -z -f node-llama-cpp-*.tgz && git -c advice.detachedHead=false clone -q package/llama/gitRelease.bundle engine)

libstdcxx="$(find "$work" -maxdepth 2 -type d -name libstdc++-v3 | head -n 1)"
{
  echo "# Lines of source, counted by eng/tcb-lines.sh: part, version, lines."
  echo "c++-runtime gcc-$gcc $(count "$libstdcxx"/src "$libstdcxx"/include "$libstdcxx"/libsupc++ "${libstdcxx%/*}"/libgcc)"
  echo "engine llama.cpp-$(git -C "$work/engine" describe --tags --always) $(count "$work"/engine/src "$work"/engine/include "$work"/engine/ggml/include "$work"/engine/ggml/src/ggml-cpu $(find "$work/engine/ggml/src" -maxdepth 1 -type f))"
  echo "libc glibc-$libc $(count "$work"/glibc-*)"
  echo "openssl openssl-$openssl $(count "$work"/openssl-*/{crypto,ssl,providers,include,engines})"
} >"$root/eng/tcb-lines.new"
mv "$root/eng/tcb-lines.new" "$root/eng/tcb-lines"
cat "$root/eng/tcb-lines"
