using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>
/// Hybrid public key encryption, RFC 9180, in base mode and in PSK mode. The authenticated modes are not offered: what
/// authenticates a sender here is Evidence or a credential inside the seal.
/// </summary>
public static class Hpke
{
    /// <summary>
    /// Longest info, pre-shared key identifier, exporter context and input key material, in bytes. RFC 9180 §7.2.1 would
    /// allow 2^61; nothing in Amnion's protocols comes near this.
    /// </summary>
    public const int MaxInputLength = 1 << 16;

    /// <summary>Bytes a sealed message is longer than its plaintext, for every cipher offered.</summary>
    public const int TagLength = HpkeAlgorithms.TagLength;

    /// <summary>A pre-shared key has at least 32 bytes of entropy (RFC 9180 §5.1.2 and §9.5).</summary>
    public const int MinPskLength = 32;

    /// <summary>Whether this platform offers the KEM.</summary>
    public static bool IsSupported(HpkeKem kem) => DhGroup.Find(kem) is not null;

    /// <summary>Whether this platform offers all three algorithms of the suite.</summary>
    public static bool IsSupported(HpkeSuite suite) =>
        IsSupported(suite.KemId) && HpkeAlgorithms.IsSupported(suite.KdfId) && HpkeAlgorithms.IsSupported(suite.AeadId);

