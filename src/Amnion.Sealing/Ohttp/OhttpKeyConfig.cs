using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Amnion.Sealing;

/// <summary>
/// An OHTTP key configuration (RFC 9458 §3.1): 1-byte key id, 2-byte KEM id, public key, 2-byte length of the algorithm
/// list, and the list of 2-byte KDF and AEAD ids. Parsing and encoding are inverse: what parses re-encodes to its bytes.
/// </summary>
public sealed class OhttpKeyConfig : IEquatable<OhttpKeyConfig>
{
    const int PairLength = 4;

    readonly byte[] _encoded;

    /// <summary>Creates a configuration.</summary>
    /// <param name="keyId">The key's identifier, unique among the keys served together.</param>
    /// <param name="publicKey">The gateway's public key; it names the KEM.</param>
    /// <param name="symmetricSuites">The algorithm pairs offered, most preferred first; 1 to <see cref="OhttpLimits.MaxSymmetricSuites"/>.</param>
    public OhttpKeyConfig(byte keyId, HpkePublicKey publicKey, ImmutableArray<OhttpSymmetricSuite> symmetricSuites)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        if (symmetricSuites.IsDefaultOrEmpty || symmetricSuites.Length > OhttpLimits.MaxSymmetricSuites)
        {
            throw new ArgumentException($"A key configuration offers 1 to {OhttpLimits.MaxSymmetricSuites} algorithm pairs.", nameof(symmetricSuites));
        }

