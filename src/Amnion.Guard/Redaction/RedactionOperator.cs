namespace Amnion.Guard.Redaction;

/// <summary>What takes the place of a value that was found.</summary>
public abstract record RedactionOperator
{
    private protected RedactionOperator()
    {
    }

    /// <summary>The value stays; it is reported all the same.</summary>
    public sealed record Keep : RedactionOperator;

    /// <summary>Its kind in brackets, "[CREDIT_CARD]": the value is gone for good.</summary>
    public sealed record Remove : RedactionOperator;

    /// <summary>A '*' for every letter and digit but the last <paramref name="KeepLast"/>; separators stay. Never more than half of the value stays.</summary>
    /// <param name="KeepLast">How many letters and digits stay, 0 to 4.</param>
    public sealed record Mask(int KeepLast) : RedactionOperator;

    /// <summary>"[CREDIT_CARD:…]" with 32 hexadecimal digits of an HMAC-SHA-256 under the tenant's pepper: equal values stay equal within a tenant, nobody without the pepper can guess.</summary>
    public sealed record Hash : RedactionOperator;

    /// <summary>A numbered stand-in, "&lt;CREDIT_CARD_1&gt;", the same for the same value in a session; the vault puts the value back into the answer.</summary>
    public sealed record Surrogate : RedactionOperator;

    /// <summary>Less exact: a date becomes its year, or "90+" where somebody of that year can be over 89, a ZIP code its first three digits (45 CFR 164.514(b)(2)(i)(B)), an age over 89 "90+", an IPv4 address its /24; what has no coarser form is removed.</summary>
    public sealed record Generalise : RedactionOperator;

    /// <summary>A token of <see cref="IValueTokens"/>, for example a deterministic or format-preserving one. The answer's tokens are not restored: whoever may see the value asks with its own right.</summary>
    public sealed record Token : RedactionOperator;
}
