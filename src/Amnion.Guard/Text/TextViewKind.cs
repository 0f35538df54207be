namespace Amnion.Guard.Text;

/// <summary>How a view was read out of a text.</summary>
public enum TextViewKind
{
    /// <summary>The text itself: compatibility forms, look-alikes, marks and case folded, invisible characters taken out.</summary>
    Plain,

    /// <summary>The text with words mended: spaced-out letters, digits for letters, signs inside words, doubled and shuffled letters, lost spaces.</summary>
    Repaired,

    /// <summary>ASCII smuggled in the tag block, U+E0020 to U+E007E.</summary>
    Tags,

    /// <summary>Bytes smuggled in variation selectors.</summary>
    Selectors,

    /// <summary>Bits smuggled in two kinds of zero-width characters.</summary>
    ZeroWidth,

    /// <summary>Base64 or base64url, padded or not (RFC 4648 sections 4 and 5).</summary>
    Base64,

    /// <summary>Base32 (RFC 4648 section 6), upper or lower case.</summary>
    Base32,

    /// <summary>Base85: Ascii85 or the alphabet of RFC 1924.</summary>
    Base85,

    /// <summary>Hexadecimal bytes, together or apart.</summary>
    Hex,

    /// <summary>Bytes as eight binary digits, or characters as decimal or octal numbers.</summary>
    Numbers,

    /// <summary>Percent-encoding (RFC 3986 section 2.1) or quoted-printable (RFC 2045 section 6.7).</summary>
    Percent,

    /// <summary>Character references of HTML, numbered or named.</summary>
    Entities,

    /// <summary>Backslash escapes of JSON and programming languages.</summary>
    Escapes,

    /// <summary>String literals put together: "ig" + "nore".</summary>
    Joined,

    /// <summary>Letters shifted in the alphabet: ROT13 and the other 24.</summary>
    Rotated,

    /// <summary>ROT47 over the printable ASCII characters.</summary>
    Rot47,

    /// <summary>The alphabet turned around.</summary>
    Atbash,

    /// <summary>Characters in reverse order.</summary>
    Reversed,

    /// <summary>Words in reverse order.</summary>
    ReversedWords,

    /// <summary>Morse code.</summary>
    Morse,

    /// <summary>Pig Latin.</summary>
    PigLatin,
}
