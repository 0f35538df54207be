namespace Amnion.Cli;

/// <summary>Stable codes of the command line itself. Catalogued in docs/diagnostics.md.</summary>
static class CliCodes
{
    /// <summary>A layer of the sandbox is missing and the command was not told to go on without it.</summary>
    public const string LayerMissing = "AMN-CLI-0001";

    /// <summary>The published enclave program or its build-time measurements are missing.</summary>
    public const string ProgramMissing = "AMN-CLI-0002";

    /// <summary>A daemon did not become ready.</summary>
    public const string NotReady = "AMN-CLI-0003";

    /// <summary>Nothing is running.</summary>
    public const string NotRunning = "AMN-CLI-0004";

    /// <summary>Something else listens on the address.</summary>
    public const string AddressInUse = "AMN-CLI-0006";

    /// <summary>A URL on the command line is malformed, or is no address this can use.</summary>
    public const string UrlMalformed = "AMN-CLI-0007";

    /// <summary>A folder or file of AMNION_HOME can be written by others, a secret read, or another user owns it.</summary>
    public const string NotPrivate = "AMN-CLI-0008";

    /// <summary>An input file is missing or unreadable.</summary>
    public const string FileUnreadable = "AMN-CLI-0005";

    /// <summary>amnion up was given options, and a deployment runs already that they would not change.</summary>
    public const string AlreadyRunning = "AMN-CLI-0009";

    /// <summary>Options that do not go with the platform, or a platform this command cannot start.</summary>
    public const string PlatformOptions = "AMN-CLI-0030";

    /// <summary>The enclave image is missing.</summary>
    public const string ImageMissing = "AMN-CLI-0031";

    /// <summary>The name of an enclave to run is taken.</summary>
    public const string EnclaveNameTaken = "AMN-CLI-0040";

    /// <summary>No enclave of that name runs.</summary>
    public const string EnclaveUnknown = "AMN-CLI-0041";

    /// <summary>The enclave has no console: it was not started in debug mode.</summary>
    public const string EnclaveNoConsole = "AMN-CLI-0042";

    /// <summary>The image is for another processor.</summary>
    public const string ImageArchitecture = "AMN-CLI-0043";

    /// <summary>A plan would rest on registers that are zero.</summary>
    public const string PlanZeroRegister = "AMN-CLI-0044";

    /// <summary>A name, key or role for a plan is not one, or contradicts another.</summary>
    public const string PlanInput = "AMN-CLI-0045";
}
