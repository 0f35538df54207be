#!/usr/bin/env bash
# The long runs, in pieces of at most a few minutes: every single-bit flip, and at least 200,000 mutated inputs for every parser. The tests are
# those of ./test with larger numbers. Usage: eng/nightly.sh [--list] [PIECE…]   Without names all pieces run. docs/conventions.md says what each covers.
set -uo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
export AMNION_EXHAUSTIVE=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# name | project | mutated inputs per test, 0 where the piece flips bits | test methods
pieces='
bits-attestation  | Attestation | 0      | *NitroBitFlipTests*
bits-model        | Models      | 0      | *SealedModelTests.Every* *ModelSignatureTests.Every* *ModelManifestTests.Every*
bits-messages     | Sealing     | 0      | *ChunkedOhttpTests.Every* *SealedStreamTests.Every*
bits-endpoint     | Enclave     | 0      | *SealedRequestTests.Refuses_every*
bits-records      | Records     | 0      | *RecordTests.No_bit*
bits-formats      | Attestation | 0      | *BitFlip*
fuzz-formats      | Attestation | 200000 | *Fuzz*
fuzz-cbor         | Attestation | 200000 | *FuzzTests.Documents *FuzzTests.Requests *FuzzTests.Responses *CborTests.Whatever*
fuzz-cose         | Attestation | 200000 | *FuzzTests.Messages
fuzz-policy       | Attestation | 200000 | *FuzzTests.Policies
fuzz-certificates | Attestation | 200000 | *FuzzTests.Certificates *FuzzTests.Revocation_lists
fuzz-appraisal    | Attestation | 200000 | *FuzzTests.Appraisals
fuzz-ohttp        | Sealing     | 200000 | *ChunkedOhttpTests.Mutated* *OhttpKeyConfigTests.Mutated*
fuzz-bhttp        | Sealing     | 200000 | *BinaryHttpTests.Mutated*
fuzz-stream       | Sealing     | 200000 | *SealedStreamTests.Mutated*
fuzz-gguf         | Models      | 200000 | *GgufFuzzTests*
fuzz-manifest     | Models      | 200000 | *ModelSignatureTests.No_altered* *ModelManifestTests.No_altered*
fuzz-records      | Records     | 200000 | *RecordTests.No_mutated*
fuzz-api          | Enclave     | 200000 | *ApiFuzzTests*
fuzz-frames       | Enclave     | 200000 | *FrameServerTests.Survives*
fuzz-worker       | Inference   | 200000 | *FrameTests.Altered* *OutputFilterTests.Any_bytes* *JsonSchemaGrammarTests.Any_json*
fuzz-host         | Host        | 20000  | *DevelopmentNsmTests.No_bytes* *RuntimeLibrariesTests.No_mutation*
fuzz-broker       | KeyBroker   | 20000  | *RequestFuzzTests*
'

trim() { local text="$*"; read -r text <<<"$text"; printf '%s' "$text"; }

run_piece() {
  local project="Amnion.$2.Tests" start="$SECONDS" methods=() filters=() out="$root/artifacts/nightly-$1.log"
  read -ra methods <<<"$4"
  for method in "${methods[@]}"; do filters+=(-method "$method"); done
  (cd "tests/$project/bin/Release/net10.0" && AMNION_FUZZ_ITERATIONS="${AMNION_FUZZ_ITERATIONS:-$3}" nice -n 10 dotnet "$project.dll" "${filters[@]}" -noColor) >"$out" 2>&1
  local status=$? tests
  tests="$(sed -n 's/.*Total: \([0-9]*\),.*/\1/p' "$out" | tail -n 1)"
  # A filter that matches nothing is a mistake in the list above, not a success.
  if [ "$status" -ne 0 ] || [ "${tests:-0}" -lt "${#methods[@]}" ]; then
    printf '%-18s FAILED; see %s\n' "$1" "artifacts/nightly-$1.log"
    return 1
  fi
  printf '%-18s %3d tests  %7s inputs each  %4d s\n' "$1" "$tests" "$3" "$((SECONDS - start))"
}

if [ "${1:-}" = --list ]; then
  printf '%s\n' "$pieces" | sed '/^$/d'
  echo 'bits-evidence     | alters every bit of every accepted published sample; goes on where it was interrupted'
  echo 'packages          | packs the client and builds a program from the packages'
  echo 'client            | publishes the client for other systems and runs the portable one'
  exit 0
fi
wanted=" $* "
[ $# -eq 0 ] || for name in "$@"; do
  [[ " bits-evidence packages client " == *" $name "* ]] || grep -q "^$name " <<<"$pieces" || { echo "amnion: error: no nightly piece is called $name" >&2; exit 1; }
done
mkdir -p artifacts
if [ "${AMNION_NIGHTLY_BUILT:-}" != 1 ]; then
  dotnet build Amnion.slnx -c Release -v q --nologo || exit 1
fi
passed=0 failed=0
while IFS='|' read -r name project inputs methods; do
  name="$(trim "$name")"
  [ -n "$name" ] || continue
  [ "$wanted" = "  " ] || [[ "$wanted" == *" $name "* ]] || continue
  if run_piece "$name" "$(trim "$project")" "$(trim "$inputs")" "$(trim "$methods")"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done <<<"$pieces"
for script in bits-evidence packages client; do
  [ "$wanted" = "  " ] || [[ "$wanted" == *" $script "* ]] || continue
  start="$SECONDS"
  case "$script" in
    bits-evidence) steps=(eng/flip-evidence.sh) ;;
    packages) steps=(eng/try-packages.sh) ;;
    client) steps=(eng/publish-client.sh eng/try-client.sh) ;;
  esac
  if (for step in "${steps[@]}"; do nice -n 10 bash "$step" || exit 1; done) >"artifacts/nightly-$script.log" 2>&1; then
    printf '%-18s %s  %4d s\n' "$script" "$(tail -n 1 "artifacts/nightly-$script.log")" "$((SECONDS - start))"
    passed=$((passed + 1))
  else
    printf '%-18s FAILED; see %s\n' "$script" "artifacts/nightly-$script.log"
    failed=$((failed + 1))
  fi
done
echo "$passed pieces passed, $failed failed"
[ "$failed" = 0 ]
