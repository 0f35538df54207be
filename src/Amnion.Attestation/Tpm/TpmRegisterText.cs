using System.Collections.Concurrent;
using System.Globalization;

namespace Amnion.Attestation.Tpm;

/// <summary>Names of a set of registers, as results show them: put together once for the sets that machines have.</summary>
/// <param name="Spaced">"0, 1, 2".</param>
/// <param name="Compact">"0,1,2".</param>
sealed record TpmRegisterText(string Spaced, string Compact)
{
    /// <summary>Machines of one kind quote the same registers; whoever sends others does not fill the memory.</summary>
    const int MostKept = 64;

    /// <summary>By a number of which bit n is register n.</summary>
    static readonly ConcurrentDictionary<uint, TpmRegisterText> s_kept = new();

    /// <summary>Registers in ascending order.</summary>
    public static TpmRegisterText Of(ReadOnlySpan<int> registers)
    {
        uint mask = 0;
        foreach (var index in registers)
        {
            if (index is < 0 or > 31)
            {
                return Written(registers);
            }

            mask |= 1u << index;
        }

        if (!s_kept.TryGetValue(mask, out var text))
        {
            text = Written(registers);
            if (s_kept.Count < MostKept)
            {
                s_kept[mask] = text;
            }
        }

        return text;
    }

    static TpmRegisterText Written(ReadOnlySpan<int> registers)
    {
        string[] indexes = [.. registers.ToArray().Select(index => index.ToString(CultureInfo.InvariantCulture))];
        return new TpmRegisterText(string.Join(", ", indexes), string.Join(',', indexes));
    }
}
