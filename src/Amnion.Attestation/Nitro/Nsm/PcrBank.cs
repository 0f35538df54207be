using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Amnion.Attestation.Nitro;

/// <summary>
/// The 32 SHA-384 registers of a Nitro Secure Module with its rules: 0 to 15 are fixed and locked at launch, 16 to 31 start at
/// zero and can be extended until they are locked, and nothing ever unlocks one. Not safe for concurrent use.
/// </summary>
public sealed class PcrBank
{
    /// <summary>Number of registers.</summary>
    public const int Count = NitroDocument.RegisterCount;

    /// <summary>Registers below this index are locked at launch.</summary>
    public const int LaunchCount = 16;

    readonly Measurement[] _values = new Measurement[Count];
    readonly bool[] _locked = new bool[Count];

    /// <param name="launch">Registers 0 to 15 as measured at launch, 48 bytes each; those not given are zero.</param>
    /// <exception cref="ArgumentException">Another index or length.</exception>
    public PcrBank(IReadOnlyDictionary<int, Measurement> launch)
    {
        ArgumentNullException.ThrowIfNull(launch);
        Array.Fill(_values, Measurement.Zero(NitroDocument.RegisterLength));
        foreach (var (index, value) in launch)
        {
            _values[index is >= 0 and < LaunchCount ? index : throw new ArgumentException("Launch measures registers 0 to 15 only.", nameof(launch))] =
                value.Length == NitroDocument.RegisterLength ? value : throw new ArgumentException("A register is 48 bytes.", nameof(launch));
        }

        Array.Fill(_locked, true, 0, LaunchCount);
    }

    /// <summary>A register's value.</summary>
    public Measurement this[int index] => _values[index];

    /// <summary>Indexes of the locked registers, ascending.</summary>
    public ImmutableArray<int> LockedIndexes => [.. Enumerable.Range(0, Count).Where(index => _locked[index])];

    /// <summary>The locked registers, which are those an attestation document lists.</summary>
    public ImmutableSortedDictionary<int, Measurement> LockedValues => LockedIndexes.ToImmutableSortedDictionary(index => index, index => _values[index]);

    /// <summary>Whether a register is locked.</summary>
    public bool IsLocked(int index) => _locked[index];

    /// <summary>The module's answer to <see cref="NsmRequest.DescribePcr"/>.</summary>
    public NsmResponse Describe(ushort index) =>
        index < Count ? new NsmResponse.DescribePcr(_locked[index], _values[index]) : new NsmResponse.Error(NsmErrorCode.InvalidIndex);

    /// <summary>The module's answer to <see cref="NsmRequest.ExtendPcr"/>: new value = SHA-384(old value ‖ data).</summary>
    public NsmResponse Extend(ushort index, ReadOnlySpan<byte> data)
    {
        if (Refusal(index) is { } refusal)
        {
            return refusal;
        }

        _values[index] = Extend(_values[index], data);
        return new NsmResponse.ExtendPcr(_values[index]);
    }

    /// <summary>The module's answer to <see cref="NsmRequest.LockPcr"/>; locking twice is refused.</summary>
    public NsmResponse Lock(ushort index)
    {
        if (Refusal(index) is { } refusal)
        {
            return refusal;
        }

        _locked[index] = true;
        return new NsmResponse.LockPcr();
    }

    /// <summary>The module's answer to <see cref="NsmRequest.LockPcrs"/>: locks the indexes below <paramref name="range"/>, locked ones included.</summary>
    public NsmResponse LockRange(ushort range)
    {
        if (range > Count)
        {
            return new NsmResponse.Error(NsmErrorCode.InvalidIndex);
        }

        Array.Fill(_locked, true, 0, range);
        return new NsmResponse.LockPcrs();
    }

    /// <summary>What extending a register of this value makes of it; for computing Reference Values.</summary>
    public static Measurement Extend(Measurement value, ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        hash.AppendData(value.Bytes.Span);
        hash.AppendData(data);
        return new Measurement(hash.GetHashAndReset());
    }

    NsmResponse.Error? Refusal(ushort index) => index switch
    {
        >= Count => new NsmResponse.Error(NsmErrorCode.InvalidIndex),
        _ when _locked[index] => new NsmResponse.Error(NsmErrorCode.ReadOnlyIndex),
        _ => null,
    };
}
