using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Attestation.ReferenceValues;

/// <summary>
/// The registers that identify one image, expected or attested: RFC 9334 §8.3. It may be of an unknown type or have registers that
/// are none; <see cref="MeasurementComparison"/> says so.
/// </summary>
public sealed record MeasurementSet
{
    /// <param name="type">One of <see cref="MeasurementTypes"/>.</param>
    /// <param name="registers">Hexadecimal in either case, in the type's order; kept in lower case.</param>
    public MeasurementSet(string type, IEnumerable<string> registers)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(registers);
        Type = type;
        Registers = [.. registers.Select(register => register.ToLowerInvariant())];
    }

    /// <summary>What the registers are of.</summary>
    public string Type { get; }

    /// <summary>Lower-case hexadecimal, in the type's order.</summary>
    public ImmutableArray<string> Registers { get; }

    /// <summary>One text for the whole set: a lone register itself, otherwise SHA-256 over type and registers. Tinfoil SDK specification §7.2.</summary>
    public string Fingerprint => Registers is [var only]
        ? only
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Type + string.Concat(Registers))));

    /// <summary>Equality by type and registers. Measurements are public, so the comparison is not constant-time.</summary>
    public bool Equals(MeasurementSet? other) => other is not null && Type == other.Type && Registers.SequenceEqual(other.Registers, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Registers.Length);
}
