using System.Security.Cryptography;
using Amnion.Sealing;

namespace Amnion.KeyBroker.Configuration;

/// <summary>The P-256 key that signs configuration releases, as the 32 bytes of its private value.</summary>
static class ConfigurationKey
{
    const int Length = RootKey.DataKeyLength;

    /// <summary>A fresh key. The caller disposes the private half.</summary>
    public static (SecretBytes Private, byte[] PublicKeyInfo) Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(includePrivateParameters: true);
        try
        {
            return (SecretBytes.CopyOf(parameters.D), key.ExportSubjectPublicKeyInfo());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

    /// <summary>The key, ready to sign. The caller disposes it.</summary>
    public static ECDsa Open(SecretBytes key)
    {
        // Pinned, so that the collector leaves no copy behind when the original is zeroed.
        var value = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        try
        {
            key.Reveal(SecretAccess.KeyAgreement).CopyTo(value);
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = value });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }
}
