"""A GGUF v3 writer for F32 and Q8_0 tensors."""
import struct

import numpy as np

ALIGNMENT = 32
F32, Q8_0 = 0, 8


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def value(v):
    """A typed metadata value. Integers are uint32 and lists are homogeneous: str, or int written as int32."""
    if isinstance(v, bool):
        return struct.pack("<IB", 7, v)
    if isinstance(v, int):
        return struct.pack("<II", 4, v)
    if isinstance(v, float):
        return struct.pack("<If", 6, v)
    if isinstance(v, str):
        return struct.pack("<I", 8) + text(v)
    if isinstance(v[0], str):
        return struct.pack("<IIQ", 9, 8, len(v)) + b"".join(map(text, v))
    return struct.pack("<IIQ", 9, 5, len(v)) + struct.pack(f"<{len(v)}i", *v)


def q8_0(a):
    """Blocks of 32: an F16 scale, then 32 signed bytes."""
    blocks = a.astype(np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(127)
    inverse = np.where(scale > 0, 1 / np.where(scale > 0, scale, 1), 0).astype(np.float32)
    out = np.empty(len(blocks), dtype=[("d", "<f2"), ("q", "i1", 32)])
    out["d"], out["q"] = scale[:, 0].astype(np.float16), np.round(blocks * inverse).astype(np.int8)
    return out.tobytes()


def write(path, metadata, tensors):
    """tensors: name -> array in row-major (rows, columns). Matrices are stored as Q8_0, vectors as F32."""
    header = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    header += b"".join(text(k) + value(v) for k, v in metadata.items())
    blobs, offset = [], 0
    for name, a in tensors.items():
        kind = Q8_0 if a.ndim == 2 else F32
        blob = q8_0(a) if kind == Q8_0 else a.astype("<f4").tobytes()
        header += text(name) + struct.pack("<I", a.ndim) + struct.pack(f"<{a.ndim}Q", *a.shape[::-1])
        header += struct.pack("<IQ", kind, offset)
        blobs.append(blob + bytes(-len(blob) % ALIGNMENT))
        offset += len(blobs[-1])
    with open(path, "wb") as out:
        out.write(header + bytes(-len(header) % ALIGNMENT) + b"".join(blobs))
