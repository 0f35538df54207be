#!/bin/sh
# Makes artifacts/workload/llama-server/: Debian's own llama-server, unmodified, with the libraries it needs and nothing else, as the
# root of a file system that `amnion image build --from DIR` takes as a workload. Then starts it as an enclave does (other root, no
# capabilities, weights read-only) on the demo model and asks it something.
#
#   eng/workload/llama-server.sh            make it (kept while the versions in the archive stay the same) and check it
#   eng/workload/llama-server.sh --offline  check what was made before
#   eng/workload/llama-server.sh --serve N  listen on 127.0.0.1:N until told to end, for AMNION_OPENAI_PORT=N ./test --filter RealServer
#
# Debian 12 has no llama.cpp: packages come from a newer suite (AMNION_WORKLOAD_SUITE, default forky) of the archive that this machine's
# apt uses, into private folders; nothing is installed. apt checks the archive's signatures. llama-server.packages says which packages went in, with their SHA-256.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
repository=$(CDPATH= cd -- "$here/../.." && pwd)
work="$repository/artifacts/workload"
target="$work/llama-server"
suite=${AMNION_WORKLOAD_SUITE:-forky}
package=llama.cpp-tools
model="$repository/samples/demo-model/clinic-demo.gguf"

say() { printf 'workload: %s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

[ "$(uname -s)-$(uname -m)" = "Linux-x86_64" ] || fail "this makes a root for Linux x86-64, on one"
command -v dpkg-deb >/dev/null 2>&1 || fail "dpkg is missing: the packages come from Debian's archive"

# apt with lists, cache and an empty package database of its own.
private() {
  tool=$1
  shift
  "$tool" -q -o Dir::State="$apt" -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
    -o Dir::Etc::preferences=/dev/null -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    -o APT::Sandbox::User=root "$@"
}

fetch() {
  apt="$work/apt"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  : >"$apt/status"
  # The archive that this machine uses already, whichever mirror that is; its key is the one its own sources name.
  uri=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' | sed -n 's/^Debian //p' | grep -v security | sort -u | head -n 1)
  [ -n "$uri" ] || fail "this machine's apt has no Debian archive to take packages from"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$uri" "$suite" >"$apt/sources.list"
  private apt-get update >/dev/null || fail "apt-get update failed for the suite $suite"
  private apt-get install -y --download-only --no-install-recommends "$package" >/dev/null || fail "$package cannot be fetched from the suite $suite"
}

# Copies a file to the same place of the root; links become the file that they name.
place() {
  [ -e "$stage$1" ] || fail "the packages hold no $1"
  mkdir -p "$root$(dirname "$1")"
  cp -L --preserve=mode,timestamps "$stage$1" "$root$1"
}

# Shared libraries that a file needs, by its dynamic section, and what those need.
closure() {
  for name in $(readelf -d "$root$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    case "$name" in ld-linux-*) found="/usr/lib64/$name" ;; *)
      found=
      for directory in /usr/lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu/llama; do
        [ -e "$stage$directory/$name" ] && found="$directory/$name" && break
      done ;;
    esac
    [ -n "$found" ] || fail "the packages hold no library $name, which $1 needs"
    if [ ! -e "$root$found" ]; then
      place "$found"
      closure "$found"
    fi
  done
}

build() {
  command -v readelf >/dev/null 2>&1 || fail "readelf is missing: install the package binutils"
  fetch
  fetched=$(cd "$apt/cache/archives" && sha256sum ./*.deb && sha256sum <"$here/llama-server.sh")
  if [ -x "$target/usr/bin/llama-server" ] && [ "$fetched" = "$(cat "$target.fetched" 2>/dev/null)" ]; then
    return 0
  fi

  stage="$work/stage"
  root="$work/root.new"
  rm -rf "$stage" "$root"
  mkdir -p "$stage" "$root"
  for deb in "$apt/cache/archives"/*.deb; do
    dpkg-deb -x "$deb" "$stage"
  done

  place /usr/bin/llama-server
  closure /usr/bin/llama-server
  # The loader's libraries stand where the interpreter's name says, as in Debian's merged /usr.
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  place /usr/lib64/ld-linux-x86-64.so.2
  # Opened by name while it runs: one variant for each generation of processors.
  for backend in "$stage"/usr/lib/x86_64-linux-gnu/ggml/backends0/libggml-cpu-*.so; do
    place "${backend#"$stage"}"
    closure "${backend#"$stage"}"
  done

  # Mount points of an enclave; the directories of a root that is read-only.
  mkdir -p "$root/dev" "$root/proc" "$root/tmp" "$root/run/amnion" "$root/etc"
  : >"$work/packages.new"
  for deb in "$apt/cache/archives"/*.deb; do
    name=$(basename "$deb" | cut -d_ -f1)
    used=$(dpkg-deb --fsys-tarfile "$deb" | tar -tf - | sed 's|^\./|/|' | while read -r file; do [ ! -f "$root$file" ] || echo "$file"; done)
    if [ -n "$used" ]; then
      place "/usr/share/doc/$name/copyright"
      (cd "$apt/cache/archives" && sha256sum "$(basename "$deb")") >>"$work/packages.new"
    fi
  done
  find "$root" -type d -exec chmod 0755 {} +
  rm -rf "$target" "$stage"
  mv "$root" "$target"
  mv "$work/packages.new" "$target.packages"
  printf '%s\n' "$fetched" >"$target.fetched"
  say "made $target: $(du -sm "$target" | cut -f1) MB, $(find "$target" -type f | wc -l) files; inputs in $target.packages"
}

# Runs the server as an enclave does: its own root, no capabilities, the weights read-only.
serve() {
  command -v bwrap >/dev/null 2>&1 || fail "bubblewrap is missing: it gives the server another root"
  exec bwrap --ro-bind "$target" / --proc /proc --dev /dev --tmpfs /tmp --tmpfs /run --dir /run/amnion --ro-bind "$model" /run/amnion/clinic-demo.gguf \
    --unshare-user --unshare-pid --unshare-ipc --unshare-uts --uid 65533 --gid 65533 --cap-drop ALL --new-session --die-with-parent --clearenv \
    --setenv HOME /tmp \
    /usr/bin/llama-server --model /run/amnion/clinic-demo.gguf --host 127.0.0.1 --port "$1" --ctx-size 1024 --parallel 2 --threads 2 \
    --embeddings --pooling mean --offline --no-webui
}

check() {
  command -v curl >/dev/null 2>&1 || fail "curl is missing: it asks the server"
  port=$((20000 + $$ % 20000))
  log="$work/check.log"
  serve "$port" >"$log" 2>&1 </dev/null &
  server=$!
  trap 'kill "$server" 2>/dev/null || true' EXIT
  waited=0
  until curl -sf -o /dev/null "http://127.0.0.1:$port/health"; do
    kill -0 "$server" 2>/dev/null || { tail -n 20 "$log" >&2; fail "llama-server ended; its output is in $log"; }
    waited=$((waited + 1))
    [ "$waited" -le 120 ] || fail "llama-server was not ready after a minute; its output is in $log"
    sleep 0.5
  done
  answer=$(curl -sS "http://127.0.0.1:$port/v1/chat/completions" -H 'content-type: application/json' \
    -d '{"model":"default","messages":[{"role":"user","content":"When is the clinic open?"}],"max_tokens":48,"temperature":0}')
  case "$answer" in
    *'"finish_reason"'*'"content"'* | *'"content"'*'"finish_reason"'*) say "llama-server answers: $(printf '%s' "$answer" | sed 's/.*"content":"\([^"]*\)".*/\1/' | cut -c1-160)" ;;
    *) fail "llama-server answers no chat; its output is in $log" ;;
  esac
}

mkdir -p "$work"
made() { [ -x "$target/usr/bin/llama-server" ] || fail "nothing was made yet: run this without arguments"; }
case "${1:-}" in
  --serve)
    made
    serve "${2:?a port}"
    ;;
  --offline) made ;;
  "") build ;;
  *) fail "unknown argument: $1" ;;
esac
check
