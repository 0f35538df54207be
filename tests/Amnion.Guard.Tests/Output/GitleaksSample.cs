using System.Text;
using System.Text.RegularExpressions;

namespace Amnion.Guard.Tests.Output;

/// <summary>Writes a text that a rule of gitleaks finds: walks its expression (the part of RE2 that its rules use) and takes the least of every repetition and random members of every class. The expression itself confirms the sample.</summary>
sealed class GitleaksSample
{
    readonly string _pattern;
    readonly Random _random;
    int _at;

    GitleaksSample(string pattern, int seed)
    {
        _pattern = pattern;
        _random = new Random(seed);
    }

    public static string? Of(string pattern, string id)
    {
        var dotnet = pattern.Replace("[[:alnum:]]", "[A-Za-z0-9]", StringComparison.Ordinal).Replace("\\z", "$", StringComparison.Ordinal);
        // An inline option in the middle ((?i) after a prefix) is accepted by .NET as well.
        for (var seed = 0; seed < 8; seed++)
        {
            try
            {
                var sample = new GitleaksSample(dotnet, seed + id.Length).Alternatives();
                if (Regex.IsMatch(sample, dotnet, RegexOptions.NonBacktracking))
                {
                    return sample;
                }
            }
            catch (Exception exception) when (exception is ArgumentException or NotSupportedException or IndexOutOfRangeException or FormatException)
            {
                return null;
            }
        }

        return null;
    }

    string Alternatives()
    {
        var choices = new List<string> { Sequence() };
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            choices.Add(Sequence());
        }

        // What is empty (an end of the text) says nothing.
        return choices.Find(choice => choice.Length > 0) ?? string.Empty;
    }

    string Sequence()
    {
        var text = new StringBuilder();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var start = _at;
            var first = Atom();
            var (least, isRepeated) = Repetition();
            if (!isRepeated)
            {
                text.Append(first);
                continue;
            }

            var end = _at;
            for (var i = 0; i < least; i++)
            {
                _at = start;
                text.Append(Atom());
            }

            _at = end;
        }

        return text.ToString();
    }

    (int Least, bool IsRepeated) Repetition()
    {
        if (_at >= _pattern.Length)
        {
            return (1, false);
        }

        var least = 1;
        switch (_pattern[_at])
        {
            case '?' or '*':
                least = 0;
                _at++;
                break;
            case '+':
                _at++;
                break;
            case '{':
                var close = _pattern.IndexOf('}', _at);
                least = int.Parse(_pattern[(_at + 1)..close].Split(',')[0]);
                _at = close + 1;
                break;
            default:
                return (1, false);
        }

        _at += _at < _pattern.Length && _pattern[_at] == '?' ? 1 : 0;
        return (least, true);
    }

    string Atom()
    {
        switch (_pattern[_at])
        {
            case '(':
                return Group();
            case '[':
                return Class();
            case '\\':
                return Escaped(_pattern[++_at]);
            case '^' or '$':
                _at++;
                return string.Empty;
            case '.':
                _at++;
                return "k";
            default:
                return _pattern[_at++].ToString();
        }
    }

    string Group()
    {
        _at++;
        if (_pattern[_at] == '?')
        {
            var end = _pattern.IndexOfAny([':', ')'], _at);
            _at = end + 1;
            if (_pattern[end] == ')')
            {
                return string.Empty;
            }
        }

        var text = Alternatives();
        _at++;
        return text;
    }

    string Escaped(char c)
    {
        _at++;
        return c switch
        {
            'b' or 'z' => string.Empty,
            'd' => ((char)('0' + _random.Next(10))).ToString(),
            'w' => Pick("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789"),
            's' => " ",
            'S' => Pick("abcdefghijkmnpqrstuvwxyz0123456789"),
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'x' => ((char)Convert.ToInt32(_pattern.Substring((_at += 2) - 2, 2), 16)).ToString(),
            _ => c.ToString(),
        };
    }

    string Class()
    {
        var members = new StringBuilder();
        _at++;
        if (_pattern[_at] == '^')
        {
            throw new NotSupportedException();
        }

        for (var first = true; first || _pattern[_at] != ']'; first = false)
        {
            var c = _pattern[_at++];
            if (c == '\\')
            {
                var escaped = _pattern[_at++];
                switch (escaped)
                {
                    case 'w':
                        members.Append("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789");
                        continue;
                    case 'd':
                        members.Append("0123456789");
                        continue;
                    case 's' or 'S':
                        members.Append(escaped == 's' ? " " : "abcdefghijk0123456789");
                        continue;
                    case 'x':
                        c = (char)Convert.ToInt32(_pattern.Substring(_at, 2), 16);
                        _at += 2;
                        break;
                    case 'n' or 'r' or 't':
                        continue;
                    default:
                        c = escaped;
                        break;
                }
            }

            if (_pattern[_at] == '-' && _pattern[_at + 1] != ']')
            {
                for (var member = c; member <= _pattern[_at + 1]; member++)
                {
                    members.Append(member);
                }

                _at += 2;
            }
            else
            {
                members.Append(c);
            }
        }

        _at++;
        var all = members.ToString();
        var plain = string.Concat(all.Where(char.IsLetterOrDigit));
        return Pick(plain.Length > 0 ? plain : all);
    }

    string Pick(string members) => members[_random.Next(members.Length)].ToString();
}
