#!/usr/bin/env bash
# Trains the guard's classifier on the developer corpora under AMNION_SHARED and our own texts, and writes src/Amnion.Guard/Classifier/classifier.bin.
# eng/guard-train.sh            trains; the same inputs give the same bytes
# eng/guard-train.sh validate   prints the same tables of what is found of each source when it is left out, and writes nothing
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
export AMNION_SHARED="${AMNION_SHARED:-$root/../shared}"
dotnet build "$root/eng/guard-model" -c Release --nologo -v q -clp:NoSummary >&2
exec dotnet "$root/eng/guard-model/bin/Release/net10.0/Amnion.GuardTraining.dll" "${1:-train}" "${@:2}" --out "$root/src/Amnion.Guard/Classifier/classifier.bin"
