using Amnion.Guard.Pii;

namespace Amnion.Guard.Pipeline;

/// <summary>Names of rules for types of personal data.</summary>
static class PersonalData
{
    /// <summary>"CREDIT_CARD" is the rule "pii.credit-card".</summary>
    public static string RuleOf(PiiType type) => "pii." + type.Name.ToLowerInvariant().Replace('_', '-');
}
