#!/bin/sh
# Fetches the pinned llama.cpp libraries and checks each one's SHA-256: eng/engine/fetch.sh [x86_64|aarch64]
# Result: artifacts/engine/lib, and for aarch64 (which nothing here loads: it goes into images) artifacts/engine-aarch64/lib.
# Quiet, idempotent, offline once fetched. The package's scripts are never run; only the listed .so files are used.
set -eu

arch="${1:-x86_64}"
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH= cd -- "$here/../.." && pwd)

case "$arch" in
  x86_64)
    pins="$here" target="$root/artifacts/engine" name=linux-x64
    if [ "$(uname -s)-$(uname -m)" != "Linux-x86_64" ]; then
      echo "engine: the prebuilt libraries are for Linux x86-64 only" >&2
      exit 3
    fi
    ;;
  aarch64) pins="$here/aarch64" target="$root/artifacts/engine-aarch64" name=linux-arm64 ;;
  *)
    echo "engine: no libraries for \"$arch\"; x86_64 or aarch64" >&2
    exit 3
    ;;
esac

verified() {
  [ -d "$1" ] && (cd "$1" && sha256sum --check --strict --status "$pins/SHA256SUMS" 2>/dev/null)
}

if verified "$target/lib"; then
  exit 0
fi

mkdir -p "$target"
stage=$(mktemp -d "$target/fetch.XXXXXX")
trap 'rm -rf "$stage"' EXIT
cp "$pins/package.json" "$pins/package-lock.json" "$stage/"
(cd "$stage" && npm ci --ignore-scripts --no-audit --no-fund --silent) || {
  echo "engine: npm ci failed; the libraries are not fetched" >&2
  exit 1
}

mkdir "$stage/lib"
package="$stage/node_modules/@node-llama-cpp/$name"
while read -r _ library; do
  cp "$package/bins/$name/$library" "$stage/lib/$library"
done < "$pins/SHA256SUMS"
cp "$package/LICENSE" "$stage/lib/LICENSE"
chmod 0755 "$stage/lib"/*.so

if ! verified "$stage/lib"; then
  echo "engine: a library's SHA-256 differs from $pins/SHA256SUMS; nothing was installed" >&2
  exit 1
fi

rm -rf "$target/lib"
mv "$stage/lib" "$target/lib"