    /// <summary>SetupBaseS, or SetupPSKS where a pre-shared key is given (RFC 9180 §5.1).</summary>
    /// <param name="suite">A suite of the public key's KEM.</param>
    /// <param name="publicKey">The recipient's key.</param>
    /// <param name="info">What both sides agree the exchange is about; at most <see cref="MaxInputLength"/> bytes.</param>
    /// <param name="enc">The encapsulated key the recipient needs.</param>
    /// <param name="psk">A pre-shared key of at least <see cref="MinPskLength"/> bytes, with its identifier; or neither.</param>
    /// <param name="pskId">Non-empty exactly where a pre-shared key is given.</param>
    /// <exception cref="PlatformNotSupportedException">The suite is not available here.</exception>
    /// <exception cref="SealedMessageException">The public key is an X25519 point of small order.</exception>
    public static HpkeSenderContext SetupSender(HpkeSuite suite, HpkePublicKey publicKey, ReadOnlySpan<byte> info, out byte[] enc, SecretBytes? psk = null, ReadOnlySpan<byte> pskId = default)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        using var ephemeral = HpkePrivateKey.Generate(publicKey.Kem);
        return SetupSender(suite, publicKey, ephemeral, info, out enc, psk, pskId);
    }

    /// <summary>With the ephemeral key given: for published vectors only, since two messages under one would share a key.</summary>
    internal static HpkeSenderContext SetupSender(HpkeSuite suite, HpkePublicKey publicKey, HpkePrivateKey ephemeral, ReadOnlySpan<byte> info, out byte[] enc, SecretBytes? psk = null, ReadOnlySpan<byte> pskId = default)
    {
        Check(suite, publicKey.Kem, info, psk, pskId);
        enc = ephemeral.PublicKey.Bytes.ToArray();
        return new HpkeSenderContext(Derive(suite, ephemeral.Key, publicKey.Bytes, enc, publicKey.Bytes, info, psk, pskId));
    }

    /// <summary>SetupBaseR, or SetupPSKR where a pre-shared key is given (RFC 9180 §5.1).</summary>
    /// <param name="suite">The suite the sender names; it has to be one the recipient offers.</param>
    /// <param name="privateKey">The recipient's key.</param>
    /// <param name="enc">The encapsulated key; untrusted.</param>
    /// <param name="info">What both sides agree the exchange is about; at most <see cref="MaxInputLength"/> bytes.</param>
    /// <param name="psk">The pre-shared key, with its identifier; or neither.</param>
    /// <param name="pskId">Non-empty exactly where a pre-shared key is given.</param>
    /// <exception cref="PlatformNotSupportedException">The suite is not available here.</exception>
    /// <exception cref="SealedMessageException">The encapsulated key is invalid. A wrong one is noticed only when a message does not open.</exception>
    public static HpkeRecipientContext SetupRecipient(HpkeSuite suite, HpkePrivateKey privateKey, ReadOnlySpan<byte> enc, ReadOnlySpan<byte> info, SecretBytes? psk = null, ReadOnlySpan<byte> pskId = default)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        Check(suite, privateKey.Kem, info, psk, pskId);
        return new HpkeRecipientContext(Derive(suite, privateKey.Key, enc, enc, privateKey.PublicKey.Bytes, info, psk, pskId));
    }

    /// <summary>Seals one message to a public key (RFC 9180 §6.1), in base mode.</summary>
    public static byte[] Seal(HpkeSuite suite, HpkePublicKey publicKey, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, out byte[] enc)
    {
        using var context = SetupSender(suite, publicKey, info, out enc);
        return context.Seal(associatedData, plaintext);
    }

    /// <summary>Opens one message sealed by <see cref="Seal"/>.</summary>
    /// <exception cref="SealedMessageException">It does not open.</exception>
    public static byte[] Open(HpkeSuite suite, HpkePrivateKey privateKey, ReadOnlySpan<byte> enc, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext)
    {
        using var context = SetupRecipient(suite, privateKey, enc, info);
        return context.Open(associatedData, ciphertext);
    }

    /// <summary>Opens one message that carries a secret, such as a wrapped key, straight into its container.</summary>
    /// <exception cref="SealedMessageException">It does not open.</exception>
    public static SecretBytes OpenSecret(HpkeSuite suite, HpkePrivateKey privateKey, ReadOnlySpan<byte> enc, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext)
    {
        using var context = SetupRecipient(suite, privateKey, enc, info);
        if (ciphertext.Length is < TagLength or > SecretBytes.MaxLength)
        {
            throw new SealedMessageException();
        }

        var input = new OpenInput(context, associatedData, ciphertext);
        return SecretBytes.Create(ciphertext.Length - TagLength, input, static (output, state) =>
            state.Context.Open(state.AssociatedData, state.Ciphertext, output));
    }

    static HpkeKeySchedule Derive(
        HpkeSuite suite,
        DhPrivateKey own,
        ReadOnlySpan<byte> peer,
        ReadOnlySpan<byte> enc,
        ReadOnlySpan<byte> recipient,
        ReadOnlySpan<byte> info,
        SecretBytes? psk,
        ReadOnlySpan<byte> pskId)
    {
        var group = own.Group;
        Span<byte> agreement = stackalloc byte[group.AgreementLength];
        Span<byte> sharedSecret = stackalloc byte[group.SharedSecretLength];
        try
        {
            if (!own.TryAgree(peer, agreement))
            {
                throw new SealedMessageException();
            }

            group.DeriveSharedSecret(agreement, [.. enc, .. recipient], sharedSecret);
            return HpkeKeySchedule.Derive(suite, sharedSecret, info, psk, pskId);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreement);
            CryptographicOperations.ZeroMemory(sharedSecret);
        }
    }

    static void Check(HpkeSuite suite, HpkeKem kem, ReadOnlySpan<byte> info, SecretBytes? psk, ReadOnlySpan<byte> pskId)
    {
        if (suite.KemId != kem)
        {
            throw new ArgumentException($"The suite is for KEM 0x{(int)suite.KemId:x4}, the key for 0x{(int)kem:x4}.", nameof(suite));
        }

        if (!IsSupported(suite))
        {
            throw new PlatformNotSupportedException($"{SealingCodes.SuiteUnsupported}: HPKE suite {suite} is not available on this platform.");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(info.Length, MaxInputLength, nameof(info));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pskId.Length, MaxInputLength, nameof(pskId));

        // VerifyPSKInputs, RFC 9180 §5.1.
        if ((psk is null) != pskId.IsEmpty)
        {
            throw new ArgumentException("A pre-shared key and its identifier are given together or not at all.", nameof(psk));
        }

        if (psk is not null && psk.Length < MinPskLength)
        {
            throw new ArgumentException($"A pre-shared key has at least {MinPskLength} bytes.", nameof(psk));
        }
    }

    readonly ref struct OpenInput(HpkeRecipientContext context, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> ciphertext)
    {
        public HpkeRecipientContext Context { get; } = context;

        public ReadOnlySpan<byte> AssociatedData { get; } = associatedData;

        public ReadOnlySpan<byte> Ciphertext { get; } = ciphertext;
    }
}
