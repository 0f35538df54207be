using System.Buffers;
using System.Text;

namespace Amnion.Sealing;

/// <summary>What characters may stand where (RFC 9110 §5, RFC 9113 §8.2.1 and §8.3.1, by RFC 9292 §3.4 and §3.6).</summary>
static class BinaryHttpSyntax
{
    const string Digits = "0123456789";
    const string Lower = "abcdefghijklmnopqrstuvwxyz";
    const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const string TokenMarks = "!#$%&'*+-.^_`|~";

    // Pseudo-fields, whose names start with a colon, are refused with the rest: control data has a place of its own.
    static readonly SearchValues<byte> FieldName = SearchValues.Create(Encoding.ASCII.GetBytes(Digits + Lower + TokenMarks));
    static readonly SearchValues<byte> Token = SearchValues.Create(Encoding.ASCII.GetBytes(Digits + Lower + Upper + TokenMarks));
    static readonly SearchValues<byte> SchemeName = SearchValues.Create(Encoding.ASCII.GetBytes(Digits + Lower + Upper + "+-."));

    public static bool IsFieldName(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(FieldName);

    /// <summary>No controls but a tab, none of DEL, and no white space at either end. RFC 9113 names NUL, CR and LF; the other controls have no use.</summary>
    public static bool IsFieldValue(ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty && (IsBlank(value[0]) || IsBlank(value[^1])))
        {
            return false;
        }

        foreach (var octet in value)
        {
            if ((octet < ' ' && octet != '\t') || octet == 0x7F)
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsMethod(ReadOnlySpan<byte> method) => !method.IsEmpty && !method.ContainsAnyExcept(Token);

    public static bool IsScheme(ReadOnlySpan<byte> scheme) => !scheme.IsEmpty && !scheme.ContainsAnyExcept(SchemeName);

    /// <summary>May be empty: then a host field names the target.</summary>
    public static bool IsAuthority(ReadOnlySpan<byte> authority) => IsVisible(authority);

    /// <summary>A path with its query, or "*" for OPTIONS.</summary>
    public static bool IsPath(ReadOnlySpan<byte> path) => !path.IsEmpty && (path[0] == '/' || path.SequenceEqual("*"u8)) && IsVisible(path);

    static bool IsBlank(byte octet) => octet is (byte)' ' or (byte)'\t';

    static bool IsVisible(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E);
}
