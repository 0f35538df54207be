using System.Globalization;
using Amnion.Records;

namespace Amnion.Images.Specification;

/// <summary>Reads one map of the declarative file: members are asked for by name, and <see cref="End"/> refuses the others with their line.</summary>
sealed class SpecificationReader
{
    readonly SpecificationNode _node;
    readonly string _path;
    readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public SpecificationReader(SpecificationNode node, string path)
    {
        _path = path;
        _node = node.Members is not null ? node : throw new ImageSpecificationException(node.Line, $"{(path.Length == 0 ? "the file" : path)} must be a map of keys and values");
    }

    public int Line => _node.Line;

    /// <summary>The member; null where it is absent or null.</summary>
    public SpecificationNode? Find(string key)
    {
        _asked.Add(key);
        var node = _node.Members!.FirstOrDefault(member => member.Key == key).Value;
        return node is { IsPlain: true, Text: "" or "~" or "null" } ? null : node;
    }

    public SpecificationReader? Map(string key) => Find(key) is { } node ? new SpecificationReader(node, Name(key)) : null;

    public string? Text(string key, int maxLength = 256)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        return node.Text is { Length: > 0 } text && text.Length <= maxLength && !text.Any(char.IsControl)
            ? text
            : throw Refuse(node, key, $"must be text of 1 to {maxLength} characters without control characters");
    }

    public string RequiredText(string key, int maxLength = 256) => Text(key, maxLength) ?? throw new ImageSpecificationException(Line, $"{Name(key)} is missing");

    public int? Integer(string key, int min, int max)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        return node.IsPlain && int.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Refuse(node, key, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));
    }

    /// <summary>False where it is absent.</summary>
    public bool Flag(string key) => Find(key) switch
    {
        null or { IsPlain: true, Text: "false" } => false,
        { IsPlain: true, Text: "true" } => true,
        var node => throw Refuse(node, key, "must be true or false"),
    };

    public Digest? Sha384(string key)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        return Digest.TryParse(node.Text, out var digest) && digest.Bytes.Length == 48 ? digest : throw Refuse(node, key, "must be \"sha384:\" and 96 lower-case hexadecimal digits");
    }

    public IReadOnlyList<string>? Texts(string key, int maxCount, int maxLength)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node.Items is null || node.Items.Count > maxCount)
        {
            throw Refuse(node, key, $"must be a list of at most {maxCount} texts");
        }

        return [.. node.Items.Select(item => Plain(item, key, maxLength))];
    }

    public IReadOnlyList<(string Key, string Value)>? Pairs(string key, int maxCount, int maxLength)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node.Members is null || node.Members.Count > maxCount)
        {
            throw Refuse(node, key, $"must be a map of at most {maxCount} texts");
        }

        return [.. node.Members.Select(member => (member.Key, Plain(member.Value, key, maxLength)))];
    }

    public void End()
    {
        foreach (var (key, value) in _node.Members!)
        {
            if (!_asked.Contains(key))
            {
                throw new ImageSpecificationException(value.Line, $"the key \"{Printable.Escape(Name(key))}\" is not known; expected one of {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
            }
        }
    }

    public ImageSpecificationException Refuse(SpecificationNode node, string key, string problem) => new(node.Line, $"{Name(key)} {problem}");

    public ImageSpecificationException Refuse(string key, string problem) => Find(key) is { } node ? Refuse(node, key, problem) : new(Line, $"{Name(key)} {problem}");

    string Plain(SpecificationNode item, string key, int maxLength) =>
        item.Text is { } text && text.Length <= maxLength && !text.Contains('\0', StringComparison.Ordinal) ? text : throw Refuse(item, key, $"must hold texts of at most {maxLength} characters without NUL");

    string Name(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}
