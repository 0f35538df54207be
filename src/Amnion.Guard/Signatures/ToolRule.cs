using System.Collections.Immutable;

namespace Amnion.Guard.Signatures;

/// <summary>What the policy says of one tool.</summary>
public sealed record ToolRule
{
    /// <summary>When it may be called.</summary>
    public required ToolTrust Trust { get; init; }

    /// <summary>Phrases by which a user asks for it, in any language, one of which must stand in the user's words. Empty: every word of the tool's name must.</summary>
    public ImmutableArray<string> AskedBy { get; init; } = [];

    /// <summary>Names of top-level arguments that may hold what was read from documents, for example the text of a note. Never the one that says where something goes.</summary>
    public ImmutableArray<string> FreeArguments { get; init; } = [];
}
