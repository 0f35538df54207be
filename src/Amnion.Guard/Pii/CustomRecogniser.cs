using System.Collections.Immutable;
using Amnion.Guard.Pii.Scanning;

namespace Amnion.Guard.Pii;

/// <summary>A recogniser that a tenant's policy adds. Its patterns are a small language of fixed length and linear time, no regular expressions; docs/specs/guard-pii.md gives the grammar.</summary>
public sealed record CustomRecogniser
{
    /// <summary>The most patterns of one recogniser.</summary>
    public const int MaxPatterns = 16;

    /// <summary>The most context words, and their longest.</summary>
    public const int MaxContextWords = 32, MaxWordLength = 40;

    /// <param name="name">The type's name, see <see cref="PiiType.Name"/>.</param>
    /// <param name="patterns">How it is written, 1 to <see cref="MaxPatterns"/>.</param>
    /// <param name="context">Words nearby that speak for it, letters only, at most <see cref="MaxContextWords"/>.</param>
    /// <param name="validator">The name of a check over its letters and digits, see <see cref="NamedValidators"/>, or null.</param>
    /// <param name="score">Its score without context, from 0 to 1.</param>
    /// <param name="scoreInContext">Its score with context, at least <paramref name="score"/>.</param>
    /// <exception cref="PiiPatternFormatException">A part is malformed or exceeds its limit.</exception>
    public CustomRecogniser(string name, IEnumerable<string> patterns, IEnumerable<string>? context = null, string? validator = null, double score = 0.6, double scoreInContext = 0.95)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(patterns);
        ImmutableArray<string> words = [.. context ?? []];
        if (!PiiType.IsName(name) || PiiTypes.Find(name) is not null || name == Redaction.SessionVault.LiteralName)
        {
            throw new PiiPatternFormatException("name", 0, "must be 2 to 28 capital letters with single '_' between them, and no built-in type's name");
        }

        if (words.Length > MaxContextWords || words.Any(word => word.Length is 0 or > MaxWordLength || !word.All(char.IsLetter)))
        {
            throw new PiiPatternFormatException("context", 0, $"must be at most {MaxContextWords} words of letters, each at most {MaxWordLength} long");
        }

        if (validator is not null && NamedValidators.Find(validator) is null)
        {
            throw new PiiPatternFormatException("validator", 0, "names no known check");
        }

        if (!(score is >= 0 and <= 1 && scoreInContext is >= 0 and <= 1 && scoreInContext >= score))
        {
            throw new PiiPatternFormatException("score", 0, "must be between 0 and 1, and no higher than the score in context");
        }

        Patterns = [.. patterns.Select((pattern, i) => CustomPattern.Parse(pattern, $"patterns[{i}]"))];
        if (Patterns.Length is 0 or > MaxPatterns)
        {
            throw new PiiPatternFormatException("patterns", 0, $"must be 1 to {MaxPatterns} patterns");
        }

        Type = new PiiType(name, PiiCodes.Custom, string.Join(' ', words.Select(word => word.ToLowerInvariant())), validator is not null);
        Validator = validator;
        Score = score;
        ScoreInContext = scoreInContext;
    }

    /// <summary>The type of its findings.</summary>
    public PiiType Type { get; }

    /// <summary>The name of the check, or null.</summary>
    public string? Validator { get; }

    /// <summary>Its score without context.</summary>
    public double Score { get; }

    /// <summary>Its score with context.</summary>
    public double ScoreInContext { get; }

    internal ImmutableArray<CustomPattern> Patterns { get; }

    internal CustomMatcher Compile(int type) => new(type, Patterns, Validator is null ? null : NamedValidators.Find(Validator), (float)Score, (float)ScoreInContext);
}
