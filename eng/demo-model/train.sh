#!/bin/sh
# Trains the demo model and writes samples/demo-model/clinic-demo.gguf (or the path given as the first argument).
# Needs Debian's python3-torch, python3-numpy and libopenblas0-pthread; as root it installs what is missing.
set -eu
out=$(realpath -m "${1:-$(dirname "$0")/../../samples/demo-model/clinic-demo.gguf}")
[ $# -eq 0 ] || shift
cd "$(dirname "$0")"
python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import numpy, torch' 2>/dev/null; then
  packages="python3-torch python3-numpy libopenblas0-pthread"
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "train.sh: error: PyTorch or NumPy is missing" >&2
    echo "train.sh: hint: apt-get install $packages, or set PYTHON to an interpreter that has both" >&2
    exit 1
  fi
  apt-get update -qq
  apt-get install -y --no-install-recommends $packages
fi
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
exec nice -n 10 "$python" train.py "$out" "$@"
