namespace Amnion.Inference.Protocol;

/// <summary>What a frame between parent and worker is.</summary>
enum FrameType : byte
{
    // Parent to worker.
    Load = 1,
    Generate = 2,
    Embed = 3,
    Cancel = 4,
    Probe = 5,

    // Worker to parent.
    Loaded = 16,
    Text = 17,
    Done = 18,
    Embedding = 19,
    Failed = 20,
    Alive = 21,
    ProbeResult = 22,
}
