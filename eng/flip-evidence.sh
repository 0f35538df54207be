#!/usr/bin/env bash
# Alters every single bit of every accepted published sample of Evidence and expects a refusal; a file that several cases bring is altered once. Many hours on two cores; artifacts/flip-evidence.log keeps what is done, so that the
# next run goes on from there. Usage: eng/flip-evidence.sh [TEE[/ID]]
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
vectors="${AMNION_SHARED:-$root/../shared}/vectors/attestation"
[ -f "$vectors/MANIFEST.json" ] || { echo "amnion: error: no published Evidence in $vectors; set AMNION_SHARED" >&2; exit 1; }
mkdir -p "$root/artifacts"
dotnet build "$root/src/Amnion.Cli" -c Release -v q --nologo -clp:NoSummary >/dev/null
exec dotnet "$root/src/Amnion.Cli/bin/Release/net10.0/amnion.dll" conformance "$vectors" ${1:+--only "$1"} --flip-bits "$root/artifacts/flip-evidence.log"
