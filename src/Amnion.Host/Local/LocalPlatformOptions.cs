namespace Amnion.Host.Local;

/// <summary>How <see cref="LocalPlatform"/> runs enclaves.</summary>
public sealed record LocalPlatformOptions
{
    /// <summary>The published enclave program.</summary>
    public required string ProgramDirectory { get; init; }

    /// <summary>Private state of this user: "dev-root" and "run" are made in it.</summary>
    public required string Home { get; init; }

    /// <summary>Start although layers of the sandbox are missing. They are listed, and register 1 differs, so a policy sees it.</summary>
    public bool DangerousAllowMissingLayers { get; init; }

    /// <summary>What register 3 measures, where AWS has the parent instance's IAM role.</summary>
    public string Role { get; init; } = "local:role:development";

    /// <summary>What register 4 measures, where AWS has the parent instance's identifier.</summary>
    public string Instance { get; init; } = $"local:instance:{Environment.MachineName}";
}
