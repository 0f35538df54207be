using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.Tpm;

/// <summary>Values of registers that came with a quote. They are worth only what the quote's digest says of them.</summary>
public sealed record TpmPcrValues
{
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

    /// <summary>The hash over the selected values in the order of the selection; null where a value is missing.</summary>
    internal static byte[]? Digest(IEnumerable<TpmPcrSelection> selections, IReadOnlyCollection<TpmPcrValues> banks, HashAlgorithmName hash)
    {
        using var digest = IncrementalHash.CreateHash(hash);
        foreach (var (algorithm, registers) in selections)
        {
            var bank = banks.FirstOrDefault(candidate => candidate.Algorithm == algorithm);
            foreach (var index in registers)
            {
                if (bank is null || !bank.Values.TryGetValue(index, out var value))
                {
                    return null;
                }

                digest.AppendData(value.Span);
            }
        }

        return digest.GetHashAndReset();
    }
}
