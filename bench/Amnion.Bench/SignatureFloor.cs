using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Amnion.Bench;

/// <summary>Bare verifications with keys at hand: "P-256", "P-384" or "RSA-2048", one after another.</summary>
sealed class SignatureFloor : IDisposable
{
    // A report with its header; hashing is a hundredth of the curve's arithmetic.
    readonly byte[] _data = RandomNumberGenerator.GetBytes(700);
    readonly List<(AsymmetricAlgorithm Key, HashAlgorithmName Hash, byte[] Signature)> _signed = [];

    public SignatureFloor(ImmutableArray<string> signatures)
    {
        foreach (var name in signatures)
        {
            if (name == "RSA-2048")
            {
                var rsa = RSA.Create(2048);
                _signed.Add((rsa, HashAlgorithmName.SHA256, rsa.SignData(_data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
                continue;
            }

            var key = ECDsa.Create(name == "P-256" ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
            var hash = name == "P-256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384;
            _signed.Add((key, hash, key.SignData(_data, hash)));
        }
    }

    public void Verify()
    {
        foreach (var (key, hash, signature) in _signed)
        {
            var holds = key is RSA rsa ? rsa.VerifyData(_data, signature, hash, RSASignaturePadding.Pkcs1) : ((ECDsa)key).VerifyData(_data, signature, hash);
            if (!holds)
            {
                throw new BenchException("a signature made just now does not verify");
            }
        }
    }

    public void Dispose() => _signed.ForEach(entry => entry.Key.Dispose());
}
