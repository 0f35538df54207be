#!/usr/bin/env bash
# Publishes the enclave program with the engine's libraries beside it: the directory that is measured.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
out="$root/artifacts/enclave"
fresh="$out.new"
rm -rf "$fresh"
dotnet publish "$root/src/Amnion.Enclave" -c Release -r linux-x64 -o "$fresh" --nologo -v q
mkdir -p "$fresh/lib"
cp -L "$root"/artifacts/engine/lib/*.so* "$fresh/lib/"
find "$fresh" -name '*.pdb' -delete -o -name '*.xml' -delete
rm -rf "$out"
mv "$fresh" "$out"
