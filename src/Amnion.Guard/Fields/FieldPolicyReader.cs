using System.Collections.Immutable;
using Amnion.Guard.Tokens;
using Amnion.Records;

namespace Amnion.Guard.Fields;

/// <summary>Reads amnion/field-policy/1.</summary>
static class FieldPolicyReader
{
    public static FieldPolicy Read(ReadOnlySpan<byte> json)
    {
        try
        {
            using var document = CanonicalJson.Parse(json, FieldLimits.MaxPolicyLength, FieldPolicy.Format);
            var reader = new JsonObjectReader(document.RootElement, FieldPolicy.Format);
            reader.Constant("format", FieldPolicy.Format);
            _ = reader.OptionalText("schema", 1024);
            var otherwise = reader.OptionalText("otherwise") switch
            {
                null or "sign" => FieldAction.Sign,
                "none" => FieldAction.None,
                _ => throw reader.Refuse("otherwise", "must be \"sign\" or \"none\""),
            };
            var rules = reader.Objects("fields", FieldLimits.MaxRules, ReadRule);
            reader.End();
            RequireNoContradiction(rules);
            return new FieldPolicy(rules, otherwise, CanonicalJson.Canonicalize(document.RootElement));
        }
        catch (RecordFormatException e)
        {
            throw new FieldFormatException(FieldCodes.MalformedPolicy, e.Path, "is not as amnion/field-policy/1 wants it: " + e.Message, e.Offset);
        }
    }

    static FieldRule ReadRule(JsonObjectReader reader)
    {
        var pointer = FieldPointer.Parse(reader.Text("pointer", FieldLimits.MaxPointerLength));
        var action = reader.Text("action") switch
        {
            "none" => FieldAction.None,
            "sign" => FieldAction.Sign,
            "encrypt" => FieldAction.Encrypt,
            "encrypt-deterministic" => FieldAction.EncryptDeterministic,
            "tokenize" => FieldAction.Tokenize,
            _ => throw reader.Refuse("action", "must be none, sign, encrypt, encrypt-deterministic or tokenize"),
        };
        var shape = action == FieldAction.Tokenize ? ReadShape(reader) : null;
        var required = reader.Flag("required");
        reader.End();
        return new FieldRule { Pointer = pointer, Action = action, Shape = shape, Required = required };
    }

    static TokenShape ReadShape(JsonObjectReader reader)
    {
        try
        {
            var shape = new TokenShape
            {
                Alphabet = TokenAlphabet.Find(reader.Text("alphabet", 65536)) ?? throw reader.Refuse("alphabet", "must be a known name, or '=' and the characters"),
                Separators = reader.OptionalText("separators") ?? "",
                KeepFirst = (int)(reader.OptionalInteger("keep_first", 0, TokenShape.MaxLength) ?? 0),
                KeepLast = (int)(reader.OptionalInteger("keep_last", 0, TokenShape.MaxLength) ?? 0),
                CheckDigit = reader.OptionalText("luhn") switch
                {
                    null => CheckDigit.None,
                    "preserve" => CheckDigit.Preserve,
                    "break" => CheckDigit.Break,
                    _ => throw reader.Refuse("luhn", "must be \"preserve\" or \"break\""),
                },
            };
            return shape.Problems().FirstOrDefault() is { } problem ? throw reader.Refuse("", problem) : shape;
        }
        catch (ArgumentException)
        {
            throw reader.Refuse("alphabet", "must be 2 or more different characters that are no surrogates");
        }
    }

    // A rule below a field that is replaced as a whole would never apply; a reader of the policy would believe it does.
    static void RequireNoContradiction(ImmutableArray<FieldRule> rules)
    {
        for (var i = 0; i < rules.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (shorter, longer) = rules[i].Pointer.Segments.Length < rules[j].Pointer.Segments.Length ? (rules[i], rules[j]) : (rules[j], rules[i]);
                var refines = shorter.Pointer.Segments.Length < longer.Pointer.Segments.Length && shorter.Action is FieldAction.None or FieldAction.Sign;
                if (!refines && shorter.Pointer.Meets(longer.Pointer))
                {
                    throw new FieldFormatException(FieldCodes.MalformedPolicy, $"fields[{i}]", $"names a place that fields[{j}] names too, or one below it");
                }
            }
        }
    }
}
