using Amnion.Attestation;
using Amnion.Attestation.Nitro;

namespace Amnion.Enclave.Nsm;

/// <summary>The security module as the enclave uses it: one request at a time, every answer checked to belong to its request.</summary>
sealed class SecurityModule(INsm nsm)
{
    readonly Lock _lock = new();

    /// <summary>A register's lock and value.</summary>
    public NsmResponse.DescribePcr Describe(int index) => Ask<NsmResponse.DescribePcr>(new NsmRequest.DescribePcr((ushort)index));

    /// <summary>Extends a register; its new value.</summary>
    public Measurement Extend(int index, ReadOnlySpan<byte> data) => Ask<NsmResponse.ExtendPcr>(new NsmRequest.ExtendPcr((ushort)index, data.ToArray())).Value;

    /// <summary>Locks a register.</summary>
    public void Lock(int index) => Ask<NsmResponse.LockPcr>(new NsmRequest.LockPcr((ushort)index));

    /// <summary>A signed document that carries these values; parsed to read its time and to see that it does carry them.</summary>
    public (byte[] Document, NitroDocument Parsed) Attest(ReadOnlySpan<byte> userData, ReadOnlySpan<byte> nonce, ReadOnlyMemory<byte>? publicKey = null)
    {
        var request = new NsmRequest.Attestation(userData.ToArray(), nonce.ToArray(), publicKey);
        var document = Ask<NsmResponse.Attestation>(request).Document.ToArray();
        return NitroDocument.TryParse(document, out var parsed) && Same(parsed.UserData, userData) && Same(parsed.Nonce, nonce)
            && (publicKey is { } key ? Same(parsed.PublicKey, key.Span) : parsed.PublicKey is null)
            ? (document, parsed)
            : throw new EnclaveRefusedException(EnclaveCodes.SecurityModule);
    }

    static bool Same(ReadOnlyMemory<byte>? value, ReadOnlySpan<byte> expected) => value is { } present && present.Span.SequenceEqual(expected);

    T Ask<T>(NsmRequest request)
        where T : NsmResponse
    {
        try
        {
            lock (_lock)
            {
                return nsm.Transact(request) as T ?? throw new EnclaveRefusedException(EnclaveCodes.SecurityModule);
            }
        }
        catch (Exception e) when (e is IOException or NsmFormatException or ObjectDisposedException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.SecurityModule);
        }
    }
}
