namespace Amnion.Host.Local;

/// <summary>One layer of the sandbox.</summary>
/// <param name="Name">Stable name: "namespaces", "filesystem", "network", "capabilities", "system-calls", "core-dumps".</param>
/// <param name="Applied">Whether it is in force.</param>
/// <param name="Reason">Why it is missing, in words; empty where it is applied.</param>
public sealed record SandboxLayer(string Name, bool Applied, string Reason);
