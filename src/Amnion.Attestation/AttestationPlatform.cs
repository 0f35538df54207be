namespace Amnion.Attestation;

/// <summary>The names of platforms, as policies and Evidence bundles spell them.</summary>
public static class AttestationPlatform
{
    /// <summary>A sandboxed process with a document from the development root. Emulated.</summary>
    public const string Local = "local";

    /// <summary>The real image under QEMU's nitro-enclave machine with a document from the development root. Emulated.</summary>
    public const string Qemu = "qemu";

    /// <summary>An AWS Nitro Enclave with a document from the AWS root.</summary>
    public const string Nitro = "nitro";

    /// <summary>True for a name this version knows.</summary>
    public static bool IsKnown(string platform) => platform is Local or Qemu or Nitro;

    /// <summary>True for platforms that are not a security boundary.</summary>
    public static bool IsEmulated(string platform) => platform is Local or Qemu;
}
