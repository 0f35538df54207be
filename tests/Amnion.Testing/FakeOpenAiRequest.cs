using System.Collections.Immutable;

namespace Amnion.Testing;

/// <summary>A request as it was on the wire.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Its path.</param>
/// <param name="Headers">Header lines.</param>
/// <param name="Body">The body.</param>
public sealed record FakeOpenAiRequest(string Method, string Path, ImmutableArray<string> Headers, string Body);
