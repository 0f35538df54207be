using System.Text;

namespace Amnion.Sealing;

/// <summary>A request's control data: four texts, each after its length (RFC 9292 §3.4).</summary>
readonly record struct BinaryHttpControl(string Method, string Scheme, string Authority, string Path)
{
    /// <summary>
    /// Reads the control data at the front of <paramref name="source"/>. False with a problem, and the field that has it, where it
    /// is malformed; false without one where it does not end there.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out BinaryHttpControl control, out int length, out string field, out string? problem)
    {
        control = default;
        length = 0;
        field = nameof(Method);
        if (!TryText(source, ref length, BinaryHttpLimits.MaxMethod, BinaryHttpSyntax.IsMethod, out var method, out problem))
        {
            return false;
        }

        field = nameof(Scheme);
        if (!TryText(source, ref length, BinaryHttpLimits.MaxScheme, BinaryHttpSyntax.IsScheme, out var scheme, out problem))
        {
            return false;
        }

        field = nameof(Authority);
        if (!TryText(source, ref length, BinaryHttpLimits.MaxAuthority, BinaryHttpSyntax.IsAuthority, out var authority, out problem))
        {
            return false;
        }

        field = nameof(Path);
        if (!TryText(source, ref length, BinaryHttpLimits.MaxPath, BinaryHttpSyntax.IsPath, out var path, out problem))
        {
            return false;
        }

        control = new BinaryHttpControl(method, scheme, authority, path);
        return true;
    }

    static bool TryText(ReadOnlySpan<byte> source, ref int position, int max, Func<ReadOnlySpan<byte>, bool> isValid, out string text, out string? problem)
    {
        text = string.Empty;
        problem = null;
        var bytes = source[position..];
        if (!VarInt.TryRead(bytes, out var length, out var prefix))
        {
            return false;
        }

        if (length > (ulong)max)
        {
            problem = $"{length} bytes; expected at most {max}.";
            return false;
        }

        if (bytes.Length - prefix < (int)length)
        {
            return false;
        }

        var value = bytes.Slice(prefix, (int)length);
        if (!isValid(value))
        {
            problem = "has a character that is not allowed there, or is empty.";
            return false;
        }

        text = Encoding.ASCII.GetString(value);
        position += prefix + (int)length;
        return true;
    }
}
