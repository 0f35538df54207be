using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Amnion.Images.Content;
using Amnion.Images.Tree;
using Amnion.Records;

namespace Amnion.Images.Explaining;

/// <summary>Says where two contents differ: members of JSON, lines of text, or the first byte.</summary>
static class ContentDifference
{
    /// <summary>Longest content that is looked at as text.</summary>
    const int MaxTextLength = 1024 * 1024;

    const int MaxShown = 5;

    public static ImmutableArray<string> Describe(ImageContent a, ImageContent b)
    {
        if (Text(a) is { } left && Text(b) is { } right)
        {
            return Members(left, right) ?? Lines(left, right);
        }

        return [Bytes(a, b)];
    }

    static string? Text(ImageContent content)
    {
        if (content.Length > MaxTextLength)
        {
            return null;
        }

        var text = TreePath.Decode(content.ToArray(MaxTextLength));
        return text is null || text.Contains('\0', StringComparison.Ordinal) ? null : text;
    }

    // The first line that differs, counted from the front, and the last, counted from the back: what is between was changed, added or removed.
    static ImmutableArray<string> Lines(string a, string b)
    {
        var (left, right) = (a.Split('\n'), b.Split('\n'));
        var front = 0;
        while (front < left.Length && front < right.Length && left[front] == right[front])
        {
            front++;
        }

        var back = 0;
        while (back < left.Length - front && back < right.Length - front && left[^(back + 1)] == right[^(back + 1)])
        {
            back++;
        }

        var result = ImmutableArray.CreateBuilder<string>();
        Show(result, "-", left, front, left.Length - back);
        Show(result, "+", right, front, right.Length - back);
        return result.ToImmutable();
    }

    static void Show(ImmutableArray<string>.Builder result, string sign, string[] lines, int from, int to)
    {
        for (var i = from; i < Math.Min(to, from + MaxShown); i++)
        {
            result.Add(string.Create(CultureInfo.InvariantCulture, $"line {i + 1}: {sign} {Printable.Escape(lines[i])}"));
        }

        if (to > from + MaxShown)
        {
            result.Add(string.Create(CultureInfo.InvariantCulture, $"{sign} {to - from - MaxShown} more lines"));
        }
    }

    static ImmutableArray<string>? Members(string a, string b)
    {
        if (!a.StartsWith('{') || !b.StartsWith('{') || Flatten(a) is not { } left || Flatten(b) is not { } right)
        {
            return null;
        }

        var changed = left.Keys.Union(right.Keys).Where(key => left.GetValueOrDefault(key) != right.GetValueOrDefault(key)).Order(StringComparer.Ordinal).ToList();
        return changed.Count == 0 ? null : [.. changed.Take(4 * MaxShown).Select(key => $"{Printable.Escape(key)}: {Printable.Escape(left.GetValueOrDefault(key, "absent"))} → {Printable.Escape(right.GetValueOrDefault(key, "absent"))}")];
    }

    static Dictionary<string, string>? Flatten(string text)
    {
        try
        {
            using var document = CanonicalJson.Parse(System.Text.Encoding.UTF8.GetBytes(text), MaxTextLength, "json");
            var members = new Dictionary<string, string>(StringComparer.Ordinal);
            Flatten(document.RootElement, "", members);
            return members;
        }
        catch (RecordFormatException)
        {
            return null;
        }
    }

    static void Flatten(JsonElement value, string path, Dictionary<string, string> members)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Flatten(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", members);
                }

                break;
            case JsonValueKind.Array:
                var i = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Flatten(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i++}]"), members);
                }

                break;
            default:
                members[path] = value.GetRawText();
                break;
        }
    }

    static string Bytes(ImageContent a, ImageContent b)
    {
        using var left = a.OpenRead();
        using var right = b.OpenRead();
        Span<byte> one = new byte[65536];
        Span<byte> other = new byte[65536];
        long at = 0;
        while (true)
        {
            var (x, y) = (left.ReadAtLeast(one, one.Length, throwOnEndOfStream: false), right.ReadAtLeast(other, other.Length, throwOnEndOfStream: false));
            var common = one[..x].CommonPrefixLength(other[..y]);
            at += common;
            if (common < x || common < y || x == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{a.Length} and {b.Length} bytes; the first difference is at byte {at}");
            }
        }
    }
}
