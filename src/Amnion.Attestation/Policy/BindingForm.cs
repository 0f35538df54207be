namespace Amnion.Attestation;

/// <summary>How the value that Evidence must bind stands in the platform's field (REPORT_DATA, user_data, qualifying data).</summary>
public enum BindingForm
{
    /// <summary>Byte for byte, same length. What Amnion's own 64-byte binding uses.</summary>
    Exact,

    /// <summary>The value, then zeros up to the field's length.</summary>
    ZeroPadded,

    /// <summary>Its SHA-256, then zeros up to the field's length.</summary>
    Sha256,

    /// <summary>Its SHA-384, then zeros up to the field's length.</summary>
    Sha384,

    /// <summary>Its SHA-512, then zeros up to the field's length.</summary>
    Sha512,
}
