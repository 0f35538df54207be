#!/usr/bin/env bash
# Runs the tests that boot images under QEMU, from nothing: builds program, QEMU, kernel, init and image where they are not built yet.
# Usage: eng/qemu-suite.sh [dotnet test options]   How long it takes: docs/specs/qemu-platform.md §8.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
exec 3>&2
# shellcheck source=eng/setup.sh
. "$root/eng/setup.sh"
cd "$root"
amnion_setup "$root"
amnion_setup_qemu "$root" demo
export AMNION_QEMU=1 AMNION_PROGRAM="$root/artifacts/enclave" AMNION_SAMPLES="$root/samples"
exec dotnet test tests/Amnion.EndToEnd.Tests -c Release --nologo --logger "console;verbosity=normal" --filter "FullyQualifiedName~.Qemu." "$@"
