using Amnion.Guard.Tokens;

namespace Amnion.Guard.Fields;

/// <summary>What is done to one field, or to every element of an array.</summary>
public sealed record FieldRule
{
    /// <summary>Which field.</summary>
    public required FieldPointer Pointer { get; init; }

    /// <summary>What is done to it.</summary>
    public required FieldAction Action { get; init; }

    /// <summary>What its values look like; only and always with <see cref="FieldAction.Tokenize"/>.</summary>
    public TokenShape? Shape { get; init; }

    /// <summary>Whether a document without such a field is refused instead of sealed: a misspelt name must not leave a field readable.</summary>
    public bool Required { get; init; }
}
