using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>A private key on a NIST curve, held by the platform's library only.</summary>
sealed class NistCurveKey(NistCurve curve, ECDiffieHellman key) : DhPrivateKey(curve, NistCurve.Serialize(key.ExportParameters(includePrivateParameters: false).Q))
{
    // The BCL does not promise that one key may be used from several threads.
    readonly Lock _gate = new();

    public override bool TryAgree(ReadOnlySpan<byte> peer, Span<byte> agreement)
    {
        CryptographicOperations.ZeroMemory(agreement);
        if (!curve.TryImportPoint(peer, out var point))
        {
            return false;
        }

        using (point)
        using (var publicKey = point.PublicKey)
        {
            byte[] secret;
            lock (_gate)
            {
                secret = key.DeriveRawSecretAgreement(publicKey);
            }

            secret.CopyTo(agreement);
            CryptographicOperations.ZeroMemory(secret);
            return true;
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            key.Dispose();
        }
    }
}
