namespace Amnion.Cli.Deployment;

/// <summary>What the scripts under eng/ built: beside this program, or where AMNION_ARTIFACTS says.</summary>
static class Artifacts
{
    public static string Root => Environment.GetEnvironmentVariable("AMNION_ARTIFACTS") is { Length: > 0 } named ? named : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, ".."));

    /// <summary>QEMU with its machine, vsock back end and firmware.</summary>
    public static string Qemu => Path.Combine(Root, "qemu");

    /// <summary>The image that ./amnion builds from samples/image/amnion.yaml.</summary>
    public static string Image => Path.Combine(Root, "image", "amnion.eif");
}
