using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Amnion.Guard.Text;

namespace Amnion.Guard.Signatures;

/// <summary>
/// Decides by fixed rules whether a tool call that the model proposes may come from an untrusted text: an instruction in a document triggers no call that the user did not ask for, and its values reach no argument but the free ones.
/// It looks at texts, not at the model: what a document's author and the user both wrote passes.
/// </summary>
public sealed class ToolTaint
{
    /// <summary>The longest arguments, in UTF-16 code units.</summary>
    public const int MostArguments = 1 << 16;

    const int MostDepth = 16;
    const int MostReasons = 32;

    static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly ImmutableDictionary<string, ToolRule> _rules;
    readonly ToolRule? _otherwise;

    /// <summary>Decides by a policy.</summary>
    /// <param name="rules">The tools by name.</param>
    /// <param name="otherwise">The rule of every other tool; null refuses it.</param>
    public ToolTaint(IReadOnlyDictionary<string, ToolRule> rules, ToolRule? otherwise = null)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _otherwise = otherwise;
        _rules = rules.ToImmutableDictionary(StringComparer.Ordinal);
    }

    /// <summary>Decides about one call.</summary>
    /// <param name="tool">The tool's name, as the model gives it.</param>
    /// <param name="arguments">Its arguments, a JSON object, as the model gives them.</param>
    /// <param name="user">The user's own words of this conversation, without what the user pasted or attached.</param>
    /// <param name="untrusted">Every document and tool result the model has read.</param>
    public ToolVerdict Decide(string tool, string arguments, string user, IReadOnlyList<NormalizedText> untrusted)
    {
        ArgumentNullException.ThrowIfNull(tool);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(untrusted);
        return Decide(tool, arguments, untrusted, () => new TaintWords(user, untrusted));
    }

    /// <summary>As above, with words that several calls of one conversation share: they take a look at all of it.</summary>
    internal ToolVerdict Decide(string tool, string arguments, IReadOnlyList<NormalizedText> untrusted, Func<TaintWords> conversation)
    {
        if ((_rules.GetValueOrDefault(tool) ?? _otherwise) is not { } rule)
        {
            return Refused(SignatureCodes.ToolRefused, "taint.unknown-tool");
        }

        if (!IsObject(arguments))
        {
            return Refused(SignatureCodes.ArgumentsMalformed, "taint.arguments");
        }

        if (rule.Trust == ToolTrust.Always || untrusted.Count == 0)
        {
            return new ToolVerdict(ToolDecision.Allow, []);
        }

        if (rule.Trust == ToolTrust.NeverAfterUntrusted)
        {
            return Refused(SignatureCodes.ToolRefused, "taint.after-untrusted");
        }

        var words = conversation();
        var reasons = ImmutableArray.CreateBuilder<GuardFinding>();
        if (!IsAsked(tool, rule, words))
        {
            reasons.Add(new GuardFinding(SignatureCodes.ToolNotAsked, "taint.not-asked", default, 1));
        }

        if (untrusted.Any(text => text.IsTruncated))
        {
            // What was not read may hold any value.
            reasons.Add(new GuardFinding(SignatureCodes.Truncated, "taint.truncated", default, 1));
        }

        Arguments(arguments, rule, words, reasons);
        return new ToolVerdict(reasons.Count == 0 ? ToolDecision.Allow : ToolDecision.Approve, reasons.ToImmutable());
    }

    static ToolVerdict Refused(string code, string rule) => new(ToolDecision.Block, [new GuardFinding(code, rule, default, 1)]);

    static bool IsObject(string arguments)
    {
        if (arguments.Length > MostArguments)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(s_utf8.GetBytes(arguments), new JsonReaderOptions { MaxDepth = MostDepth });
            var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read())
            {
                // A lone surrogate, escaped or not, is no text: whoever reads it later makes of it what it likes.
                _ = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String ? reader.GetString() : null;
            }

            return isObject;
        }
        catch (Exception e) when (e is JsonException or EncoderFallbackException or InvalidOperationException)
        {
            return false;
        }
    }

    static bool IsAsked(string tool, ToolRule rule, TaintWords words)
    {
        if (rule.AskedBy.Length > 0)
        {
            return rule.AskedBy.Any(words.UserSays);
        }

        // "save_note" and "saveNote" are asked for by "save" and "note".
        var name = new StringBuilder(tool.Length + 8);
        for (var i = 0; i < tool.Length; i++)
        {
            name.Append(char.IsAsciiLetterUpper(tool[i]) && i > 0 && char.IsAsciiLetterLower(tool[i - 1]) ? " " : string.Empty).Append(char.IsLetterOrDigit(tool[i]) ? tool[i] : ' ');
        }

        var parts = name.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0 && parts.All(words.UserSays);
    }

    static void Arguments(string arguments, ToolRule rule, TaintWords words, ImmutableArray<GuardFinding>.Builder reasons)
    {
        var bytes = Encoding.UTF8.GetBytes(arguments);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MostDepth });
        var free = false;
        while (reader.Read() && reasons.Count < MostReasons)
        {
            var value = reader.TokenType switch
            {
                JsonTokenType.PropertyName or JsonTokenType.String => reader.GetString()!,
                JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
                _ => null,
            };
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                free = rule.FreeArguments.Contains(value!, StringComparer.Ordinal);
            }

            // Names count too: a tool may take a map whose keys are addresses. Those at the top are the schema's.
            if (value is null || free || (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1) || !words.IsTainted(value))
            {
                continue;
            }

            var start = Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.TokenStartIndex));
            var length = Encoding.UTF8.GetCharCount(reader.ValueSpan) + (reader.TokenType == JsonTokenType.Number ? 0 : 2);
            reasons.Add(new GuardFinding(SignatureCodes.ArgumentTainted, "taint.argument", new TextSpan(start, length), 1));
        }
    }
}
