using System.Security.Cryptography;
using Amnion.Guard.Fields;
using Amnion.Guard.Tokens.Modes;

namespace Amnion.Guard.Tokens;

/// <summary>
/// Tokens that look like the values they stand for: FF1 with AES-256 (NIST SP 800-38G) over the characters of an alphabet, with tenant, field, context
/// and key version as the tweak. Separators stay where they are. There is no integrity: an altered token is restored to another value of the same shape.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
public sealed class FormatPreservingTokens : IDisposable
{
    readonly TokenShape _shape;
    readonly TenantKey _names;
    readonly Ff1 _cipher;

    /// <param name="key">The tenant's key; it is not read again, but must not be disposed before this.</param>
    /// <param name="shape">What the values look like.</param>
    /// <exception cref="ArgumentException">The shape contradicts itself; every problem is named.</exception>
    public FormatPreservingTokens(TenantKey key, TokenShape shape)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(shape);
        var problems = string.Join(' ', shape.Problems());
        if (problems.Length > 0)
        {
            throw new ArgumentException(problems, nameof(shape));
        }

        _shape = shape;
        _names = key;
        Span<byte> derived = stackalloc byte[32];
        key.Derive("amnion/tokens/ff1/1", derived);
        _cipher = new Ff1(derived, shape.Alphabet.Radix);
        CryptographicOperations.ZeroMemory(derived);
    }

    /// <summary>The token of a value.</summary>
    /// <param name="field">What kind of value it is; part of the tweak.</param>
    /// <param name="context">What else it belongs to, for example a document; part of the tweak; may be empty. Values that shall have equal tokens share it.</param>
    /// <param name="value">A value of the shape.</param>
    /// <exception cref="FieldException"><see cref="FieldCodes.UnfitToken"/>: not of the shape, or a check digit that is wrong.
    /// <see cref="FieldCodes.DomainTooSmall"/>: what is replaced has fewer than a million values.</exception>
    public string Create(string field, string context, ReadOnlySpan<char> value) => Replace(field, context, value, restore: false);

    /// <summary>The value of a token; see <see cref="Create"/>.</summary>
    /// <exception cref="FieldException">As for <see cref="Create"/>.</exception>
    public string Restore(string field, string context, ReadOnlySpan<char> token) => Replace(field, context, token, restore: true);

    /// <summary>Releases the key.</summary>
    public void Dispose() => _cipher.Dispose();

    int TokenSum => _shape.CheckDigit == CheckDigit.Break ? Luhn.Broken : 0;

    string Replace(string field, string context, ReadOnlySpan<char> text, bool restore)
    {
        ArgumentException.ThrowIfNullOrEmpty(field);
        ArgumentNullException.ThrowIfNull(context);
        Span<ushort> numerals = stackalloc ushort[TokenShape.MaxLength];
        numerals = numerals[..Read(text, numerals)];
        var replaced = numerals.Length - _shape.KeepFirst - _shape.KeepLast;
        if (replaced < 1)
        {
            throw new FieldException(FieldCodes.DomainTooSmall, "A value keeps all of its characters.");
        }

        var middle = numerals.Slice(_shape.KeepFirst, replaced);
        if (_shape.CheckDigit != CheckDigit.None)
        {
            // The last digit that is replaced carries no information: it is what makes the sum right, before and after. So a value whose sum is wrong could not be restored.
            if (Luhn.Sum(numerals) != (restore ? TokenSum : 0))
            {
                throw new FieldException(FieldCodes.UnfitToken, "A value fails the check of its last digit, or a token has not the sum that tokens of this shape have.");
            }

            middle = middle[..^1];
        }

        var tweak = _names.Bind("amnion/tokens/ff1/1", field, context);
        if (restore)
        {
            _cipher.Decrypt(middle, tweak, middle);
        }
        else
        {
            _cipher.Encrypt(middle, tweak, middle);
        }

        if (_shape.CheckDigit != CheckDigit.None)
        {
            Luhn.Set(numerals, _shape.KeepFirst + replaced - 1, restore ? 0 : TokenSum);
        }

        var result = Write(text, numerals);
        numerals.Clear();
        return result;
    }

    int Read(ReadOnlySpan<char> text, Span<ushort> numerals)
    {
        if (text.Length > TokenShape.MaxLength)
        {
            throw new FieldException(FieldCodes.UnfitToken, $"A value has {text.Length} characters; at most {TokenShape.MaxLength} are accepted.");
        }

        var count = 0;
        foreach (var character in text)
        {
            var numeral = _shape.Alphabet.IndexOf(character);
            if (numeral >= 0)
            {
                numerals[count++] = (ushort)numeral;
            }
            else if (!_shape.Separators.Contains(character, StringComparison.Ordinal))
            {
                throw new FieldException(FieldCodes.UnfitToken, "A value has a character that is neither in the alphabet nor a separator.");
            }
        }

        return count >= _shape.MinCharacters && count <= _shape.MaxCharacters
            ? count
            : throw new FieldException(FieldCodes.UnfitToken, $"A value has {count} characters of the alphabet; {_shape.MinCharacters} to {_shape.MaxCharacters} are accepted.");
    }

    string Write(ReadOnlySpan<char> text, ReadOnlySpan<ushort> numerals)
    {
        var result = text.ToArray();
        var at = 0;
        for (var i = 0; i < result.Length; i++)
        {
            if (_shape.Alphabet.IndexOf(result[i]) >= 0)
            {
                result[i] = _shape.Alphabet.Characters[numerals[at++]];
            }
        }

        return new string(result);
    }
}
