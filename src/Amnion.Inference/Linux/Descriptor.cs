using System.Runtime.InteropServices;

namespace Amnion.Inference.Linux;

/// <summary>An open file descriptor.</summary>
sealed class Descriptor : SafeHandle
{
    public Descriptor()
        : base(-1, ownsHandle: true)
    {
    }

    public Descriptor(int value, bool ownsHandle = true)
        : base(-1, ownsHandle) => SetHandle(value);

    public override bool IsInvalid => handle < 0;

    public int Value => (int)handle;

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
