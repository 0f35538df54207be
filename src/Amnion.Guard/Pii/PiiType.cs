namespace Amnion.Guard.Pii;

/// <summary>A kind of personal data. The built-in ones stand in <see cref="PiiTypes"/>; a tenant's recogniser makes its own.</summary>
public sealed class PiiType
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 28;

    internal PiiType(string name, string code, string context = "", bool hasCheckDigits = false)
    {
        Name = name;
        Code = code;
        Context = context;
        HasCheckDigits = hasCheckDigits;
        Rule = "pii." + name.ToLowerInvariant().Replace('_', '-');
    }

    /// <summary>Its name, for example "CREDIT_CARD": capital ASCII letters and single '_' between them, 2 to 28 characters. A surrogate carries it: &lt;CREDIT_CARD_1&gt;.</summary>
    public string Name { get; }

    /// <summary>The AMN-GUARD code of its findings.</summary>
    public string Code { get; }

    /// <summary>The rule's name in findings, for example "pii.credit-card".</summary>
    public string Rule { get; }

    /// <summary>Whether every finding of it passed check digits or another arithmetic test.</summary>
    public bool HasCheckDigits { get; }

    /// <summary>Words near a candidate that speak for it, in lower case, separated by spaces; '+' joins two that must follow each other.</summary>
    internal string Context { get; }

    /// <summary>Its place among the built-in types; a tenant's type has its place in the scanner that knows it.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>Whether a text can be a type's name: surrogates must be read back, so a name neither ends in a digit nor holds one.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is < 2 or > MaxNameLength || name[0] == '_' || name[^1] == '_' || name.Contains("__", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterUpper(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }
}
