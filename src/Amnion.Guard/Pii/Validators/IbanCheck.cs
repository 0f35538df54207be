using System.Collections.Frozen;

namespace Amnion.Guard.Pii.Validators;

/// <summary>International bank account numbers, ISO 13616: the registry's lengths and structures, and the ISO 7064 MOD 97-10 remainder.</summary>
static class IbanCheck
{
    /// <summary>The shortest and the longest IBAN.</summary>
    public const int MinLength = 15, MaxLength = 33;

    // Country, then the BBAN's structure of the SWIFT IBAN registry: a count and n (digits), a (capital letters) or c (both).
    const string Registry = """
        AD 8n12c|AE 3n16n|AL 8n16c|AT 16n|AZ 4a20c|BA 16n|BE 12n|BG 4a6n8c|BH 4a14c|BI 23n|BR 23n1a1c|BY 4c4n16c|CH 5n12c|CR 18n|CY 8n16c|CZ 20n|DE 18n|DJ 23n|DK 14n|DO 4c20n|EE 16n|EG 25n|ES 20n|FI 14n|FK 2a12n|
        FO 14n|FR 10n11c2n|GB 4a14n|GE 2a16n|GI 4a15c|GL 14n|GR 7n16c|GT 4c20c|HN 4a20n|HR 17n|HU 24n|IE 4a14n|IL 19n|IQ 4a15n|IS 22n|IT 1a10n12c|JO 4a4n18c|KW 4a22c|KZ 3n13c|LB 4n20c|LC 4a24c|LI 5n12c|LT 16n|
        LU 3n13c|LV 4a13c|LY 21n|MC 10n11c2n|MD 2c18c|ME 18n|MK 3n10c2n|MN 16n|MR 23n|MT 4a5n18c|MU 4a19n3a|NI 4a20n|NL 4a10n|NO 11n|OM 3n16c|PK 4a16c|PL 24n|PS 4a21c|PT 21n|QA 4a21c|RO 4a16c|RS 18n|RU 14n15c|
        SA 2n18c|SC 4a20n3a|SD 14n|SE 20n|SI 15n|SK 20n|SM 1a10n12c|SO 19n|ST 21n|SV 4a20n|TL 19n|TN 20n|TR 5n1c16c|UA 6n19c|VA 18n|VG 4a16n|XK 16n|YE 4a4n18c
        """;

    static readonly FrozenDictionary<int, string> s_structures = Read();

    /// <summary>The length of a country's IBAN, or 0 where it issues none.</summary>
    public static int LengthOf(char first, char second) => s_structures.TryGetValue(Key(first, second), out var structure) ? structure.Length + 4 : 0;

    /// <summary>Whether a value of capital letters and digits is an IBAN.</summary>
    public static bool Holds(ReadOnlySpan<char> value)
    {
        if (value.Length < MinLength || !s_structures.TryGetValue(Key(value[0], value[1]), out var structure) || value.Length != structure.Length + 4 || !char.IsAsciiDigit(value[2]) || !char.IsAsciiDigit(value[3]))
        {
            return false;
        }

        for (var i = 0; i < structure.Length; i++)
        {
            var c = value[i + 4];
            if (structure[i] switch { 'n' => !char.IsAsciiDigit(c), 'a' => !char.IsAsciiLetterUpper(c), _ => !char.IsAsciiDigit(c) && !char.IsAsciiLetterUpper(c) })
            {
                return false;
            }
        }

        return CheckDigits.Mod97(value[..4], CheckDigits.Mod97(value[4..])) == 1;
    }

    static int Key(char first, char second) => (first << 16) | second;

    static FrozenDictionary<int, string> Read()
    {
        var structures = new Dictionary<int, string>();
        foreach (var entry in Registry.Split(['|', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var expanded = string.Empty;
            var count = 0;
            foreach (var c in entry.AsSpan(3))
            {
                if (char.IsAsciiDigit(c))
                {
                    count = (count * 10) + (c - '0');
                    continue;
                }

                expanded += new string(c, count);
                count = 0;
            }

            structures[Key(entry[0], entry[1])] = expanded;
        }

        return structures.ToFrozenDictionary();
    }
}
