namespace Amnion.Models.Tests.Gguf;

sealed class RawTensor
{
    public byte[] Name { get; set; } = [];

    public uint? DimensionCount { get; set; }

    public List<ulong> Dimensions { get; set; } = [];

    public uint Type { get; set; }

    public ulong Offset { get; set; }
}
