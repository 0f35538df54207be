using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Guard.Text;

namespace Amnion.Guard.Classifier;

/// <summary>
/// The learned part of injection detection: linear models over hashed words and characters, trained by eng/guard-train.sh. Immutable and safe to share between threads; scoring allocates nothing and takes time linear in the text.
/// It sees surface text alone: a request that is harmful only by its meaning, or an instruction in a document that is worded as the document is, passes. See docs/specs/guard-classify.md.
/// </summary>
public sealed class InjectionClassifier
{
    const string BuiltInName = "Amnion.Guard.Classifier.classifier.bin";

    static readonly Lazy<InjectionClassifier> s_builtIn = new(ReadBuiltIn);

    readonly ClassifierArtefact _artefact;

    InjectionClassifier(ClassifierArtefact artefact, string digest)
    {
        _artefact = artefact;
        Digest = digest;
    }

    /// <summary>The classifier whose weights are part of this assembly, and so of the enclave's measurement.</summary>
    public static InjectionClassifier BuiltIn => s_builtIn.Value;

    /// <summary>SHA-256 of the artefact, 64 lower-case hex digits.</summary>
    public string Digest { get; }

    /// <summary>What the weights were trained on, with licences.</summary>
    public ImmutableArray<TrainingSource> Sources => _artefact.Sources;

    /// <summary>Reads an artefact of at most 4 MiB, as docs/specs/guard-classify.md describes it.</summary>
    /// <exception cref="ClassifierFormatException">The bytes are not an artefact of this version.</exception>
    public static InjectionClassifier Parse(ReadOnlySpan<byte> artefact) => new(ClassifierArtefactReader.Read(artefact), Convert.ToHexStringLower(SHA256.HashData(artefact)));

    /// <summary>How much a text, folded by <see cref="TextNormalizer"/> as in training, looks like an injection or a jailbreak. Documents and tool results are judged by a head of their own, which knows that a request is out of place there.</summary>
    public ClassifierScore Score(ReadOnlySpan<char> text, GuardChannel channel)
    {
        var head = IsForeign(channel) ? _artefact.Document : _artefact.User;
        var scorer = new WindowScorer(head);
        PromptFeatures.Extract(text, ref scorer);
        return Result(head, ref scorer, text.Length);
    }

    /// <summary>How much some stretch of a text looks like an adversarial suffix found by search over tokens (GCG and its kin). The text is given as it came: its case is part of what is seen.</summary>
    public ClassifierScore ScoreSuffix(ReadOnlySpan<char> text)
    {
        var scorer = new WindowScorer(_artefact.Suffix);
        SuffixFeatures.Extract(text, ref scorer);
        return Result(_artefact.Suffix, ref scorer, text.Length);
    }

    /// <summary>
    /// The highest score of a text: of any view by the channel's head, and of the text as it came by the suffix head where that is asked. System messages and answers are not judged and score 0: the one is whose orders are to be followed, the other nobody's prompt.
    /// </summary>
    internal double Highest(NormalizedText text, GuardChannel channel, bool suffix)
    {
        if (!IsJudged(channel))
        {
            return 0;
        }

        var highest = suffix ? ScoreSuffix(text.Source).Score : 0;
        foreach (var view in text.Views)
        {
            highest = Math.Max(highest, Score(view.Text, channel).Score);
        }

        return highest;
    }

    /// <summary>What is found at the operating points: at most one injection, in the view that scores highest, and at most one adversarial suffix. Empty for system messages and answers, as <see cref="Highest"/>.</summary>
    public IReadOnlyList<GuardFinding> Check(NormalizedText text, GuardChannel channel)
    {
        ArgumentNullException.ThrowIfNull(text);
        var findings = new List<GuardFinding>();
        if (!IsJudged(channel))
        {
            return findings;
        }

        var (best, view) = (Score(text.Plain.Text, channel), text.Plain);
        foreach (var other in text.Views.Skip(1))
        {
            var score = Score(other.Text, channel);
            (best, view) = score.Score > best.Score ? (score, other) : (best, view);
        }

        if (best.Found)
        {
            findings.Add(new GuardFinding(ClassifierCodes.Injection, IsForeign(channel) ? "classifier.document" : "classifier.prompt", view.ToSource(best.Window), best.Score));
        }

        if (ScoreSuffix(text.Source) is { Found: true } suffix)
        {
            findings.Add(new GuardFinding(ClassifierCodes.AdversarialSuffix, "classifier.suffix", suffix.Window, suffix.Score));
        }

        return findings;
    }

    static bool IsJudged(GuardChannel channel) => channel is GuardChannel.User || IsForeign(channel);

    static bool IsForeign(GuardChannel channel) => channel is GuardChannel.Document or GuardChannel.Tool;

    internal static InjectionClassifier Of(ClassifierArtefact artefact) => new(artefact, string.Empty);

    static ClassifierScore Result(ClassifierHead head, ref WindowScorer scorer, int length)
    {
        scorer.End(length);
        return new ClassifierScore(head.Score(scorer.BestMargin), scorer.BestMargin, scorer.BestWindow);
    }

    static InjectionClassifier ReadBuiltIn()
    {
        using var stream = typeof(InjectionClassifier).Assembly.GetManifestResourceStream(BuiltInName) ?? throw new InvalidOperationException("The classifier's weights are not in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Parse(bytes);
    }
}
