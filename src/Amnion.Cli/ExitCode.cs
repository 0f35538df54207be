namespace Amnion.Cli;

/// <summary>What the process returns. DESIGN §8.</summary>
static class ExitCode
{
    /// <summary>Accepted, or done as asked.</summary>
    public const int Accepted = 0;

    /// <summary>A bug, or something the machine refused.</summary>
    public const int Internal = 1;

    /// <summary>A check refused.</summary>
    public const int Rejected = 10;

    /// <summary>This build or machine cannot do it.</summary>
    public const int Unsupported = 20;

    /// <summary>The input is malformed (files and command lines alike).</summary>
    public const int Malformed = 30;
}
