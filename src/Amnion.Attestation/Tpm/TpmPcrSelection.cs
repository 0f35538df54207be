using System.Collections.Immutable;
using System.Numerics;

namespace Amnion.Attestation.Tpm;

/// <summary>Registers of one bank: TPMS_PCR_SELECTION, TPM 2.0 Library Part 2 §10.6.2.</summary>
/// <param name="Algorithm">TPM_ALG_ID of the bank's hash, for example 0x000b for SHA-256.</param>
/// <param name="Registers">Indexes that are selected, ascending, each below 32.</param>
public sealed record TpmPcrSelection(int Algorithm, ImmutableArray<int> Registers)
{
    /// <summary>Most banks of a list; a TPM has as many as it has hashes (TPM2_NUM_PCR_BANKS is 16 in every implementation known).</summary>
    public const int MaxBanks = 16;

    /// <summary>Bytes of a bitmap: 3 for the PC Client's 24 registers, 4 at most anywhere.</summary>
    internal const int MaxBitmap = 4;

    /// <inheritdoc/>
    public bool Equals(TpmPcrSelection? other) => other is not null && Algorithm == other.Algorithm && Registers.SequenceEqual(other.Registers);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Algorithm, Registers.Length);

    /// <summary>Reads a bitmap, in which bit n of byte k is register 8k + n.</summary>
    internal static ImmutableArray<int> FromBitmap(ReadOnlySpan<byte> bitmap)
    {
        var count = 0;
        foreach (var octet in bitmap)
        {
            count += BitOperations.PopCount(octet);
        }

        var registers = ImmutableArray.CreateBuilder<int>(count);
        for (var index = 0; index < bitmap.Length * 8; index++)
        {
            if ((bitmap[index / 8] & (1 << (index % 8))) != 0)
            {
                registers.Add(index);
            }
        }

        return registers.MoveToImmutable();
    }
}
