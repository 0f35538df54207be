#!/bin/sh
# Fetches the pinned llama.cpp libraries into artifacts/engine/lib and checks each one's SHA-256.
# Quiet, idempotent, offline once fetched. The package's scripts are never run; only the listed .so files are used.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH= cd -- "$here/../.." && pwd)
target="$root/artifacts/engine"

if [ "$(uname -s)-$(uname -m)" != "Linux-x86_64" ]; then
  echo "engine: the prebuilt libraries are for Linux x86-64 only" >&2
  exit 3
fi

verified() {
  [ -d "$1" ] && (cd "$1" && sha256sum --check --strict --status "$here/SHA256SUMS" 2>/dev/null)
}

if verified "$target/lib"; then
  exit 0
fi

mkdir -p "$target"
stage=$(mktemp -d "$target/fetch.XXXXXX")
trap 'rm -rf "$stage"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$stage/"
(cd "$stage" && npm ci --ignore-scripts --no-audit --no-fund --silent) || {
  echo "engine: npm ci failed; the libraries are not fetched" >&2
  exit 1
}

mkdir "$stage/lib"
while read -r _ name; do
  cp "$stage/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/$name" "$stage/lib/$name"
done < "$here/SHA256SUMS"
cp "$stage/node_modules/@node-llama-cpp/linux-x64/LICENSE" "$stage/lib/LICENSE"
chmod 0755 "$stage/lib"/*.so

if ! verified "$stage/lib"; then
  echo "engine: a library's SHA-256 differs from eng/engine/SHA256SUMS; nothing was installed" >&2
  exit 1
fi

rm -rf "$target/lib"
mv "$stage/lib" "$target/lib"
