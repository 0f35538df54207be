using System.Collections.Immutable;

namespace Amnion.Guard.Jose;

/// <summary>Which JWE a caller accepts. What is not named is refused; "none" and "RSA1_5" are not built at all.</summary>
public sealed record JwePolicy
{
    /// <summary>Most PBKDF2 iterations that a policy can accept: ten times what OWASP asks for (SHA-256, 2023).</summary>
    public const int MostIterations = 6_000_000;

    /// <summary>The key management algorithms accepted ("alg", RFC 7518 §4.1): dir, A128KW, A192KW, A256KW, A128GCMKW, A192GCMKW, A256GCMKW, RSA-OAEP, RSA-OAEP-256, ECDH-ES,
    /// ECDH-ES+A128KW, ECDH-ES+A192KW, ECDH-ES+A256KW, PBES2-HS256+A128KW, PBES2-HS384+A192KW, PBES2-HS512+A256KW.</summary>
    public required ImmutableArray<string> KeyAlgorithms { get; init; }

    /// <summary>The content encryption algorithms accepted ("enc", RFC 7518 §5.1): A128CBC-HS256, A192CBC-HS384, A256CBC-HS512, A128GCM, A192GCM, A256GCM.</summary>
    public required ImmutableArray<string> ContentAlgorithms { get; init; }

    /// <summary>Whether "alg" and "enc" may stand in a header that is not integrity protected (RFC 7520 §5.11 and §5.12).</summary>
    public bool AllowUnprotectedAlgorithms { get; init; }

    /// <summary>Whether compressed plaintext ("zip": "DEF") is inflated, up to <see cref="MaxPlaintextLength"/>. RFC 8725 §3.6 advises against it.</summary>
    public bool AllowCompression { get; init; }

    /// <summary>Most PBKDF2 iterations ("p2c"), at most <see cref="MostIterations"/>; the sender chooses them and the receiver pays.</summary>
    public int MaxIterations { get; init; } = 600_000;

    /// <summary>Longest plaintext in bytes, inflated: 4 MiB.</summary>
    public int MaxPlaintextLength { get; init; } = 1 << 22;
}
