#!/usr/bin/env bash
# The body of ./test: build, format, run, count.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export AMNION_PROGRAM="$PWD/artifacts/enclave" AMNION_SAMPLES="$PWD/samples"
dotnet restore Amnion.slnx --locked-mode -v q --nologo || { echo "amnion: error: restore in locked mode failed" >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
dotnet build Amnion.slnx -c Release --no-restore -v q --nologo || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
failed=0
if ! dotnet format whitespace Amnion.slnx --verify-no-changes --no-restore -v q; then
  echo "amnion: error: formatting differs; run: dotnet format whitespace Amnion.slnx" >&2
  failed=1
fi
results="$PWD/artifacts/test-results"
rm -rf "$results"
for project in tests/*.Tests; do
  echo "== ${project#tests/}"
  dotnet test "$project" -c Release --no-build --nologo -v q --logger "trx;LogFileName=$(basename "$project").trx" --results-directory "$results" "$@" || failed=1
done
read -r passed broken skipped < <(
  cat "$results"/*.trx 2>/dev/null | grep -oE '<UnitTestResult [^>]*outcome="(Passed|Failed|NotExecuted|Error|Timeout|Aborted)"' | grep -oE 'outcome="[A-Za-z]+"' | sort | uniq -c |
    awk '/Passed/{p=$1} /Failed|Error|Timeout|Aborted/{f+=$1} /NotExecuted/{s=$1} END{print p+0, f+0, s+0}')
[ "$failed" = 1 ] && [ "$broken" = 0 ] && broken=1
[ "$passed" = 0 ] && broken=$((broken + 1))
if [ "$skipped" -gt 0 ]; then
  echo "skipped:"
  cat "$results"/*.trx | grep -A12 'outcome="NotExecuted"' | grep -oE '<Message>[^<]*' | sed 's/<Message>/  /' | sort | uniq -c
fi
echo "$passed passed, $broken failed, $skipped skipped"
[ "$broken" = 0 ]
