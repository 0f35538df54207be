using Amnion.Guard.Classifier;
using Amnion.Guard.Packs;
using Amnion.Guard.Signatures;
using Amnion.Guard.Text;

namespace Amnion.Guard.Pipeline;

/// <summary>Looks for attacks in one text: signatures and classifier over every view of it, the suffix model over the text as it came. Safe for several threads.</summary>
sealed class AttackScanner(AttackRules rules)
{
    static readonly SignatureScanner s_signatures = new(SignaturePack.BuiltIn);

    /// <summary>What is done about a finding in a channel's texts.</summary>
    public GuardAction ActionFor(GuardChannel channel, string code) => rules.ActionFor(channel, code);

    /// <summary>The findings that count, with places in the text as it came.</summary>
    public IReadOnlyList<GuardFinding> Scan(string text, GuardChannel channel)
    {
        if (!Looks(text, channel))
        {
            return [];
        }

        var normalized = TextNormalizer.Normalize(text);
        return [.. s_signatures.Scan(normalized, channel).Concat(InjectionClassifier.BuiltIn.Check(normalized, channel))
            .Where(finding => finding.Score * 100 >= rules.Score && rules.ActionFor(channel, finding.Code) != GuardAction.Allow)];
    }

    /// <summary>The highest score of anything that would be acted on, also where it is too low to count.</summary>
    public double Highest(string text, GuardChannel channel)
    {
        if (!Looks(text, channel))
        {
            return 0;
        }

        var normalized = TextNormalizer.Normalize(text);
        return s_signatures.Scan(normalized, channel).Select(finding => finding.Score)
            .Append(InjectionClassifier.BuiltIn.Highest(normalized, channel, suffix: rules.Suffix != GuardAction.Allow)).Max();
    }

    bool Looks(string text, GuardChannel channel) => text.Length > 0 && rules.ActionFor(channel, ClassifierCodes.Injection) != GuardAction.Allow;
}