        KeyId = keyId;
        PublicKey = publicKey;
        SymmetricSuites = symmetricSuites;
        _encoded = BuildEncoding();
    }

    /// <summary>The key's identifier.</summary>
    public byte KeyId { get; }

    /// <summary>The KEM of the public key.</summary>
    public HpkeKem KemId => PublicKey.Kem;

    /// <summary>The gateway's public key.</summary>
    public HpkePublicKey PublicKey { get; }

    /// <summary>The algorithm pairs offered, most preferred first.</summary>
    public ImmutableArray<OhttpSymmetricSuite> SymmetricSuites { get; }

    /// <summary>The first offered pair that this platform supports, as a whole suite; null where there is none.</summary>
    public HpkeSuite? PreferredSuite
    {
        get
        {
            foreach (var pair in SymmetricSuites)
            {
                var suite = new HpkeSuite(KemId, pair.KdfId, pair.AeadId);
                if (pair.AeadId != HpkeAead.ExportOnly && suite.IsSupported)
                {
                    return suite;
                }
            }

            return null;
        }
    }

    /// <summary>Whether the configuration lists the pair.</summary>
    public bool Offers(HpkeKdf kdf, HpkeAead aead) => SymmetricSuites.Contains(new OhttpSymmetricSuite(kdf, aead));

    /// <summary>Parses exactly one configuration, without a length before it.</summary>
    /// <exception cref="OhttpFormatException">It is malformed, or of a KEM this library does not know.</exception>
    public static OhttpKeyConfig Parse(ReadOnlySpan<byte> encoded) => Parse(encoded, 0);

    /// <summary>
    /// Parses an application/ohttp-keys list: configurations, each after its 2-byte length. Those of an unknown KEM are
    /// skipped, as RFC 9458 §3.2 asks, so the result may be empty.
    /// </summary>
    /// <exception cref="OhttpFormatException">The list, or a configuration of a known KEM, is malformed.</exception>
    public static ImmutableArray<OhttpKeyConfig> ParseList(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length > OhttpLimits.MaxKeyConfigList)
        {
            throw new OhttpFormatException("Key Configurations", 0, $"{encoded.Length} bytes; expected at most {OhttpLimits.MaxKeyConfigList}.");
        }

        var configs = ImmutableArray.CreateBuilder<OhttpKeyConfig>();
        var offset = 0;
        for (var count = 0; offset < encoded.Length; count++)
        {
            if (count == OhttpLimits.MaxKeyConfigs)
            {
                throw new OhttpFormatException("Key Configurations", offset, $"more than {OhttpLimits.MaxKeyConfigs}.");
            }

            var rest = encoded[offset..];
            var length = rest.Length < 2 ? -1 : BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length < 0 || length > rest.Length - 2)
            {
                throw new OhttpFormatException("Key Configuration Length", offset, "runs past the end.");
            }

            var config = rest.Slice(2, length);
            if (config.Length < 3 || HpkePublicKey.LengthOf(KemOf(config)) != 0)
            {
                configs.Add(Parse(config, offset + 2));
            }

            offset += 2 + length;
        }

        return configs.DrainToImmutable();
    }

    /// <summary>The configuration alone, without a length before it.</summary>
    public byte[] Encode() => [.. _encoded];

    /// <summary>An application/ohttp-keys list of configurations.</summary>
    public static byte[] EncodeList(params ReadOnlySpan<OhttpKeyConfig> configs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(configs.Length, OhttpLimits.MaxKeyConfigs, nameof(configs));
        var length = 0;
        foreach (var config in configs)
        {
            length += 2 + config._encoded.Length;
        }

        var list = new byte[length];
        var rest = list.AsSpan();
        foreach (var config in configs)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)config._encoded.Length));
            config._encoded.CopyTo(rest[2..]);
            rest = rest[(2 + config._encoded.Length)..];
        }

        return list;
    }

    /// <inheritdoc/>
    public bool Equals(OhttpKeyConfig? other) => other is not null && _encoded.AsSpan().SequenceEqual(other._encoded);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OhttpKeyConfig);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_encoded);
        return hash.ToHashCode();
    }

    static HpkeKem KemOf(ReadOnlySpan<byte> config) => (HpkeKem)BinaryPrimitives.ReadUInt16BigEndian(config[1..]);

    static OhttpKeyConfig Parse(ReadOnlySpan<byte> encoded, int origin)
    {
        if (encoded.Length < 3)
        {
            throw new OhttpFormatException("HPKE KEM ID", origin, "the configuration ends before it.");
        }

        var kem = KemOf(encoded);
        var keyLength = HpkePublicKey.LengthOf(kem);
        if (keyLength == 0)
        {
            throw new OhttpFormatException("HPKE KEM ID", origin + 1, $"0x{(int)kem:x4} is not known.");
        }

        if (encoded.Length < 3 + keyLength + 2)
        {
            throw new OhttpFormatException("HPKE Public Key", origin + 3, $"{keyLength} bytes and a length run past the end.");
        }

        HpkePublicKey publicKey;
        try
        {
            publicKey = HpkePublicKey.Import(kem, encoded.Slice(3, keyLength));
        }
        catch (HpkeKeyFormatException)
        {
            throw new OhttpFormatException("HPKE Public Key", origin + 3, "not a valid key of its KEM.");
        }

        var listOffset = 3 + keyLength + 2;
        var listLength = BinaryPrimitives.ReadUInt16BigEndian(encoded[(listOffset - 2)..]);
        var list = encoded[listOffset..];
        if (listLength != list.Length)
        {
            throw new OhttpFormatException("HPKE Symmetric Algorithms Length", origin + listOffset - 2, $"{listLength}; {list.Length} bytes follow.");
        }

        if (listLength == 0 || listLength % PairLength != 0 || listLength / PairLength > OhttpLimits.MaxSymmetricSuites)
        {
            throw new OhttpFormatException("HPKE Symmetric Algorithms", origin + listOffset, $"{listLength} bytes; expected 1 to {OhttpLimits.MaxSymmetricSuites} pairs of 4.");
        }

        var pairs = ImmutableArray.CreateBuilder<OhttpSymmetricSuite>(listLength / PairLength);
        for (; !list.IsEmpty; list = list[PairLength..])
        {
            pairs.Add(new OhttpSymmetricSuite(
                (HpkeKdf)BinaryPrimitives.ReadUInt16BigEndian(list),
                (HpkeAead)BinaryPrimitives.ReadUInt16BigEndian(list[2..])));
        }

        return new OhttpKeyConfig(encoded[0], publicKey, pairs.MoveToImmutable());
    }

    byte[] BuildEncoding()
    {
        var key = PublicKey.Bytes;
        var encoded = new byte[3 + key.Length + 2 + (SymmetricSuites.Length * PairLength)];
        encoded[0] = KeyId;
        BinaryPrimitives.WriteUInt16BigEndian(encoded.AsSpan(1), (ushort)KemId);
        key.CopyTo(encoded.AsSpan(3));
        var rest = encoded.AsSpan(3 + key.Length);
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)(SymmetricSuites.Length * PairLength));
        rest = rest[2..];
        foreach (var pair in SymmetricSuites)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)pair.KdfId);
            BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)pair.AeadId);
            rest = rest[PairLength..];
        }

        return encoded;
    }
}
