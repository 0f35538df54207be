namespace Amnion.Inference.Linux;

/// <summary>struct pollfd.</summary>
struct PollDescriptor
{
    public int Descriptor;
    public short Events;
    public short Happened;
}
