namespace Amnion.EndToEnd.Tests.Qemu;

/// <summary>As <see cref="QemuStack"/>, with an unmodified llama-server from Debian's archive as the engine.</summary>
public sealed class WorkloadStack : QemuStack
{
    protected override string Image => QemuFiles.WorkloadImage;

    protected override bool Available => QemuFiles.WorkloadAvailable;
}
