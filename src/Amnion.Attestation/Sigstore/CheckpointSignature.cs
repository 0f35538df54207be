namespace Amnion.Attestation.Sigstore;

/// <summary>A signature line of a note: whose it claims to be, the key's first four bytes of hash, the signature. C2SP signed-note.</summary>
readonly record struct CheckpointSignature(string Name, ReadOnlyMemory<byte> KeyHint, ReadOnlyMemory<byte> Signature);
