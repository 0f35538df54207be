namespace Amnion.Host.Local;

/// <summary>The sandbox cannot be set up: a layer is missing, or the operating system refused the process.</summary>
public sealed class SandboxException : HostException
{
    internal SandboxException(string code, string message, SandboxReport? report = null)
        : base(code, message) => Report = report;

    /// <summary>Which layers are there and which are not; null where it did not come to that.</summary>
    public SandboxReport? Report { get; }
}
