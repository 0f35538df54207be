namespace Amnion.Guard.Output;

/// <summary>Stable codes of what the output filter and the budgets find or refuse. They are catalogued in docs/diagnostics.md.</summary>
public static class OutputCodes
{
    /// <summary>The answer repeats a run of protected text.</summary>
    public const string KnownText = "AMN-GUARD-0301";

    /// <summary>The answer gives away the system prompt, or a secret that stands in it.</summary>
    public const string SystemPrompt = "AMN-GUARD-0302";

    /// <summary>The answer holds the session's canary.</summary>
    public const string Canary = "AMN-GUARD-0303";

    /// <summary>The answer holds a key, a token or a password.</summary>
    public const string Secret = "AMN-GUARD-0304";

    /// <summary>The answer holds a link that is fetched from, or carries data to, a host outside the allow-list.</summary>
    public const string Link = "AMN-GUARD-0305";

    /// <summary>The answer holds a terminal escape sequence that does more than colour text.</summary>
    public const string Escape = "AMN-GUARD-0306";

    /// <summary>The answer holds personal data that the request did not.</summary>
    public const string ForeignPersonalData = "AMN-GUARD-0307";

    /// <summary>The answer holds a slice of the model's weights.</summary>
    public const string WeightSlice = "AMN-GUARD-0308";

    /// <summary>The answer holds the beginning of a model file.</summary>
    public const string ModelFile = "AMN-GUARD-0309";

    /// <summary>The request asks for more about token probabilities than the policy gives.</summary>
    public const string Logprobs = "AMN-GUARD-0310";

    /// <summary>The tenant's egress budget is spent.</summary>
    public const string EgressBudget = "AMN-GUARD-0311";

    /// <summary>The caller's query budget is spent, or no lease could be had.</summary>
    public const string QueryBudget = "AMN-GUARD-0312";

    /// <summary>A text or weights index does not parse.</summary>
    public const string IndexFormat = "AMN-GUARD-0313";

    /// <summary>A lease record does not parse.</summary>
    public const string LeaseFormat = "AMN-GUARD-0314";

    /// <summary>The answer is longer than the filter accepts.</summary>
    public const string TooLong = "AMN-GUARD-0315";

    /// <summary>The word that stands in a placeholder for what a code found.</summary>
    public static string LabelOf(string code) => code switch
    {
        KnownText => "protected text",
        SystemPrompt or Canary => "instructions",
        Secret => "secret",
        Link => "link",
        Escape => "escape",
        ForeignPersonalData => "personal data",
        WeightSlice or ModelFile => "model data",
        _ => "text",
    };
}
