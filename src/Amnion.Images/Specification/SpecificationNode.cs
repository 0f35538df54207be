using Amnion.Images.Tree;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Amnion.Images.Specification;

/// <summary>
/// A value of the declarative file: text, list or map, with its line. YAML 1.2 without what makes two readers disagree: anchors, aliases, tags,
/// merge keys, several documents, keys that stand twice. JSON is a subset.
/// </summary>
sealed class SpecificationNode
{
    /// <summary>Longest file, bytes.</summary>
    public const int MaxLength = 64 * 1024;

    const int MaxDepth = 8;
    const int MaxNodes = 4096;

    SpecificationNode(int line) => Line = line;

    public int Line { get; }

    /// <summary>The text of a scalar; otherwise null.</summary>
    public string? Text { get; private init; }

    /// <summary>Whether the scalar stands without quotes, so that "null" and numbers mean what they say.</summary>
    public bool IsPlain { get; private init; }

    public List<SpecificationNode>? Items { get; private init; }

    public List<(string Key, SpecificationNode Value)>? Members { get; private init; }

    /// <exception cref="ImageSpecificationException">Not such a file.</exception>
    public static SpecificationNode Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxLength)
        {
            throw new ImageSpecificationException(1, $"the file has {file.Length} bytes; at most {MaxLength} are accepted");
        }

        var text = TreePath.Decode(file) ?? throw new ImageSpecificationException(1, "the file is not valid UTF-8");
        var parser = new Parser(new StringReader(text));
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                throw new ImageSpecificationException(1, "the file is empty");
            }

            parser.Consume<DocumentStart>();
            var nodes = 0;
            var root = Read(parser, MaxDepth, ref nodes);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? root : throw new ImageSpecificationException(LineOf(parser), "a second document follows");
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException or ArgumentException or NullReferenceException or IndexOutOfRangeException)
        {
            // The package's scanner throws the other types for some broken files too; all of them say the same.
            throw new ImageSpecificationException((int)Math.Clamp((exception as YamlException)?.Start.Line ?? 1, 1, int.MaxValue), "not valid YAML or JSON", exception);
        }
    }

    static SpecificationNode Read(Parser parser, int depth, ref int nodes)
    {
        var line = LineOf(parser);
        if (depth == 0 || ++nodes > MaxNodes)
        {
            throw new ImageSpecificationException(line, "nested too deep, or too many values");
        }

        if (parser.Current is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias)
        {
            throw new ImageSpecificationException(line, "anchors and aliases are not accepted");
        }

        if (parser.Current is NodeEvent { Tag.IsEmpty: false })
        {
            throw new ImageSpecificationException(line, "tags are not accepted");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            return new SpecificationNode(line) { Text = scalar.Value, IsPlain = scalar.Style == ScalarStyle.Plain };
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<SpecificationNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Read(parser, depth - 1, ref nodes));
            }

            return new SpecificationNode(line) { Items = items };
        }

        parser.Consume<MappingStart>();
        var members = new List<(string, SpecificationNode)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Read(parser, depth - 1, ref nodes);
            if (key.Text is not { } name || !keys.Add(name))
            {
                throw new ImageSpecificationException(key.Line, key.Text is null ? "a key is no text" : $"the key \"{Printable.Escape(key.Text)}\" stands twice");
            }

            members.Add((name, Read(parser, depth - 1, ref nodes)));
        }

        return new SpecificationNode(line) { Members = members };
    }

    static int LineOf(Parser parser) => (int)Math.Clamp(parser.Current?.Start.Line ?? 1, 1, int.MaxValue);
}
