using System.Security.Cryptography;

namespace Amnion.Attestation.Sigstore;

/// <summary>A signature over an artifact that is not in the bundle; the digest is a hint that must still be right.</summary>
sealed record MessageSignature(HashAlgorithmName? DigestAlgorithm, ReadOnlyMemory<byte> Digest, ReadOnlyMemory<byte> Signature);
