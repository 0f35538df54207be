using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Records;

namespace Amnion.Enclave.Keys;

/// <summary>
/// A serve keyset with its private halves. The sealing keys are erased when the keyset ends; the receipt key lives until the last
/// answer that was asked for in time has its receipt.
/// </summary>
sealed class ServeKeyset
{
    readonly ECDsa _receiptKey;
    readonly ImmutableArray<ServeKey> _keys;
    readonly Lock _lock = new();
    int _holders = 1;

    public ServeKeyset(Func<ImmutableArray<byte>, Keyset> describe, ImmutableArray<ServeKey> keys)
    {
        _keys = keys;
        _receiptKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Record = describe([.. _receiptKey.ExportSubjectPublicKeyInfo()]);
        Digest = Record.ComputeDigest();
    }

    /// <summary>The public record.</summary>
    public Keyset Record { get; }

    /// <summary>Its digest.</summary>
    public Digest Digest { get; }

    /// <summary>The identifiers of its keys.</summary>
    public IEnumerable<byte> KeyIds => _keys.Select(key => key.Id);

    /// <summary>The key of an identifier, or null.</summary>
    public ServeKey? Find(byte keyId) => _keys.FirstOrDefault(key => key.Id == keyId);

    /// <summary>Signs a receipt. The caller holds the keyset.</summary>
    public SignedReceipt Sign(Receipt receipt)
    {
        lock (_lock)
        {
            return SignedReceipt.Sign(receipt, _receiptKey);
        }
    }

    /// <summary>Keeps the receipt key alive; false where it is gone. Every hold ends with <see cref="Release"/>.</summary>
    public bool TryHold()
    {
        lock (_lock)
        {
            return _holders > 0 && ++_holders > 0;
        }
    }

    /// <summary>Ends a hold.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_holders == 0)
            {
                _receiptKey.Dispose();
            }
        }
    }

    /// <summary>The keyset ended: erases the sealing keys and lets go of the receipt key.</summary>
    public void Erase()
    {
        foreach (var key in _keys)
        {
            key.Dispose();
        }

        Release();
    }
}
