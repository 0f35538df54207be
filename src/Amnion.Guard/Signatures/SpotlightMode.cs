namespace Amnion.Guard.Signatures;

/// <summary>How untrusted text is set apart for the model (Hines et al. 2024, "Defending Against Indirect Prompt Injection Attacks With Spotlighting", sections 3.1 to 3.3).</summary>
public enum SpotlightMode
{
    /// <summary>Between two delimiters with a random marker.</summary>
    Delimit,

    /// <summary>Between delimiters, with a private-use character for every blank and before every new line.</summary>
    Mark,

    /// <summary>Between delimiters, as base64 of UTF-8; only for models that read it.</summary>
    Encode,
}
