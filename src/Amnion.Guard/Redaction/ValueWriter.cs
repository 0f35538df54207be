using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amnion.Guard.Pii;

namespace Amnion.Guard.Redaction;

/// <summary>Writes what takes a value's place, apart from surrogates.</summary>
sealed class ValueWriter(TenantPepper? pepper, IValueTokens? tokens, TimeProvider clock)
{
    /// <summary>The most characters that a mask leaves.</summary>
    public const int MaxKept = 4;

    const int HashBytes = 16;

    public string Write(RedactionOperator chosen, PiiType type, ReadOnlySpan<char> value) => chosen switch
    {
        RedactionOperator.Mask mask => Mask(value, mask.KeepLast),
        RedactionOperator.Hash => Hash(type, value),
        RedactionOperator.Generalise => Generalisation.Of(type, value, clock.GetUtcNow().Year) ?? Removed(type),
        RedactionOperator.Token => tokens!.Token(type, value) ?? Removed(type),
        _ => Removed(type),
    };

    static string Removed(PiiType type) => $"[{type.Name}]";

    static string Mask(ReadOnlySpan<char> value, int keep)
    {
        var letters = 0;
        foreach (var c in value)
        {
            letters += char.IsLetterOrDigit(c) ? 1 : 0;
        }

        var masked = letters - Math.Min(keep, letters / 2);
        var text = new char[value.Length];
        var seen = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var hide = char.IsLetterOrDigit(value[i]) ? seen++ < masked : char.IsSurrogate(value[i]);
            text[i] = hide ? '*' : value[i];
        }

        return new string(text);
    }

    string Hash(PiiType type, ReadOnlySpan<char> value)
    {
        // The type's name and a NUL before the value: equal digits of two kinds do not become equal hashes.
        var data = new byte[type.Name.Length + 1 + Encoding.UTF8.GetByteCount(value)];
        var name = Encoding.ASCII.GetBytes(type.Name, data);
        Encoding.UTF8.GetBytes(value, data.AsSpan(name + 1));
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        pepper!.Mac(data, mac);
        CryptographicOperations.ZeroMemory(data);
        return string.Create(CultureInfo.InvariantCulture, $"[{type.Name}:{Convert.ToHexStringLower(mac[..HashBytes])}]");
    }
}
