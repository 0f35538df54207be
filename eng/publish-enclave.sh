#!/usr/bin/env bash
# Publishes the enclave program with the engine's libraries beside it: the directory that is measured. eng/publish-enclave.sh [--arch x86_64|aarch64]
# Result: artifacts/enclave; artifacts/enclave-aarch64, where the package source has .NET's runtime for linux-arm64.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
arch=x86_64
fail() { echo "publish-enclave: error: $1" >&2; [ $# -lt 2 ] || echo "publish-enclave: hint: $2" >&2; exit 3; }
while [ $# -gt 0 ]; do
  case "$1" in
    --arch=*) arch="${1#--arch=}"; shift ;;
    --arch) arch="${2:-}"; shift; shift || true ;;
    *) fail "no option \"$1\"" "--arch x86_64 or --arch aarch64" ;;
  esac
done

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
case "$arch" in
  x86_64) out="$root/artifacts/enclave" engine="$root/artifacts/engine" ;;
  aarch64) out="$root/artifacts/enclave-aarch64" engine="$root/artifacts/engine-aarch64" ;;
  *) fail "no architecture \"$arch\"" "--arch x86_64 or --arch aarch64" ;;
esac
fresh="$out.new"
rm -rf "$fresh"
if [ "$arch" = x86_64 ]; then
  dotnet publish "$root/src/Amnion.Enclave" -c Release -r linux-x64 -o "$fresh" --nologo -v q
else
  # Intermediate files elsewhere, so that this never disturbs a build of the repository; lock files name linux-x64 only (Directory.Build.props), so none is read or written.
  work="$(mktemp -d)"
  trap 'rm -rf "$work" "$fresh"' EXIT
  if ! dotnet publish "$root/src/Amnion.Enclave" -c Release -r linux-arm64 --artifacts-path "$work/build" -o "$fresh" --nologo -v q -p:RestoreLockedMode=false >"$work/log" 2>&1; then
    missing="$(grep -oE 'NU110[12]: Unable to find package [A-Za-z0-9._-]*[A-Za-z0-9]' "$work/log" | sed 's/.* //' | sort -u | tr '\n' ' ' || true)"
    if [ -n "$missing" ]; then
      fail "this package source has no ${missing% }" "publish where a package source has them: dotnet nuget add source ADDRESS; then copy artifacts/enclave-aarch64 here, or name it with image build --runtime DIR"
    fi
    cat "$work/log" >&2
    fail "publishing for linux-arm64 failed"
  fi
  sh "$root/eng/engine/fetch.sh" "$arch" || fail "the engine's libraries for $arch could not be fetched"
fi
mkdir -p "$fresh/lib"
cp -L "$engine"/lib/*.so* "$fresh/lib/"
find "$fresh" -name '*.pdb' -delete -o -name '*.xml' -delete
rm -rf "$out"
mv "$fresh" "$out"
