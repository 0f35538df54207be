namespace Amnion.Guard.Tokens;

/// <summary>What the values of a field look like, and what of it a format-preserving token keeps.</summary>
public sealed record TokenShape
{
    /// <summary>Most characters of a value, separators included.</summary>
    public const int MaxLength = 1024;

    /// <summary>Payment cards: digits with blanks or hyphens between, the first six kept, the check digit as wanted.</summary>
    public static TokenShape Card(CheckDigit checkDigit, int keepLast = 0, int keepFirst = 6) =>
        new() { Alphabet = TokenAlphabet.Digits, Separators = " -", KeepFirst = keepFirst, KeepLast = keepLast, CheckDigit = checkDigit, MinCharacters = 12, MaxCharacters = 19 };

    /// <summary>The characters that are replaced by one another.</summary>
    public required TokenAlphabet Alphabet { get; init; }

    /// <summary>Characters that stay where they are; none of them in the alphabet.</summary>
    public string Separators { get; init; } = "";

    /// <summary>How many characters of the alphabet stay as they are at the start.</summary>
    public int KeepFirst { get; init; }

    /// <summary>How many characters of the alphabet stay as they are at the end.</summary>
    public int KeepLast { get; init; }

    /// <summary>Whether the values have a check digit; only with the alphabet <see cref="TokenAlphabet.Digits"/>.</summary>
    public CheckDigit CheckDigit { get; init; }

    /// <summary>Fewest characters of the alphabet in a value.</summary>
    public int MinCharacters { get; init; } = 1;

    /// <summary>Most characters of the alphabet in a value.</summary>
    public int MaxCharacters { get; init; } = MaxLength;

    /// <summary>What is wrong with the shape; empty where nothing is.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Separators.Any(separator => Alphabet.IndexOf(separator) >= 0))
        {
            yield return "A separator is in the alphabet.";
        }

        if (KeepFirst is < 0 or > MaxLength || KeepLast is < 0 or > MaxLength)
        {
            yield return $"KeepFirst and KeepLast are from 0 to {MaxLength}.";
        }

        if (MinCharacters < 1 || MaxCharacters < MinCharacters || MaxCharacters > MaxLength)
        {
            yield return $"MinCharacters and MaxCharacters are from 1 to {MaxLength}, in this order.";
        }

        if (!Enum.IsDefined(CheckDigit) || (CheckDigit != CheckDigit.None && Alphabet.Characters != TokenAlphabet.Digits.Characters))
        {
            yield return "A check digit needs the alphabet of the ten digits.";
        }
    }
}
