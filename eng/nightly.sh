#!/usr/bin/env bash
# The long runs: every single-bit flip, and at least 200,000 mutated inputs for every parser. Same tests as ./test, larger numbers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export AMNION_EXHAUSTIVE=1 AMNION_FUZZ_ITERATIONS="${AMNION_FUZZ_ITERATIONS:-200000}"
exec ./test "$@"
