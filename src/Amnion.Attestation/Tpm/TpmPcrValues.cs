using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.Tpm;

/// <summary>Values of registers that came with a quote. They are worth only what the quote's digest says of them.</summary>
public sealed record TpmPcrValues
{
    TpmPcrWords? _shown;

    /// <summary>TPM_ALG_ID of the bank.</summary>
    public required int Algorithm { get; init; }

    /// <summary>Values by index 0 to 31, each of the bank's digest length.</summary>
    public required ImmutableSortedDictionary<int, ReadOnlyMemory<byte>> Values { get; init; }

    /// <summary>Adds registers one by one with every length checked.</summary>
    /// <exception cref="TpmFormatException">An index of 32 or more, a length that is not the bank's, or an index twice.</exception>
    public static TpmPcrValues Create(int algorithm, IEnumerable<KeyValuePair<int, ReadOnlyMemory<byte>>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var length = TpmAlgorithm.DigestLength(algorithm);
        if (length == 0)
        {
            throw new TpmFormatException(0, "pcrs", "a bank of an unknown hash");
        }

        var builder = ImmutableSortedDictionary.CreateBuilder<int, ReadOnlyMemory<byte>>();
        foreach (var (index, value) in values)
        {
            if (index is < 0 or >= 8 * TpmPcrSelection.MaxBitmap || value.Length != length || !builder.TryAdd(index, value))
            {
                throw new TpmFormatException(0, "pcrs", string.Create(CultureInfo.InvariantCulture, $"register {index}: expected an index below 32, {length} bytes, and no register twice"));
            }
        }

        return new TpmPcrValues { Algorithm = algorithm, Values = builder.ToImmutable() };
    }

    /// <summary>The hash over the selected values in the order of the selection; null where a value is missing, or longer than the bank's.</summary>
    internal static byte[]? Digest(ImmutableArray<TpmPcrSelection> selections, ImmutableArray<TpmPcrValues> banks, HashAlgorithmName hash)
    {
        if (selections.Length == 1 && Find(banks, selections[0].Algorithm) is { Concatenated: { } all } bank && bank.HasJust(selections[0].Registers))
        {
            return CryptographicOperations.HashData(hash, all);
        }

        return DigestOfSome(selections, banks, hash);
    }

    /// <summary>True where there is a value for each of these and for no other; they are in ascending order.</summary>
    internal bool HasJust(ImmutableArray<int> registers) => Indexes.AsSpan().SequenceEqual(registers.AsSpan());

    static byte[]? DigestOfSome(ImmutableArray<TpmPcrSelection> selections, ImmutableArray<TpmPcrValues> banks, HashAlgorithmName hash)
    {
        var length = 0;
        foreach (var (algorithm, registers) in selections)
        {
            length += TpmAlgorithm.DigestLength(algorithm) * registers.Length;
        }

        // Of one bank at most 2 KiB, of sixteen at most 32 KiB.
        var values = length <= 2048 ? stackalloc byte[2048] : new byte[length];
        var written = 0;
        foreach (var (algorithm, registers) in selections)
        {
            var bank = Find(banks, algorithm);
            foreach (var index in registers)
            {
                if (bank is null || !bank.Values.TryGetValue(index, out var value) || value.Length > values.Length - written)
                {
                    return null;
                }

                value.Span.CopyTo(values[written..]);
                written += value.Length;
            }
        }

        return CryptographicOperations.HashData(hash, values[..written]);
    }

    internal static TpmPcrValues? Find(ImmutableArray<TpmPcrValues> banks, int algorithm)
    {
        foreach (var bank in banks)
        {
            if (bank.Algorithm == algorithm)
            {
                return bank;
            }
        }

        return null;
    }

    /// <summary>The keys of <see cref="Values"/>.</summary>
    internal ImmutableArray<int> Indexes => Shown.Indexes;

    byte[]? Concatenated => Shown.Concatenated;

    /// <summary>"pcr.0" and so on: they follow from the values alone and are put together once.</summary>
    internal ImmutableArray<EvidenceField> Fields => Shown.Fields;

    /// <summary>The values as claims.</summary>
    internal ImmutableSortedDictionary<int, Measurement> Registers => Shown.Registers;

    /// <summary>Equality of bank and dictionary.</summary>
    public bool Equals(TpmPcrValues? other) => other is not null && Algorithm == other.Algorithm && ReferenceEquals(Values, other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Algorithm, Values);

    /// <summary>Made for this object: the field of a copy (<c>with</c>) still holds what the original shows.</summary>
    TpmPcrWords Shown
    {
        get
        {
            var shown = Volatile.Read(ref _shown);
            if (shown is null || !ReferenceEquals(shown.Values, this))
            {
                shown = new TpmPcrWords(this);
                Volatile.Write(ref _shown, shown);
            }

            return shown;
        }
    }
}
