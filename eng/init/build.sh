#!/usr/bin/env bash
# Builds the enclave's PID 1: eng/init/build.sh [x86_64|aarch64]. Result: artifacts/init/<arch>/init, static.
# It reads init.c, the headers that eng/kernel/build.sh took from the kernel's source, and nothing of the system's C library.
set -euo pipefail
arch="${1:-x86_64}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
here="$root/eng/init"
out="$root/artifacts/init/$arch"
. "$root/eng/debian.sh"
export LC_ALL=C

"$root/eng/kernel/build.sh" "$arch"
headers="$root/artifacts/kernel/$arch/include"
prefix=''
[ "$arch" = "$(uname -m)" ] || prefix="$arch-linux-gnu-"

stamp="$( (cat "$here/init.c" "$here/sys/socket.h" "$here/build.sh" "$root/artifacts/kernel/$arch/stamp"; "${prefix}gcc" --version; "${prefix}ld" --version) | sha256sum | cut -c1-64)"
[ -f "$out/stamp" ] && [ "$(cat "$out/stamp")" = "$stamp" ] && exit 0
mkdir -p "$out"

guard=()
[ "$arch" = x86_64 ] && guard=(-mstack-protector-guard=global) # no thread storage, where the guard would be
"${prefix}gcc" -std=gnu11 -Os -Wall -Wextra -Werror -static -nostdlib -nostdinc -fno-ident -fno-asynchronous-unwind-tables \
  -fstack-protector-strong ${guard[@]+"${guard[@]}"} -ftrivial-auto-var-init=zero -ffunction-sections -fdata-sections \
  -I"$here" -I"$headers/nolibc" -isystem "$headers" -ffile-prefix-map="$root"=. \
  -Wl,--gc-sections,--build-id=none,-z,noexecstack,-z,separate-code -s -o "$out/init.new" "$here/init.c" -lgcc
chmod 0755 "$out/init.new"
mv "$out/init.new" "$out/init"
echo "$stamp" >"$out/stamp"
