namespace Amnion.Guard.Fields;

/// <summary>Why a field, a token or a JWE was refused; catalogued in docs/diagnostics.md.</summary>
public static class FieldCodes
{
    /// <summary>A sealed document or one of its fields does not open. There is one result and no reason.</summary>
    public const string NotOpened = "AMN-GUARD-0401";

    /// <summary>A document is not JSON as accepted, or beyond a limit.</summary>
    public const string MalformedDocument = "AMN-GUARD-0402";

    /// <summary>A field policy is malformed or contradicts itself.</summary>
    public const string MalformedPolicy = "AMN-GUARD-0403";

    /// <summary>A field's value is of a type that its action cannot take.</summary>
    public const string UnfitValue = "AMN-GUARD-0404";

    /// <summary>Fewer than a million values would be possible: format-preserving encryption would be a code book.</summary>
    public const string DomainTooSmall = "AMN-GUARD-0405";

    /// <summary>A value to tokenise, or a token, does not have the shape that was configured.</summary>
    public const string UnfitToken = "AMN-GUARD-0406";

    /// <summary>A token does not open. There is one result and no reason.</summary>
    public const string TokenNotOpened = "AMN-GUARD-0407";

    /// <summary>A vault holds as many values as it may.</summary>
    public const string VaultFull = "AMN-GUARD-0408";

    /// <summary>A JWE is malformed or beyond a limit.</summary>
    public const string MalformedJwe = "AMN-GUARD-0409";

    /// <summary>A JWE names an algorithm that the caller does not accept, or that its key is not for.</summary>
    public const string JweAlgorithmRefused = "AMN-GUARD-0410";

    /// <summary>A JWE does not open. There is one result and no reason.</summary>
    public const string JweNotOpened = "AMN-GUARD-0411";

    /// <summary>A JWE is compressed and the caller does not accept that, or it inflates beyond the limit.</summary>
    public const string JweCompressionRefused = "AMN-GUARD-0412";

    /// <summary>A key file is not 32 bytes in hexadecimal or base64.</summary>
    public const string MalformedKey = "AMN-GUARD-0413";
}
