namespace Amnion.Inference.Grammar;

/// <summary>JSON's own grammar, RFC 8259, a little narrower: numbers stay in a double's range, escapes are never half a surrogate pair.</summary>
sealed class JsonRules(GrammarRules rules)
{
    const string RawCharacterBody = """[^"\\\x7F\x00-\x1F]""";

    string? value;

    /// <summary>Space after structure. Bounded, so that a model cannot fill its answer with it.</summary>
    public string Space => rules.Add("""| " " | "\n" [ \t]{0,20}""");

    /// <summary>A character that stands for itself in a string.</summary>
    public string RawCharacter => rules.Add(RawCharacterBody);

    /// <summary>A character of a string, escaped or not.</summary>
    public string Character => rules.Add(
        RawCharacterBody + """ | "\\" (["\\/bfnrt] | "u" ([0-9a-cA-CeEfF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))""");

    public string Text => rules.Add($"""
        "\"" {Character}* "\""
        """.Trim());

    public string Integer => rules.Add("""
        "-"? ("0" | [1-9] [0-9]{0,15})
        """);

    public string Number => rules.Add($$"""
        {{Integer}} ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?
        """);

    public static string Boolean => """("true" | "false")""";

    public static string Null => "\"null\"";

    /// <summary>Any value at all.</summary>
    public string Value
    {
        get
        {
            if (value is null)
            {
                value = rules.Reserve();
                rules.Define(value, $"{AnyObject} | {AnyArray} | {Text} | {Number} | {Boolean} | {Null}");
            }

            return value;
        }
    }

    public string AnyObject => rules.Add(Braces(Repeated($"{Text} {Colon} {Value}")));

    public string AnyArray => rules.Add($"\"[\" {Space} ({Repeated(Value)} {Space})? \"]\"");

    public string Colon => $"\":\" {Space}";

    public string Comma => $"\",\" {Space}";

    public string Braces(string? members) =>
        members is null ? $"\"{{\" {Space} \"}}\"" : $"\"{{\" {Space} ({members} {Space})? \"}}\"";

    string Repeated(string item) => $"{item} ({Comma} {item})*";
}
