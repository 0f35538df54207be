using System.Text;

namespace Amnion.GuardTraining;

/// <summary>
/// Our own texts: a line is a pattern. "{a|b|}" is one of its alternatives, which may nest; "&lt;name&gt;" is an alternative of the list "@name = a | b | c" given before or in the file lists.txt. Lines beginning with '#' are remarks; "\n" is a line break.
/// </summary>
sealed class Grammar
{
    readonly Dictionary<string, string[]> _lists = new(StringComparer.Ordinal);
    readonly List<string> _patterns = [];

    public IReadOnlyList<string> Patterns => _patterns;

    public void Add(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
            {
                continue;
            }

            if (line[0] == '@')
            {
                var (name, alternatives) = (line[1..line.IndexOf('=', StringComparison.Ordinal)].Trim(), line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]);
                _lists[name] = [.. Alternatives(alternatives).Select(alternative => alternative.Trim())];
            }
            else
            {
                _patterns.Add(line);
            }
        }
    }

    public string Expand(string pattern, SplitMix random)
    {
        var text = new StringBuilder();
        Expand(pattern, random, text, 0);
        return text.ToString().Replace("\\n", "\n", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal).Trim();
    }

    void Expand(string pattern, SplitMix random, StringBuilder text, int depth)
    {
        if (depth > 8)
        {
            throw new InvalidDataException("A list refers to itself.");
        }

        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '{')
            {
                var end = Closing(pattern, i);
                Expand(random.Pick(Alternatives(pattern[(i + 1)..end])), random, text, depth + 1);
                i = end;
            }
            else if (pattern[i] == '<' && pattern.IndexOf('>', i) is var close and > 0 && _lists.TryGetValue(pattern[(i + 1)..close], out var list))
            {
                Expand(random.Pick(list), random, text, depth + 1);
                i = close;
            }
            else
            {
                text.Append(pattern[i]);
            }
        }
    }

    static int Closing(string pattern, int open)
    {
        var depth = 0;
        for (var i = open; i < pattern.Length; i++)
        {
            depth += pattern[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        throw new InvalidDataException($"A pattern has no closing brace: {pattern}");
    }

    static List<string> Alternatives(string inner)
    {
        var (found, depth, start) = (new List<string>(), 0, 0);
        for (var i = 0; i < inner.Length; i++)
        {
            depth += inner[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0 && inner[i] == '|')
            {
                found.Add(inner[start..i]);
                start = i + 1;
            }
        }

        found.Add(inner[start..]);
        return found;
    }
}
