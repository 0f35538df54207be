#!/usr/bin/env bash
# Packs twice and compares, checks what the packages say, then builds and runs a sample against them from a folder feed, without any network source.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
unpack() { if command -v unzip >/dev/null; then unzip -q "$1" -d "$2"; else python3 -m zipfile -e "$1" "$2"; fi; }
fail() { echo "amnion: error: $*" >&2; exit 1; }

bash "$root/eng/pack.sh"
bash "$root/eng/pack.sh" "$scratch/again"
packages="$root/artifacts/packages"
count=0
for package in "$packages"/*.nupkg; do
  name="$(basename "$package")"
  id="${name%.nupkg}"; id="${id%.*.*.*}"
  version="${name#"$id".}"; version="${version%.nupkg}"
  cmp -s "$package" "$scratch/again/$name" || fail "$name differs when it is packed again"
  rm -rf "$scratch/open"
  mkdir "$scratch/open"
  unpack "$package" "$scratch/open"
  nuspec="$(cat "$scratch/open/$id.nuspec")"
  for part in "<id>$id</id>" "<version>$version</version>" '<license type="expression">Apache-2.0</license>' '<readme>README.md</readme>' '<description>'; do
    [[ "$nuspec" == *"$part"* ]] || fail "$name says nowhere: $part"
  done
  [ -s "$scratch/open/README.md" ] || fail "$name has no README.md"
  [ -s "$scratch/open/lib/net10.0/$id.xml" ] || fail "$name has no documentation"
  if grep -rqaF -e "$root" -e "$HOME/" "$scratch/open"; then fail "$name holds a path of this machine"; fi
  count=$((count + 1))
done
[ "$count" = 4 ] || fail "$count packages instead of 4"

# Only the folder is a source; packages of others come from what this machine has already restored. Ours never go into its cache.
mkdir "$scratch/consumer"
cat >"$scratch/consumer/nuget.config" <<CONFIG
<configuration>
  <packageSources><clear /><add key="folder" value="$packages" /></packageSources>
  <fallbackPackageFolders><clear /><add key="restored" value="${NUGET_PACKAGES:-$HOME/.nuget/packages}" /></fallbackPackageFolders>
</configuration>
CONFIG
cat >"$scratch/consumer/consumer.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <RestorePackagesPath>$scratch/restored</RestorePackagesPath>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="Amnion.Client" Version="$version" /></ItemGroup>
</Project>
PROJECT
cp "$root/samples/openai-sealed/Program.cs" "$scratch/consumer/"
dotnet build "$scratch/consumer" -v q --nologo >/dev/null || fail "a program that uses the packages does not build"
cat >"$scratch/policy.json" <<'POLICY'
{"format":"amnion/policy/1","platform":"local","trust_anchor":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}
POLICY
status=0
OPENAI_API_KEY=none dotnet "$scratch/consumer/bin/Debug/net10.0/consumer.dll" http://127.0.0.1:9 "$scratch/policy.json" 2>"$scratch/said" || status=$?
# Nobody listens there: the client has loaded everything, asked for Evidence and refused to go on.
[ "$status" = 10 ] && grep -q AMN-CLIENT-0003 "$scratch/said" || fail "a program that uses the packages ended with $status: $(cat "$scratch/said")"
echo "$count packages, the same when packed twice; a program built from them runs"
