namespace Amnion.Host.Local;

/// <summary>One thing `amnion doctor` found.</summary>
/// <param name="Name">Stable name, for example "bubblewrap".</param>
/// <param name="Fine">Whether it is as it should be.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Hint">What to do; empty where it is fine.</param>
public sealed record SandboxFinding(string Name, bool Fine, string Detail, string Hint);
