namespace Amnion.Guard.Tokens;

/// <summary>What a format-preserving token does about a check digit by Luhn's formula (ISO/IEC 7812-1, annex B).</summary>
public enum CheckDigit
{
    /// <summary>The values have none.</summary>
    None,

    /// <summary>The token passes the check, as the value does: for systems that refuse anything else.</summary>
    Preserve,

    /// <summary>The token fails the check, so that nobody takes it for a card.</summary>
    Break,
}
