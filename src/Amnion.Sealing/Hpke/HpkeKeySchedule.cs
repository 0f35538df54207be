using System.Security.Cryptography;

namespace Amnion.Sealing;

/// <summary>What a context is made of after KeySchedule (RFC 9180 §5.1): the cipher, and the exporter secret.</summary>
sealed class HpkeKeySchedule : IDisposable
{
    const byte ModeBase = 0x00;
    const byte ModePsk = 0x01;

    readonly SecretBytes _exporterSecret;
    readonly LabeledKdf _kdf;
    readonly int _hashLength;

    HpkeKeySchedule(HpkeSuite suite, LabeledKdf kdf, SequencedCipher? cipher, SecretBytes exporterSecret)
    {
        Suite = suite;
        Cipher = cipher;
        _kdf = kdf;
        _exporterSecret = exporterSecret;
        _hashLength = exporterSecret.Length;
    }

    public HpkeSuite Suite { get; }

    /// <summary>Null where the suite only exports.</summary>
    public SequencedCipher? Cipher { get; }

    public static HpkeKeySchedule Derive(HpkeSuite suite, ReadOnlySpan<byte> sharedSecret, ReadOnlySpan<byte> info, SecretBytes? psk, ReadOnlySpan<byte> pskId)
    {
        var hashLength = HpkeAlgorithms.HashLength(suite.KdfId);
        var kdf = new LabeledKdf(HpkeAlgorithms.HashOf(suite.KdfId), HpkeAlgorithms.SuiteId(suite));

        Span<byte> context = stackalloc byte[1 + (2 * hashLength)];
        context[0] = psk is null ? ModeBase : ModePsk;
        kdf.Extract([], "psk_id_hash"u8, pskId, context.Slice(1, hashLength));
        kdf.Extract([], "info_hash"u8, info, context[(1 + hashLength)..]);

        Span<byte> secret = stackalloc byte[hashLength];
        Span<byte> key = stackalloc byte[HpkeAlgorithms.KeyLength(suite.AeadId)];
        Span<byte> baseNonce = stackalloc byte[HpkeAlgorithms.NonceLength];
        Span<byte> exporter = stackalloc byte[hashLength];
        try
        {
            kdf.Extract(sharedSecret, "secret"u8, psk is null ? [] : psk.Reveal(SecretAccess.KeyDerivation), secret);
            kdf.Expand(secret, "exp"u8, context, exporter);
            SequencedCipher? cipher = null;
            if (suite.AeadId != HpkeAead.ExportOnly)
            {
                kdf.Expand(secret, "key"u8, context, key);
                kdf.Expand(secret, "base_nonce"u8, context, baseNonce);
                cipher = new SequencedCipher(suite.AeadId, key, baseNonce);
            }

            return new HpkeKeySchedule(suite, kdf, cipher, SecretBytes.CopyOf(exporter));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(baseNonce);
            CryptographicOperations.ZeroMemory(exporter);
        }
    }

    /// <summary>Context.Export (RFC 9180 §5.3).</summary>
    public SecretBytes Export(ReadOnlySpan<byte> exporterContext, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exporterContext.Length, Hpke.MaxInputLength, nameof(exporterContext));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 255 * _hashLength);
        var input = new ExportInput(_kdf, _exporterSecret, exporterContext);
        return SecretBytes.Create(length, input, static (output, state) =>
            state.Kdf.Expand(state.Secret.Reveal(SecretAccess.KeyDerivation), "sec"u8, state.Context, output));
    }

    public SequencedCipher RequireCipher() => Cipher ?? throw new InvalidOperationException("An export-only HPKE context neither seals nor opens.");

    public void Dispose()
    {
        Cipher?.Dispose();
        _exporterSecret.Dispose();
    }

    readonly ref struct ExportInput(LabeledKdf kdf, SecretBytes secret, ReadOnlySpan<byte> context)
    {
        public LabeledKdf Kdf { get; } = kdf;

        public SecretBytes Secret { get; } = secret;

        public ReadOnlySpan<byte> Context { get; } = context;
    }
}
