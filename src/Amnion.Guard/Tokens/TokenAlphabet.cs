namespace Amnion.Guard.Tokens;

/// <summary>The characters that format-preserving tokens are made of, in order: the first one is the numeral 0.</summary>
public sealed class TokenAlphabet
{
    /// <summary>0 to 9.</summary>
    public static TokenAlphabet Digits { get; } = new("0123456789");

    /// <summary>0 to 9 and a to f.</summary>
    public static TokenAlphabet LowerHex { get; } = new("0123456789abcdef");

    /// <summary>A to Z.</summary>
    public static TokenAlphabet UpperLetters { get; } = new("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>0 to 9 and A to Z.</summary>
    public static TokenAlphabet UpperAlphanumerics { get; } = new("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>0 to 9, A to Z and a to z.</summary>
    public static TokenAlphabet Alphanumerics { get; } = new("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // One more than the numeral of each character up to the last one used; 0 where it is none.
    readonly int[] _numerals;

    /// <param name="characters">2 to 63,488 different UTF-16 code units that are no surrogates.</param>
    /// <exception cref="ArgumentException">Fewer than two, one twice, or a surrogate.</exception>
    public TokenAlphabet(string characters)
    {
        ArgumentNullException.ThrowIfNull(characters);
        ArgumentOutOfRangeException.ThrowIfLessThan(characters.Length, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(characters.Length, 65536);
        Characters = characters;
        _numerals = new int[characters.Max() + 1];
        for (var i = 0; i < characters.Length; i++)
        {
            if (char.IsSurrogate(characters[i]) || _numerals[characters[i]] != 0)
            {
                throw new ArgumentException("An alphabet's characters are different from one another and no surrogates.", nameof(characters));
            }

            _numerals[characters[i]] = i + 1;
        }
    }

    /// <summary>An alphabet by its name (digits, lower-hex, upper-letters, upper-alphanumerics, alphanumerics), or by '=' and its characters; null for any other text.</summary>
    /// <exception cref="ArgumentException">The characters are no alphabet.</exception>
    public static TokenAlphabet? Find(string name) => name switch
    {
        "digits" => Digits,
        "lower-hex" => LowerHex,
        "upper-letters" => UpperLetters,
        "upper-alphanumerics" => UpperAlphanumerics,
        "alphanumerics" => Alphanumerics,
        ['=', .. var characters] => new TokenAlphabet(characters),
        _ => null,
    };

    /// <summary>The characters in order.</summary>
    public string Characters { get; }

    /// <summary>How many there are.</summary>
    public int Radix => Characters.Length;

    /// <summary>The numeral of a character, or -1.</summary>
    public int IndexOf(char character) => character < _numerals.Length ? _numerals[character] - 1 : -1;
}
