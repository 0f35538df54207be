using System.Collections.Immutable;
using System.Text;
using Amnion.Images;
using Amnion.Records;

namespace Amnion.Host.Local;

/// <summary>The values of registers 0 to 4 of a local enclave. They follow AWS's formulas, so the same words describe both.</summary>
public sealed record ImageMeasurement
{
    /// <summary>Register → SHA-384 value, for registers 0, 1 and 2 (program, sandbox, native libraries) and, once launched, 3 and 4 (role, instance).</summary>
    public required ImmutableSortedDictionary<int, Digest> Registers { get; init; }

    /// <summary>What was measured into register 0, as text for people and for comparing two builds.</summary>
    public required string Program { get; init; }

    /// <summary>What was measured into register 1.</summary>
    public required string Sandbox { get; init; }

    /// <summary>SHA-384(0^48 ‖ SHA-384(content)): a register after one extension with the content's hash, as AWS computes PCR0 to PCR2.</summary>
    internal static Digest OfContent(ReadOnlySpan<byte> content) => ImageRegisters.OfContent(content);

    /// <summary>SHA-384(0^48 ‖ ASCII text), without an inner hash, as AWS computes PCR3 and PCR4.</summary>
    internal static Digest OfText(string text) => Extend(Encoding.ASCII.GetBytes(text));

    static Digest Extend(ReadOnlySpan<byte> data) => Digest.Sha384([.. new byte[RegisterLog.RegisterLength], .. data]);
}
