using System.Globalization;
using System.Text;

namespace Amnion.Inference.Grammar;

/// <summary>Collects the rules of a GBNF grammar, llama.cpp's grammars/README.md. Equal bodies share a rule.</summary>
sealed class GrammarRules
{
    /// <summary>Rules of one grammar; the sampler's work grows with them.</summary>
    const int MaxRules = 4000;

    /// <summary>Half of what a request may carry.</summary>
    const int MaxLength = RequestLimits.GrammarBytes / 2;

    /// <summary>
    /// Steps that writing one grammar may take. Rules with equal bodies are written once, so their number alone does not bound
    /// what a schema costs that says the same again and again: a tenth of a second at most.
    /// </summary>
    const int MaxWork = 8_000_000;

    readonly StringBuilder text = new();
    readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    int count;
    long work;

    /// <summary>True where the grammar has outgrown its limits.</summary>
    public bool IsTooLarge => count > MaxRules || text.Length > MaxLength || work > MaxWork;

    /// <summary>Counts what was read or compared; text written counts itself.</summary>
    public void Spend(long steps) => work += steps;

    /// <summary>The name of a rule with this body.</summary>
    public string Add(string body)
    {
        Spend(body.Length);
        if (!names.TryGetValue(body, out var name))
        {
            name = Reserve();
            names.Add(body, name);
            Define(name, body);
        }

        return name;
    }

    /// <summary>A name for a rule defined later.</summary>
    public string Reserve() => string.Create(CultureInfo.InvariantCulture, $"r{++count}");

    public void Define(string name, string body)
    {
        if (!IsTooLarge)
        {
            text.Append(name).Append(" ::= ").Append(body).Append('\n');
        }
    }

    public string Finish(string root)
    {
        Define("root", root);
        return text.ToString();
    }

    /// <summary>A quoted literal.</summary>
    public static string Literal(string value)
    {
        var literal = new StringBuilder("\"", value.Length + 2);
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => literal.Append("\\\""),
                '\\' => literal.Append("\\\\"),
                '\n' => literal.Append("\\n"),
                '\r' => literal.Append("\\r"),
                '\t' => literal.Append("\\t"),
                _ => literal.Append(c),
            };
        }

        return literal.Append('"').ToString();
    }

    /// <summary>A code point as it may stand in a character class.</summary>
    public static string ClassCharacter(Rune rune) =>
        Rune.IsLetterOrDigit(rune) && rune.IsAscii ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}");
}
