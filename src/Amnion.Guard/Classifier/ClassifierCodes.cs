namespace Amnion.Guard.Classifier;

/// <summary>Stable codes of the learned checks, AMN-GUARD-0150 to 0199. Catalogued in docs/diagnostics.md.</summary>
public static class ClassifierCodes
{
    /// <summary>The linear classifier holds a text for an injection or jailbreak.</summary>
    public const string Injection = "AMN-GUARD-0150";

    /// <summary>A stretch of the text reads like the result of a search over tokens, not like language or code.</summary>
    public const string AdversarialSuffix = "AMN-GUARD-0151";

    /// <summary>A stretch of the prompt is far less likely to the enclave's own model than text is.</summary>
    public const string UnlikelyTokens = "AMN-GUARD-0152";

    /// <summary>The artefact with the weights does not parse.</summary>
    public const string ArtefactMalformed = "AMN-GUARD-0153";
}
