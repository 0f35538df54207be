#!/usr/bin/env bash
# Starts a deployment, then verifies it, asks through a proxy and checks a receipt with the portable client alone, from which the broker's database was
# taken out: a caller's commands do not need it. Needs eng/publish-client.sh to have run, and ./amnion built.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export AMNION_PROGRAM="$root/artifacts/enclave" AMNION_SAMPLES="$root/samples" DOTNET_NOLOGO=1
scratch="$(mktemp -d)"
client="$scratch/client"
proxy=
down() {
  [ -z "$proxy" ] || kill "$proxy" 2>/dev/null || true
  AMNION_HOME="$scratch/server" dotnet "$root/artifacts/cli/amnion.dll" down >/dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap down EXIT
fail() { echo "amnion: error: $*" >&2; exit 1; }

cp -r "$root/artifacts/client/portable" "$client"
rm "$client"/Microsoft.Data.Sqlite.dll "$client"/SQLitePCLRaw.*.dll
export AMNION_HOME="$scratch/caller"
dotnet "$client/amnion.dll" --help >"$scratch/help" || fail "the portable client does not start: $(cat "$scratch/help")"

AMNION_HOME="$scratch/server" dotnet "$root/artifacts/cli/amnion.dll" up --listen http://127.0.0.1:0 --relay http://127.0.0.1:0 --dangerous-allow-missing-layers --json >"$scratch/up" || fail "up: $(cat "$scratch/up")"
relay="$(grep -oE "\"relay\": *\"[^\"]+" "$scratch/up" | grep -oE "http.*")"
policy="$scratch/server/caller-policy.json"
dotnet "$client/amnion.dll" verify "$relay" --policy "$policy" >"$scratch/verify" || fail "verify: $(cat "$scratch/verify")"
grep -q ACCEPTED "$scratch/verify" || fail "verify accepted nothing"
# A policy that names another program must be refused.
sed 's/"0":\["[0-9a-f]/"0":["x/; s/"x\([0-9a-f]*\)"/"0\1"/' "$policy" >"$scratch/other.json"
if cmp -s "$policy" "$scratch/other.json"; then sed -i 's/"0":\["0/"0":["1/' "$scratch/other.json"; fi
status=0
dotnet "$client/amnion.dll" verify "$relay" --policy "$scratch/other.json" >/dev/null 2>&1 || status=$?
[ "$status" = 10 ] || fail "verify against another program's policy ended with $status instead of 10"

dotnet "$client/amnion.dll" proxy "$relay" --policy "$policy" --json >"$scratch/proxy" 2>"$scratch/proxy.log" &
proxy=$!
for _ in $(seq 100); do grep -q '/v1' "$scratch/proxy" && break; kill -0 "$proxy" 2>/dev/null || fail "proxy: $(cat "$scratch/proxy.log")"; sleep 0.1; done
base="$(grep -oE 'http://127\.0\.0\.1:[0-9]+/v1' "$scratch/proxy" | head -n 1)"
answer="$(curl -sS --max-time 60 "$base/chat/completions" -H "Authorization: Bearer $(cat "$scratch/server/api-key")" -H 'Content-Type: application/json' \
  -d '{"model":"default","max_tokens":16,"messages":[{"role":"user","content":"What happens to my data?"}]}')"
[[ "$answer" == *'"content"'* ]] || fail "the proxy answered: $answer"
receipt="$(find "$scratch/caller/receipts" -type f | head -n 1)"
dotnet "$client/amnion.dll" receipt "$receipt" --policy "$policy" >"$scratch/receipt" || fail "receipt: $(cat "$scratch/receipt")"
echo "portable client: help, verify (accepted and refused), proxy and receipt run without the broker's database"
