using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Records;

namespace Amnion.Guard.Jose;

/// <summary>A key to seal or open JWEs with: from a JWK (RFC 7517), secret bytes or a password. It says what it may be used for, and cannot be read.</summary>
public sealed class JweKey : IDisposable
{
    /// <summary>Longest JWK in bytes.</summary>
    public const int MaxLength = 16 * 1024;

    const int MaxSecretLength = 1024;

    readonly byte[]? _secret;

    JweKey(byte[]? secret, RSA? rsa, ECDiffieHellman? agreement, bool isPassword, string? algorithm, string? keyId)
    {
        _secret = secret;
        Rsa = rsa;
        Agreement = agreement;
        IsPassword = isPassword;
        Algorithm = algorithm;
        KeyId = keyId;
    }

    /// <summary>The one algorithm it is for ("alg"), or null.</summary>
    public string? Algorithm { get; }

    /// <summary>What it is called ("kid"), or null.</summary>
    public string? KeyId { get; }

    internal RSA? Rsa { get; }

    internal ECDiffieHellman? Agreement { get; }

    internal bool IsPassword { get; }

    /// <summary>The bytes of a symmetric key or password; empty for any other key.</summary>
    internal ReadOnlySpan<byte> Secret => _secret;

    /// <summary>A symmetric key.</summary>
    /// <param name="secret">1 to 1024 bytes; the caller zeroes its own.</param>
    /// <param name="algorithm">The one algorithm it is for, or null.</param>
    public static JweKey FromSecret(ReadOnlySpan<byte> secret, string? algorithm = null) => new(Pinned(secret), null, null, isPassword: false, algorithm, null);

    /// <summary>A password, for PBES2 alone.</summary>
    public static JweKey FromPassword(string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(password);
        var bytes = Encoding.UTF8.GetBytes(password);
        var key = new JweKey(Pinned(bytes), null, null, isPassword: true, null, null);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>Reads a JWK: "oct", "RSA" from 2048 bits, or "EC" on P-256, P-384 and P-521; private or public.</summary>
    /// <exception cref="JweFormatException">Not such a key, or one that is for signing.</exception>
    public static JweKey Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            using var document = CanonicalJson.Parse(json, MaxLength, "jwk");
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is RecordFormatException or CryptographicException)
        {
            throw new JweFormatException("key", "is no JWK as accepted (RFC 7517), or its numbers are no key");
        }
    }

    /// <summary>Zeroes or releases the key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        Rsa?.Dispose();
        Agreement?.Dispose();
    }

    /// <summary>The type's name only.</summary>
    public override string ToString() => nameof(JweKey);

    /// <summary>A public key on a curve, for "epk"; null where it is none or on another curve than <paramref name="size"/> bits.</summary>
    internal static ECDiffieHellman? ReadPoint(JsonElement value, int size)
    {
        try
        {
            if (value.ValueKind != JsonValueKind.Object || Text(value, "kty") != "EC" || CurveOf(value) is not { } curve || curve.Size != size)
            {
                return null;
            }

            return ECDiffieHellman.Create(Parameters(value, curve, withPrivate: false));
        }
        catch (CryptographicException)
        {
            // The point is not on the curve: RFC 7518 §4.6, NIST SP 800-56A §5.6.2.3.
            return null;
        }
    }

    static JweKey Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || Text(jwk, "use") is not (null or "enc"))
        {
            throw new JweFormatException("key", "is no object, or not for encryption");
        }

        var algorithm = Text(jwk, "alg");
        var keyId = Text(jwk, "kid");
        switch (Text(jwk, "kty"))
        {
            case "oct":
                var secret = JoseBytes.Optional(jwk, "k", MaxSecretLength);
                var key = new JweKey(Pinned(secret), null, null, isPassword: false, algorithm, keyId);
                CryptographicOperations.ZeroMemory(secret);
                return key;
            case "RSA":
                return new JweKey(null, ReadRsa(jwk), null, isPassword: false, algorithm, keyId);
            case "EC" when CurveOf(jwk) is { } curve:
                return new JweKey(null, null, ReadEc(jwk, curve), isPassword: false, algorithm, keyId);
            default:
                throw new JweFormatException("kty", "is neither oct nor RSA nor EC on a known curve");
        }
    }

    static RSA ReadRsa(JsonElement jwk)
    {
        var parameters = new RSAParameters { Modulus = JoseBytes.Optional(jwk, "n", 1024), Exponent = JoseBytes.Optional(jwk, "e", 8) };
        if (jwk.TryGetProperty("d", out _))
        {
            parameters.D = JoseBytes.Optional(jwk, "d", 1024);
            parameters.P = JoseBytes.Optional(jwk, "p", 512);
            parameters.Q = JoseBytes.Optional(jwk, "q", 512);
            parameters.DP = JoseBytes.Optional(jwk, "dp", 512);
            parameters.DQ = JoseBytes.Optional(jwk, "dq", 512);
            parameters.InverseQ = JoseBytes.Optional(jwk, "qi", 512);
        }

        RSA rsa;
        try
        {
            rsa = RSA.Create(parameters);
        }
        finally
        {
            foreach (var part in new[] { parameters.D, parameters.P, parameters.Q, parameters.DP, parameters.DQ, parameters.InverseQ })
            {
                CryptographicOperations.ZeroMemory(part);
            }
        }

        if (rsa.KeySize >= 2048)
        {
            return rsa;
        }

        // RFC 7518 §4.3.
        rsa.Dispose();
        throw new JweFormatException("n", "is shorter than 2048 bits");
    }

    static ECDiffieHellman ReadEc(JsonElement jwk, (ECCurve Curve, int Size) curve)
    {
        var parameters = Parameters(jwk, curve, withPrivate: true);
        try
        {
            return ECDiffieHellman.Create(parameters);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

    static (ECCurve Curve, int Size)? CurveOf(JsonElement value) => Text(value, "crv") switch
    {
        "P-256" => (ECCurve.NamedCurves.nistP256, 256),
        "P-384" => (ECCurve.NamedCurves.nistP384, 384),
        "P-521" => (ECCurve.NamedCurves.nistP521, 521),
        _ => null,
    };

    static ECParameters Parameters(JsonElement value, (ECCurve Curve, int Size) curve, bool withPrivate)
    {
        var length = (curve.Size + 7) / 8;
        var parameters = new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = JoseBytes.Optional(value, "x", length), Y = JoseBytes.Optional(value, "y", length) } };
        if (withPrivate && value.TryGetProperty("d", out _))
        {
            parameters.D = JoseBytes.Optional(value, "d", length);
        }

        // RFC 7518 §6.2.1.2: always the full length.
        return parameters.Q.X.Length == length && parameters.Q.Y.Length == length && (parameters.D is null || parameters.D.Length == length)
            ? parameters
            : throw new JweFormatException("key", $"has a coordinate that is not {length} bytes");
    }

    static string? Text(JsonElement value, string name)
    {
        if (!value.TryGetProperty(name, out var member))
        {
            return null;
        }

        return member.ValueKind == JsonValueKind.String && member.GetString() is { Length: <= 1024 } text ? text : throw new JweFormatException(name, "is no string of at most 1024 characters");
    }

    static byte[] Pinned(ReadOnlySpan<byte> secret)
    {
        if (secret.Length is 0 or > MaxSecretLength)
        {
            throw new JweFormatException("k", $"is {secret.Length} bytes; expected 1 to {MaxSecretLength}");
        }

        var pinned = GC.AllocateArray<byte>(secret.Length, pinned: true);
        secret.CopyTo(pinned);
        return pinned;
    }
}
