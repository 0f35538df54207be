namespace Amnion.Guard.Signatures;

/// <summary>A maintained set of signatures, compiled once and used by any number of threads. The format is docs/specs/guard-inject.md, section "The signature pack".</summary>
public sealed class SignaturePack
{
    static readonly Lazy<SignaturePack> s_builtIn = new(LoadBuiltIn);

    internal SignaturePack(string version, IReadOnlyList<SignatureRule> rules, IReadOnlyList<SignatureLiteral> literals, PhraseAutomaton phrases, LiteralAutomaton characters, int mention)
    {
        Version = version;
        Rules = rules;
        Literals = literals;
        Phrases = phrases;
        Characters = characters;
        Mention = mention;
        Steps = new SignatureSteps(rules, phrases.SetCount);
    }

    /// <summary>The pack that comes with this assembly.</summary>
    public static SignaturePack BuiltIn => s_builtIn.Value;

    /// <summary>The pack's version, as its second line has it.</summary>
    public string Version { get; }

    /// <summary>How many rules and literals it holds.</summary>
    public int Count => Rules.Count + Literals.Count;

    internal IReadOnlyList<SignatureRule> Rules { get; }

    internal IReadOnlyList<SignatureLiteral> Literals { get; }

    internal PhraseAutomaton Phrases { get; }

    internal LiteralAutomaton Characters { get; }

    internal SignatureSteps Steps { get; }

    /// <summary>The set of phrases that say that what follows is talked about; -1 where the pack has none.</summary>
    internal int Mention { get; }

    /// <summary>Reads a pack.</summary>
    /// <exception cref="SignatureFormatException">The text is no pack within the limits.</exception>
    public static SignaturePack Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SignaturePackReader(text).Read();
    }

    static SignaturePack LoadBuiltIn()
    {
        using var stream = typeof(SignaturePack).Assembly.GetManifestResourceStream("signatures.txt") ?? throw new InvalidOperationException("The signature pack is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }
}
