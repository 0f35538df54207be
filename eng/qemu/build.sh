#!/usr/bin/env bash
# Builds QEMU with the nitro-enclave machine from Debian's source (no package of Debian has it) and unpacks the vsock device's
# back end. Result: artifacts/qemu/{bin/qemu-system-x86_64,bin/vhost-device-vsock,share/qemu,version}. A second run does nothing.
# For trying images only: nothing of it is in an image or measured.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
here="$root/eng/qemu"
out="$root/artifacts/qemu"
. "$root/eng/debian.sh"
export LC_ALL=C

stamp="$(cat "$here/pins" "$here/amnion.mak" "$here/clock.patch" "$here/nsm.patch" "$here/build.sh" | sha256sum | cut -c1-64)"
runs() { "$out/bin/qemu-system-x86_64" --version >/dev/null 2>&1; } # false where a library it was linked with is gone
[ -f "$out/stamp" ] && [ "$(cat "$out/stamp")" = "$stamp" ] && runs && exit 0
[ "$(uname -m)" = x86_64 ] || debian_fail "the back end of the vsock device is pinned for x86-64 only"
mkdir -p "$out"
exec 9>"$out/lock"
flock 9
[ -f "$out/stamp" ] && [ "$(cat "$out/stamp")" = "$stamp" ] && runs && exit 0

debian_packages gcc=gcc make=make ninja=ninja-build flex=flex bison=bison patch=patch xz=xz-utils pkg-config=pkg-config /usr/bin/python3=python3 /usr/lib/python3/dist-packages/setuptools=python3-setuptools
debian_packages glib-2.0.pc=libglib2.0-dev libcbor.pc=libcbor-dev gnutls.pc=libgnutls28-dev /usr/include/libfdt.h=libfdt-dev zlib.pc=zlib1g-dev

work="$out/build"
rm -rf "$work"
mkdir "$work"
trap 'rm -rf "$work"' EXIT
pinned() { # <text in its line>
  local sha256 path
  read -r _ _ sha256 path <<<"$(grep -F "$1" "$here/pins")"
  debian_fetch "$path" "$sha256"
}
original="$(pinned .orig.tar.xz)"
packaging="$(pinned .debian.tar.xz)"
meson="$(pinned 'meson ')"
firmware="$(pinned 'qemu-system-data ')"
bios="$(pinned 'seabios ')"
backend="$(pinned 'vhost-device-vsock ')"

debian_say "unpacking $(basename "$original")"
mkdir "$work/source"
tar -x -J --strip-components=1 -C "$work/source" -f "$original"
tar -x -J -C "$work/source" -f "$packaging"
# Of Debian's own patches the two without which its reduced tarball does not configure.
for change in skip-unpack-edk2-blobs disable-pycotap; do
  patch -s -d "$work/source" -p1 <"$work/source/debian/patches/$change.patch"
done
# Ours: an emulated processor says how fast its clocks run, so that a guest on a busy machine need not measure them.
patch -s -d "$work/source" -p1 <"$here/clock.patch"
# The security module waits for the answer's buffer, which a notification can come before.
patch -s -d "$work/source" -p1 <"$here/nsm.patch"
cp "$here/amnion.mak" "$work/source/configs/devices/x86_64-softmmu/amnion.mak"
# QEMU wants a newer meson than Debian 12's.
dpkg-deb -x "$meson" "$work/meson"
export PYTHONPATH="$work/meson/usr/lib/python3/dist-packages"

debian_say "building QEMU; this takes minutes"
mkdir "$work/source/build"
cd "$work/source/build"
{
  ../configure --python=/usr/bin/python3 --target-list=x86_64-softmmu --without-default-features --without-default-devices --with-devices-x86_64=amnion \
    --enable-system --enable-tcg --enable-kvm --enable-fdt=system --enable-gnutls --enable-libcbor --enable-vhost-user --enable-vhost-kernel \
    --disable-docs --disable-tools --disable-guest-agent --disable-werror --disable-download --disable-install-blobs &&
    ninja -j "${AMNION_JOBS:-$(nproc)}" qemu-system-x86_64
} >"$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2; debian_fail "the build failed; the whole log is $out/build.log"; }

rm -rf "$out/bin" "$out/share"
mkdir -p "$out/bin" "$out/share/qemu"
strip -o "$out/bin/qemu-system-x86_64" qemu-system-x86_64
for package in "$firmware" "$bios" "$backend"; do
  dpkg-deb -x "$package" "$work/packages"
done
cp "$work/packages/usr/bin/vhost-device-vsock" "$out/bin/"
for rom in qemu/qboot.rom qemu/linuxboot_dma.bin qemu/pvh.bin seabios/bios-microvm.bin; do
  cp -L "$work/packages/usr/share/$rom" "$out/share/qemu/"
done
"$out/bin/qemu-system-x86_64" --version | head -n 1 >"$out/version"
"$out/bin/vhost-device-vsock" --version >>"$out/version"
echo "$stamp" >"$out/stamp"
debian_say "$out/bin/qemu-system-x86_64"
