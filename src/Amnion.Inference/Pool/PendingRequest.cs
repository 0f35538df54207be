namespace Amnion.Inference.Pool;

/// <summary>A request that a worker owes exactly one ending.</summary>
abstract class PendingRequest
{
    /// <summary>Nobody waits for it any more; its events are dropped, its ending is still owed.</summary>
    public bool Abandoned { get; set; }

    /// <summary>Called once, when the worker ended the request or died.</summary>
    public Action? Ended { get; init; }

    public abstract void Fail(string code);
}
