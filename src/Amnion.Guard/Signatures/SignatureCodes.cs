namespace Amnion.Guard.Signatures;

/// <summary>What a signature, the look for hidden text or the taint check found; catalogued in docs/diagnostics.md.</summary>
public static class SignatureCodes
{
    /// <summary>An attempt to set earlier instructions aside.</summary>
    public const string Override = "AMN-GUARD-0101";

    /// <summary>An attempt to read the system prompt or a secret out.</summary>
    public const string Extraction = "AMN-GUARD-0102";

    /// <summary>A role or mode that claims to be free of rules.</summary>
    public const string RolePlay = "AMN-GUARD-0103";

    /// <summary>A forged turn, delimiter or chat-template token.</summary>
    public const string Delimiter = "AMN-GUARD-0104";

    /// <summary>An instruction to the model inside a document or tool result.</summary>
    public const string Indirect = "AMN-GUARD-0105";

    /// <summary>A wish to have data sent away or a harmful tool called.</summary>
    public const string Exfiltration = "AMN-GUARD-0106";

    /// <summary>Refusals or warnings forbidden, or an opening dictated.</summary>
    public const string Suppression = "AMN-GUARD-0107";

    /// <summary>An instruction cut into parts that the model is to put together.</summary>
    public const string Splitting = "AMN-GUARD-0108";

    /// <summary>A claimed authority or emergency.</summary>
    public const string Authority = "AMN-GUARD-0109";

    /// <summary>Text that nobody sees: tag characters, variation selectors, zero-width or bidirectional characters, heaps of combining marks.</summary>
    public const string Hidden = "AMN-GUARD-0110";

    /// <summary>The limits cut the views short; an attack may stand in what was not read.</summary>
    public const string Truncated = "AMN-GUARD-0111";

    /// <summary>A tool call refused: the policy does not let the tool be called here.</summary>
    public const string ToolRefused = "AMN-GUARD-0120";

    /// <summary>A tool call held: an argument's value comes from an untrusted text and not from the user.</summary>
    public const string ArgumentTainted = "AMN-GUARD-0121";

    /// <summary>A tool call held: the user's words do not ask for the tool, and untrusted text was read.</summary>
    public const string ToolNotAsked = "AMN-GUARD-0122";

    /// <summary>A tool call refused: its arguments are no JSON object within the limits.</summary>
    public const string ArgumentsMalformed = "AMN-GUARD-0123";
}
