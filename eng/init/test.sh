#!/usr/bin/env bash
# Compiles init.c into a test program and runs it here.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
headers="${1:-$root/artifacts/kernel/$(uname -m)/include}"
[ -d "$headers" ] || { echo "init test: $headers is missing; run eng/kernel/build.sh" >&2; exit 1; }
program="$(mktemp)"
trap 'rm -f "$program"' EXIT
guard=()
[ "$(uname -m)" = x86_64 ] && guard=(-mstack-protector-guard=global)
gcc -std=gnu11 -O1 -Wall -Wextra -Werror -Wno-unused-function -static -nostdlib -nostdinc -fstack-protector-strong ${guard[@]+"${guard[@]}"} \
  -I"$root/eng/init" -I"$headers/nolibc" -isystem "$headers" -o "$program" "$root/eng/init/init_test.c" -lgcc
"$program"
