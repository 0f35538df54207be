using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Bench;

/// <summary>What to measure, and how often.</summary>
/// <param name="Parts">Names of parts, in order.</param>
/// <param name="Rounds">Interleaved rounds of each comparison; the median of their ratios is reported.</param>
/// <param name="Root">The repository's root.</param>
sealed record BenchOptions(ImmutableArray<string> Parts, int Rounds, string Root)
{
    const string Usage = "bench/run [verify] [unseal] [load] [memory-bound] [demo] [--rounds 1..100]";

    static readonly ImmutableArray<string> s_all = ["verify", "unseal", "load", "memory-bound", "demo"];

    /// <summary>The libraries of the built enclave program.</summary>
    public string Engine => Path.Combine(Root, "artifacts", "enclave", "lib");

    public static BenchOptions Parse(string[] arguments)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        var rounds = 5;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--rounds" && i + 1 < arguments.Length && int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out rounds) && rounds is > 0 and <= 100)
            {
                i++;
            }
            else if (s_all.Contains(arguments[i]))
            {
                parts.Add(arguments[i]);
            }
            else
            {
                throw new BenchException($"\"{arguments[i]}\" is not understood; usage: {Usage}");
            }
        }

        var root = Environment.GetEnvironmentVariable("AMNION_ROOT") ?? throw new BenchException($"start it with the script; usage: {Usage}");
        return new BenchOptions(parts.Count == 0 ? s_all : parts.ToImmutable(), rounds, root);
    }
}
