using System.Collections.Frozen;
using System.Collections.Immutable;
using Amnion.Guard.Pii.Validators;

namespace Amnion.Guard.Pii;

/// <summary>The checks that a tenant's recogniser can name. Each works on the match's letters and digits alone.</summary>
public static class NamedValidators
{
    static readonly FrozenDictionary<string, IdentifierCheck> s_checks = new Dictionary<string, IdentifierCheck>(StringComparer.Ordinal)
    {
        ["luhn"] = value => Digits(value) && CheckDigits.Luhn(value),
        ["verhoeff"] = value => Digits(value) && CheckDigits.Verhoeff(value),
        ["iso7064-mod11-10"] = value => Digits(value) && value.Length >= 2 && CheckDigits.Mod11And10(value),
        ["iso7064-mod97-10"] = value => CheckDigits.Mod97(value) == 1,
        ["iban"] = IbanCheck.Holds,
        ["ean-13"] = value => Digits(value) && value.Length == 13 && Ean(value),
        ["not-all-same"] = value => value.Length > 0 && !CheckDigits.AllSame(value),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. s_checks.Keys.Order(StringComparer.Ordinal)];

    internal static IdentifierCheck? Find(string name) => s_checks.GetValueOrDefault(name);

    static bool Digits(ReadOnlySpan<char> value) => value.Length > 1 && value.IndexOfAnyExceptInRange('0', '9') < 0;

    static bool Ean(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            sum += (digits[i] - '0') * ((i & 1) == 0 ? 1 : 3);
        }

        return sum % 10 == 0;
    }
}
