using System.Collections.Immutable;
using System.Security.Cryptography;

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

    /// <summary>How much a text looks like an injection or a jailbreak. Documents and tool results are judged by a head of their own, which knows that a request is out of place there.</summary>
    public ClassifierScore Score(ReadOnlySpan<char> text, GuardChannel channel)
    {
        var head = channel is GuardChannel.Document or GuardChannel.Tool ? _artefact.Document : _artefact.User;
        var scorer = new WindowScorer(head);
        PromptFeatures.Extract(text, ref scorer);
        return Result(head, ref scorer, text.Length);
    }

    /// <summary>How much some stretch of a text looks like an adversarial suffix found by search over tokens (GCG and its kin).</summary>
    public ClassifierScore ScoreSuffix(ReadOnlySpan<char> text)
    {
        var scorer = new WindowScorer(_artefact.Suffix);
        SuffixFeatures.Extract(text, ref scorer);
        return Result(_artefact.Suffix, ref scorer, text.Length);
    }

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
