namespace Amnion.Host;

/// <summary>One report of progress while an enclave comes up.</summary>
/// <param name="Step">Which step.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Subject">What it works on: a key's name or a file's path; empty where there is only one thing.</param>
/// <param name="Bytes">Bytes done so far where the step moves bytes, otherwise 0.</param>
/// <param name="TotalBytes">Bytes in all where known, otherwise 0.</param>
public readonly record struct LaunchProgress(LaunchStep Step, LaunchStepState State, string Subject = "", long Bytes = 0, long TotalBytes = 0);
