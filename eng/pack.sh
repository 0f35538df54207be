#!/usr/bin/env bash
# Packs Amnion.Client and what it depends on into artifacts/packages, the same bytes from the same commit.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
out="${1:-$root/artifacts/packages}"
# Times inside the archives: the commit's, or NuGet's earliest where there is no commit.
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 315532800)}"
export SOURCE_DATE_EPOCH DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
rm -rf "$out"
for project in Records Sealing Attestation Client; do
  dotnet pack "$root/src/Amnion.$project" -c Release -o "$out" -v q --nologo
done
