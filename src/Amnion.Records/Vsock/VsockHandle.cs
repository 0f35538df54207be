using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Amnion.Records.Vsock;

/// <summary>A socket's descriptor; closed when the last call that uses it has returned, so that no call ever meets a descriptor somebody else got.</summary>
[SupportedOSPlatform("linux")]
sealed class VsockHandle : SafeHandleMinusOneIsInvalid
{
    public VsockHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => VsockCalls.Close((int)handle) == 0;
}
