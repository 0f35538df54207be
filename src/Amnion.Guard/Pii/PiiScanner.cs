using System.Buffers;
using System.Collections.Immutable;
using Amnion.Guard.Pii.Scanning;

namespace Amnion.Guard.Pii;

/// <summary>Finds personal data in a text: one pass that cuts it into words, then hand-written recognisers at the words where something can begin. Compiled once, safe for any number of threads, linear in the text's length.</summary>
public sealed class PiiScanner
{
    /// <summary>The most recognisers of a tenant's own.</summary>
    public const int MaxCustomRecognisers = 16;

    readonly Settings _settings;

    /// <summary>Compiles the options.</summary>
    /// <exception cref="ArgumentException">A threshold is not between 0 and 1, there are too many recognisers, or two have one name.</exception>
    public PiiScanner(PiiScannerOptions? options = null)
    {
        _settings = Settings.Compile(options ?? new PiiScannerOptions());
        Types = _settings.Types;
    }

    /// <summary>What it can find: the chosen built-in types, then the tenant's.</summary>
    public ImmutableArray<PiiType> Types { get; }

    /// <summary>The findings, in the order of the text, none overlapping another.</summary>
    /// <param name="text">The text, of any length; the work grows with it in proportion.</param>
    public ImmutableArray<PiiFinding> Scan(ReadOnlySpan<char> text)
    {
        var candidates = Candidates(text);
        return candidates.Count == 0 ? [] : OverlapResolver.Resolve(candidates, _settings);
    }

    /// <summary>Every candidate over its threshold, overlapping ones too: a number that satisfies two types' checks shows as both.</summary>
    public ImmutableArray<PiiFinding> ScanOverlapping(ReadOnlySpan<char> text) => [.. Candidates(text).OrderBy(candidate => candidate.Start).Select(_settings.Finding)];

    /// <summary>The findings, and beside them the candidates that lost to one but reach beyond it: a street is personal data where a postcode at its end was the surer find.</summary>
    internal ImmutableArray<PiiFinding> Scan(ReadOnlySpan<char> text, out ImmutableArray<PiiFinding> beyond)
    {
        var candidates = Candidates(text);
        ImmutableArray<PiiFinding> findings = candidates.Count == 0 ? [] : OverlapResolver.Resolve(candidates, _settings);
        beyond = OverlapResolver.Beyond(candidates, findings, _settings);
        return findings;
    }

    List<Candidate> Candidates(ReadOnlySpan<char> text)
    {
        var candidates = new List<Candidate>();
        var tokens = ArrayPool<Token>.Shared.Rent((text.Length / 4) + 16);
        try
        {
            var count = Tokeniser.Cut(text, ref tokens, _settings.Words);
            Recognisers.Run(new Scan(text, tokens.AsSpan(0, count), _settings, candidates));
        }
        finally
        {
            // The array holds places and word classes, no text.
            ArrayPool<Token>.Shared.Return(tokens);
        }

        return candidates;
    }
}
