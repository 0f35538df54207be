#!/usr/bin/env bash
# Builds the enclave's kernel from Debian's source: eng/kernel/build.sh [x86_64|aarch64]
# Result: artifacts/kernel/<arch>/{bzImage or Image, config, version, lines, include}. A second run with nothing changed does nothing.
# The same source, configuration, compiler and binutils give the same bytes, in any directory and at any time.
set -euo pipefail
arch="${1:-x86_64}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
here="$root/eng/kernel"
out="$root/artifacts/kernel/$arch"
. "$root/eng/debian.sh"
export LC_ALL=C TZ=UTC

case "$arch" in
  x86_64) kernel_arch=x86_64 tree=x86 image=bzImage prefix='' ;;
  aarch64) kernel_arch=arm64 tree=arm64 image=Image prefix=aarch64-linux-gnu- ;;
  *) debian_fail "no architecture \"$arch\"" "x86_64 or aarch64" ;;
esac
[ "$arch" = "$(uname -m)" ] && prefix=''

debian_packages make=make gcc=gcc bc=bc flex=flex bison=bison xz=xz-utils perl=perl /usr/include/libelf.h=libelf-dev \
  ${prefix:+"${prefix}gcc=gcc-aarch64-linux-gnu"} ${prefix:+"${prefix}ld=binutils-aarch64-linux-gnu"}
read -r name version sha256 path <<<"$(grep '^linux-source' "$here/pins")"
compiler="$("${prefix}gcc" --version | head -n 1)"
binutils="$("${prefix}ld" --version | head -n 1)"

stamp="$( (cat "$here/pins" "$here/common.config" "$here/$arch.config" "$here/build.sh"; echo "$compiler $binutils") | sha256sum | cut -c1-64)"
[ -f "$out/stamp" ] && [ "$(cat "$out/stamp")" = "$stamp" ] && exit 0
# One build at a time for each architecture.
mkdir -p "$out"
exec 9>"$out/lock"
flock 9
[ -f "$out/stamp" ] && [ "$(cat "$out/stamp")" = "$stamp" ] && exit 0

package="$(debian_fetch "$path" "$sha256")"
work="$out/build"
rm -rf "$work"
mkdir "$work"
trap 'rm -rf "$work"' EXIT
debian_say "unpacking $name $version"
dpkg-deb --fsys-tarfile "$package" | tar -x -O "./usr/src/$name.tar.xz" | tar -x -J --strip-components=1 -C "$work"

# What would make two builds differ: dates, names, a counter.
export KBUILD_BUILD_TIMESTAMP='Thu Jan 1 00:00:00 UTC 1970' KBUILD_BUILD_USER=amnion KBUILD_BUILD_HOST=amnion KBUILD_BUILD_VERSION=1 SOURCE_DATE_EPOCH=0
make_() { make -s -C "$work" ARCH="$kernel_arch" CROSS_COMPILE="$prefix" "$@"; }

cat "$here/common.config" "$here/$arch.config" >"$work/fragment"
make_ KCONFIG_ALLCONFIG="$work/fragment" allnoconfig
# Kconfig drops a line silently where its dependencies do not hold.
while IFS= read -r line; do
  option="${line%%=*}"
  if [ "${line#*=}" = n ]; then
    ! grep -q "^$option=" "$work/.config" || debian_fail "$option is on"
  else
    grep -qxF "$line" "$work/.config" || debian_fail "$line did not take effect"
  fi
done < <(grep '^CONFIG_' "$work/fragment")

debian_say "building the kernel for $arch; this takes minutes"
make_ -j"${AMNION_JOBS:-$(nproc)}" "$image" >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2; debian_fail "the build failed; the whole log is $out/build.log"; }
# The interface headers and the kernel's own small C library: eng/init is built with nothing else.
make_ headers >>"$out/build.log" 2>&1
rm -rf "$out/include"
mkdir "$out/include"
(cd "$work/usr/include" && find . -name '*.h' -exec cp --parents -t "$out/include" {} +)
cp -r "$work/tools/include/nolibc" "$out/include/nolibc"

cp "$work/arch/$tree/boot/$image" "$out/$image.new"
# Lines of every source file and header that was compiled into it, for `amnion image describe --tcb`.
(cd "$work" && find . -path ./scripts -prune -o -path ./tools -prune -o -name '.*.o.cmd' -print0 | xargs -0 cat | grep -oE '[A-Za-z0-9_./+-]+\.(c|h|S)\b' | sort -u |
  while IFS= read -r source; do [ ! -f "$source" ] || printf '%s\0' "$source"; done | xargs -0 cat | wc -l) >"$out/lines"
cp "$work/.config" "$out/config"
{
  echo "kernel $(make_ kernelrelease)"
  echo "source $name $version sha256:$sha256"
  echo "compiler $compiler"
  echo "binutils $binutils"
  echo "image $image $(stat -c %s "$out/$image.new") sha256:$(sha256sum "$out/$image.new" | cut -c1-64)"
} >"$out/version"
mv "$out/$image.new" "$out/$image"
echo "$stamp" >"$out/stamp"
debian_say "$(sed -n 's/^kernel //p' "$out/version"): $out/$image"
