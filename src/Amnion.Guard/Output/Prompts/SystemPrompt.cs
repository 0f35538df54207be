using System.Collections.Immutable;
using Amnion.Guard.Output.Leaks;

namespace Amnion.Guard.Output.Prompts;

/// <summary>
/// A system prompt, prepared for <see cref="SystemPromptCheck"/>: an index of its words, the secrets that stand in it (codes, passwords, quoted phrases that are not answers), its distinctive words. Build it once per prompt; it may be shared by answers.
/// </summary>
public sealed class SystemPrompt
{
    /// <summary>The most characters that are read; what follows is not protected.</summary>
    public const int LongestPrompt = 256 * 1024;

    /// <summary>The shortest run that counts as a leak, in symbols: about six words.</summary>
    internal const int LeastRun = 32;

    /// <summary>The longest phrase that is looked for, in symbols: one less than <see cref="PhraseLane"/> remembers.</summary>
    internal const int LongestPhrase = 127;

    /// <summary>Prepares a prompt.</summary>
    /// <param name="text">The prompt as the model gets it.</param>
    /// <param name="secrets">Further phrases that no answer may hold, whatever the prompt looks like, each of 2 to 127 letters and digits.</param>
    /// <exception cref="ArgumentException">A phrase has fewer or more of them: it could not be looked for.</exception>
    public SystemPrompt(string text, IEnumerable<string>? secrets = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var anatomy = PromptAnatomy.Of(text.Length > LongestPrompt ? text[..LongestPrompt] : text);
        var builder = new LeakIndexBuilder(LeakIndexOptions.ForPrompt);
        foreach (var piece in anatomy.Protected)
        {
            builder.Add(piece);
        }

        Index = builder.Build();
        // A prompt of a line is given away by less than six words of it.
        var least = Math.Clamp(Index.Symbols * 3 / 4, 14, LeastRun);
        Threshold = new RunThreshold(least, least * 5 / 4, least - (least / 8));
        Secrets = [.. anatomy.Secrets, .. (secrets ?? []).Select(Checked)];
        Words = new PromptWords(anatomy.Protected);
    }

    /// <summary>How many secrets were found in the prompt or given with it.</summary>
    public int SecretCount => Secrets.Length;

    internal LeakIndex Index { get; }

    internal RunThreshold Threshold { get; }

    internal ImmutableArray<PromptSecret> Secrets { get; }

    internal PromptWords Words { get; }

    static PromptSecret Checked(string phrase) => FoldedSymbol.Fold(phrase).Length is >= 2 and <= LongestPhrase
        ? new PromptSecret(phrase, IsWeak: false)
        : throw new ArgumentException($"A phrase to protect has 2 to {LongestPhrase} letters and digits.", nameof(phrase));
}
