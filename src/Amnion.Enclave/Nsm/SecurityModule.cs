using Amnion.Attestation;
using Amnion.Attestation.Nitro;

namespace Amnion.Enclave.Nsm;

/// <summary>The security module as the enclave uses it: one request at a time, every answer checked to belong to its request.</summary>
/// <param name="nsm">The module.</param>
/// <param name="platform">The platform's name where the launcher gave one; null for a device, whose first document tells.</param>
sealed class SecurityModule(INsm nsm, string? platform)
{
    readonly Lock _lock = new();
    readonly bool _isDevice = platform is null;
    string? _platform = platform;

    /// <summary>The platform's name; with a device there is none before the first document.</summary>
    /// <exception cref="InvalidOperationException">No document was made yet.</exception>
    public string Platform => _platform ?? throw new InvalidOperationException("The platform is not known before the first document.");

    /// <summary>A register's lock and value.</summary>
    public NsmResponse.DescribePcr Describe(int index) => Ask<NsmResponse.DescribePcr>(new NsmRequest.DescribePcr((ushort)index));

    /// <summary>Extends a register; its new value.</summary>
    public Measurement Extend(int index, ReadOnlySpan<byte> data) => Ask<NsmResponse.ExtendPcr>(new NsmRequest.ExtendPcr((ushort)index, data.ToArray())).Value;

    /// <summary>Locks a register.</summary>
    public void Lock(int index) => Ask<NsmResponse.LockPcr>(new NsmRequest.LockPcr((ushort)index));

    /// <summary>A document that carries these values; parsed to read its time and to see that it does carry them.</summary>
    public ModuleDocument Attest(ReadOnlySpan<byte> userData, ReadOnlySpan<byte> nonce, ReadOnlyMemory<byte>? publicKey = null)
    {
        var document = Ask<NsmResponse.Attestation>(new NsmRequest.Attestation(userData.ToArray(), nonce.ToArray(), publicKey)).Document.ToArray();
        if (NitroDocument.TryParse(document, out var signed))
        {
            // A device that signs is AWS's. A module outside the sandbox signs whatever platform it stands for.
            return (!_isDevice || Holds(AttestationPlatform.Nitro)) && Same(signed.UserData, userData) && Same(signed.Nonce, nonce) && Same(signed.PublicKey, publicKey)
                ? new ModuleDocument(document, signed.Timestamp, signed.Pcrs)
                : throw new EnclaveRefusedException(EnclaveCodes.SecurityModule);
        }

        // QEMU's device signs nothing. That is taken from a device only, and makes everything this enclave says emulated.
        return _isDevice && UnsignedNitroDocument.TryParse(document, out var unsigned) && Holds(AttestationPlatform.Qemu)
            && Same(unsigned.UserData, userData) && Same(unsigned.Nonce, nonce) && Same(unsigned.PublicKey, publicKey)
            ? new ModuleDocument(document, unsigned.Timestamp, unsigned.Pcrs)
            : throw new EnclaveRefusedException(EnclaveCodes.SecurityModule);
    }

    // The first document decides; a module does not change into another one.
    bool Holds(string name) => (Interlocked.CompareExchange(ref _platform, name, null) ?? name) == name;

    static bool Same(ReadOnlyMemory<byte>? value, ReadOnlyMemory<byte>? expected) => expected is { } bytes ? Same(value, bytes.Span) : value is null;

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
