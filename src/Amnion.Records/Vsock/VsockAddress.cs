namespace Amnion.Records.Vsock;

/// <summary>An address of AF_VSOCK: vsock(7), struct sockaddr_vm.</summary>
/// <param name="ContextId">The machine: 32 bits, or one of the constants.</param>
/// <param name="Port">The port, 32 bits.</param>
public readonly record struct VsockAddress(uint ContextId, uint Port)
{
    /// <summary>VMADDR_CID_ANY: every context of this machine, for listening.</summary>
    public const uint Any = 0xFFFFFFFF;

    /// <summary>VMADDR_CID_HOST: the hypervisor's host, which QEMU's back end serves.</summary>
    public const uint Host = 2;

    /// <summary>The parent instance of a Nitro Enclave (AWS Nitro Enclaves, "vsock").</summary>
    public const uint Parent = 3;

    /// <summary>The port on which an enclave serves frames.</summary>
    public const uint FramesPort = 7000;

    /// <summary>The port on which whoever started an enclave waits for its first byte (aws-nitro-enclaves-cli, ENCLAVE_READY_VSOCK_PORT).</summary>
    public const uint ReadyPort = 9000;

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"vsock:{ContextId}:{Port}");
}
