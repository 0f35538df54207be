namespace Amnion.Host;

/// <summary>Where a step stands.</summary>
public enum LaunchStepState
{
    /// <summary>Begun, or further along.</summary>
    Running,

    /// <summary>Ended well.</summary>
    Done,

    /// <summary>Failed; the exception follows.</summary>
    Failed,
}
