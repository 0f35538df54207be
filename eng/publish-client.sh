#!/usr/bin/env bash
# Publishes the command line for callers' machines into artifacts/client: portable (dotnet amnion.dll …, any system with the .NET 10 runtime), win-x64
# and osx-arm64 (the same files with a native amnion beside them, where that system's host restores). Framework-dependent: the ASP.NET Core 10 runtime must be there.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
out="${1:-$root/artifacts/client}"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# Intermediate files elsewhere, so that this never disturbs a build of the repository.
publish() {
  local name="$1"; shift
  dotnet publish "$root/src/Amnion.Cli" -c Release --no-self-contained --artifacts-path "$work/$name" -o "$work/out/$name" -v q --nologo \
    -p:SatelliteResourceLanguages=en -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false "$@"
}

publish portable -p:UseAppHost=false
for system in win-x64 osx-arm64; do
  if publish "$system" -r "$system" >"$work/$system.log" 2>&1; then
    echo "$system: published with its native host"
  elif grep -qE 'NU1101|NU1102|NU1301' "$work/$system.log"; then
    rm -rf "$work/out/$system"
    cp -r "$work/out/portable" "$work/out/$system"
    echo "$system: its native host does not restore from this package source; published without it, start it with: dotnet amnion.dll"
  else
    cat "$work/$system.log" >&2
    exit 1
  fi
done
rm -rf "$out"
mkdir -p "$(dirname "$out")"
mv "$work/out" "$out"
