using System.Globalization;
using Amnion.Guard.Text;

namespace Amnion.Guard.Signatures;

/// <summary>Reads the text format of signature packs, strictly.</summary>
sealed class SignaturePackReader(string text)
{
    public const string Heading = "amnion-signatures 1";

    const int MostCharacters = 4 << 20;
    const int MostSets = 1024;
    const int MostPhrases = 32768;
    const int MostRules = 2048;
    const int MostLiterals = 1024;
    const int MostSteps = 8;
    const int MostGap = 64;
    const int MostNodes = ushort.MaxValue;
    const int LongestPhrase = 200;

    // The automaton of literals numbers its nodes, a character each, in 16 bits.
    const int MostLiteralCharacters = ushort.MaxValue;

    readonly Dictionary<string, int> _sets = new(StringComparer.Ordinal);
    readonly HashSet<int> _filled = [];
    readonly List<SignatureRule> _rules = [];
    readonly List<SignatureLiteral> _literals = [];
    readonly PhraseAutomatonBuilder _phrases = new();
    int _count, _literalCharacters, _offset, _line;

    public SignaturePack Read()
    {
        if (text.Length > MostCharacters)
        {
            throw Wrong("pack", $"more than {MostCharacters} characters");
        }

        string? version = null;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            (_offset, _) = range.GetOffsetAndLength(text.Length);
            _line++;
            var line = text[range].TrimEnd();
            if (_line == 1)
            {
                _ = line == Heading ? true : throw Wrong("heading", $"expected \"{Heading}\"");
            }
            else if (_line == 2)
            {
                version = line.StartsWith("version ", StringComparison.Ordinal) && line.Length is > 8 and <= 40 ? line[8..] : throw Wrong("version", "expected \"version\" and at most 32 characters");
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                Line(line);
            }
        }

        foreach (var (_, set) in _sets)
        {
            _ = _filled.Contains(set) ? true : throw Wrong("set", "a rule names a set without phrases");
        }

        return version is null
            ? throw Wrong("version", "missing")
            : new SignaturePack(version, _rules, _literals, _phrases.Build(_sets.Count), new LiteralAutomaton([.. _literals.Select(l => l.Text)]), _sets.GetValueOrDefault("MENTION", -1));
    }

    void Line(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        var head = colon < 0 ? [] : line[..colon].Split(' ');
        switch (head)
        {
            case ["set", var name]:
                Set(name, line[(colon + 2)..]);
                break;
            case ["rule", var name, var code, var channels, var score]:
                Rule(name, code, channels, score, line[(colon + 2)..]);
                break;
            case ["literal", var name, var code, var channels, var score]:
                Literal(name, code, channels, score, line[(colon + 2)..]);
                break;
            default:
                throw Wrong("line", "expected \"set\", \"rule\" or \"literal\" with its fields and a colon");
        }
    }

    void Set(string name, string phrases)
    {
        var set = SetNumber(name);
        _filled.Add(set);
        foreach (var phrase in phrases.Split('|'))
        {
            if (++_count > MostPhrases || phrase.Length > LongestPhrase || !_phrases.Add(TextNormalizer.Fold(phrase), set))
            {
                throw Wrong("phrase", $"expected words, at most {LongestPhrase} characters, at most {MostPhrases} phrases");
            }
        }

        if (_phrases.Nodes > MostNodes)
        {
            throw Wrong("phrase", $"the words have more than {MostNodes} letters that differ");
        }
    }

    int SetNumber(string name)
    {
        if (_sets.TryGetValue(name, out var set))
        {
            return set;
        }

        if (name.Length is 0 or > 32 || name.Any(c => !char.IsAsciiLetterUpper(c) && c != '-') || _sets.Count == MostSets)
        {
            throw Wrong("set", $"expected a name of at most 32 capitals and '-', at most {MostSets} sets");
        }

        _sets.Add(name, _sets.Count);
        return _sets.Count - 1;
    }

    void Rule(string name, string code, string channels, string score, string body)
    {
        var sets = new List<int>();
        var gaps = new List<int>();
        var gap = -1;
        foreach (var part in body.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part[0] == '~')
            {
                gap = int.TryParse(part.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var words) && words <= MostGap && sets.Count > 0 && gap < 0 ? words : throw Wrong("gap", $"expected '~' and 0 to {MostGap} between sets");
                continue;
            }

            sets.Add(SetNumber(part));
            gaps.Add(Math.Max(0, gap));
            gap = -1;
        }

        if (sets.Count is 0 or > MostSteps || gap >= 0 || _rules.Count == MostRules)
        {
            throw Wrong("rule", $"expected 1 to {MostSteps} sets, at most {MostRules} rules");
        }

        _rules.Add(new SignatureRule(Name(name), Code(code), Channels(channels), Score(score), [.. sets], [.. gaps]));
    }

    void Literal(string name, string code, string channels, string score, string body)
    {
        // White space at the ends is written as \s, a new line as \n.
        var literal = TextNormalizer.Fold(body).Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\s", " ", StringComparison.Ordinal);
        _literalCharacters += literal.Length;
        if (literal.Length is < 3 or > 80 || literal.Any(c => c >= 0x7F) || _literals.Count == MostLiterals || _literalCharacters > MostLiteralCharacters)
        {
            throw Wrong("literal", $"expected 3 to 80 ASCII characters, at most {MostLiterals} literals and {MostLiteralCharacters} characters of them");
        }

        _literals.Add(new SignatureLiteral(Name(name), Code(code), Channels(channels), Score(score), literal));
    }

    // Several rules may share a name: they are one signature written in several ways.
    string Name(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-') ? name : throw Wrong("name", "expected at most 64 lower-case letters, digits, '.' and '-'");

    string Code(string code) => code.Length == 14 && code.StartsWith("AMN-GUARD-01", StringComparison.Ordinal) && code[12..].All(char.IsAsciiDigit) ? code : throw Wrong("code", "expected AMN-GUARD-01 and two digits");

    double Score(string score) => double.TryParse(score, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 1 ? value : throw Wrong("score", "expected a number over 0 and up to 1");

    SignatureChannels Channels(string channels)
    {
        var all = SignatureChannels.None;
        foreach (var each in channels.Split(','))
        {
            all |= each switch
            {
                "any" => SignatureChannels.Any,
                "untrusted" => SignatureChannels.Untrusted,
                "user" => SignatureChannels.User,
                "document" => SignatureChannels.Document,
                "tool" => SignatureChannels.Tool,
                "system" => SignatureChannels.System,
                _ => throw Wrong("channels", "expected any, untrusted, user, document, tool or system"),
            };
        }

        return all;
    }

    SignatureFormatException Wrong(string field, string message) => new(_offset, _line, field, message + ".");
}
