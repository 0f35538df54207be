namespace Amnion.Inference.Worker;

/// <summary>What a confinement probe tries.</summary>
enum ProbeAttempt : byte
{
    SocketInet = 1,
    SocketUnix,
    OpenForReading,
    OpenForWriting,
    Execute,
    Fork,
    NewUserNamespace,
    TraceParent,
    ReadParentMemory,
    SignalInit,
    MemoryFile,
    Bpf,
    IoUring,
    UserFaults,
    WriteWeights,
    MapWeightsWritable,
    ProtectWeightsWritable,
}
