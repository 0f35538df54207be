using System.Text;
using Amnion.Guard.Fields;

namespace Amnion.Guard.Tokens;

/// <summary>Tokenises a text line by line, one value on each, or restores one.</summary>
public static class TokenLines
{
    /// <summary>Longest text in bytes: 4 MiB.</summary>
    public const int MaxLength = 1 << 22;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Tokenises or restores every line; lines end in LF or CRLF and come back ending in LF. An empty line stays one.</summary>
    /// <exception cref="FieldException">A line cannot be tokenised or restored; its number is said.</exception>
    /// <exception cref="FieldFormatException"><see cref="FieldCodes.MalformedDocument"/>: the text is too long or not UTF-8.</exception>
    public static string Run(TenantKey key, TokenLinesOptions options, ReadOnlySpan<byte> text)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(options);
        using var shaped = options.Shape is { } shape ? new FormatPreservingTokens(key, shape) : null;
        using var deterministic = shaped is null ? new DeterministicTokens(key) : null;
        var lines = Decode(text);
        var result = new StringBuilder(lines.Length);
        var number = 0;
        foreach (var range in lines.AsSpan().TrimEnd('\n').Split('\n'))
        {
            number++;
            var line = lines.AsSpan()[range];
            line = line.EndsWith("\r", StringComparison.Ordinal) ? line[..^1] : line;
            try
            {
                result.Append(line.IsEmpty ? "" : shaped is null ? Deterministic(deterministic!, options, line) : Shaped(shaped, options, line)).Append('\n');
            }
            catch (FieldException e)
            {
                throw new FieldException(e.Code, $"Line {number}: {e.Message}");
            }
        }

        return result.ToString();
    }

    static string Shaped(FormatPreservingTokens tokens, TokenLinesOptions options, ReadOnlySpan<char> line) =>
        options.Restore ? tokens.Restore(options.Field, options.Context, line) : tokens.Create(options.Field, options.Context, line);

    static string Deterministic(DeterministicTokens tokens, TokenLinesOptions options, ReadOnlySpan<char> line)
    {
        if (!options.Restore)
        {
            return tokens.Create(options.Field, line);
        }

        return tokens.TryOpen(options.Field, line, out var value) ? value : throw new FieldException(FieldCodes.TokenNotOpened, "The token does not open.");
    }

    static string Decode(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxLength)
        {
            throw new FieldFormatException(FieldCodes.MalformedDocument, "$", $"is {text.Length} bytes; at most {MaxLength} are accepted");
        }

        try
        {
            return s_strict.GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw new FieldFormatException(FieldCodes.MalformedDocument, "$", "is not UTF-8", e.Index);
        }
    }
}
