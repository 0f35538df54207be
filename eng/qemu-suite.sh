#!/usr/bin/env bash
# Runs the tests that boot images under QEMU, from nothing: builds program, QEMU, kernel, init and image where they are not built yet.
# Usage: eng/qemu-suite.sh [dotnet test options]   How long it takes: docs/specs/qemu-platform.md §9.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
exec 3>&2
# shellcheck source=eng/setup.sh
. "$root/eng/setup.sh"
cd "$root"
amnion_setup "$root"
amnion_setup_qemu "$root" demo
# The image with a foreign server: Debian's llama-server, unmodified.
workload="$root/artifacts/image/llama-server.eif"
eng/workload/llama-server.sh
AMNION_ARTIFACTS="$root/artifacts" dotnet artifacts/cli/amnion.dll image build samples/image/llama-server.yaml --from artifacts/workload/llama-server --runtime artifacts/enclave --output "$workload" >/dev/null
export AMNION_QEMU=1 AMNION_PROGRAM="$root/artifacts/enclave" AMNION_SAMPLES="$root/samples"
exec dotnet test tests/Amnion.EndToEnd.Tests -c Release --nologo --logger "console;verbosity=normal" --filter "FullyQualifiedName~.Qemu." "$@"
