using Amnion.Inference.Linux;
using Amnion.Inference.Protocol;
using Amnion.Inference.Worker;

namespace Amnion.Inference;

/// <summary>What runs in the worker process. A program that hosts workers calls it from its <c>worker</c> verb and returns its result.</summary>
public static class WorkerProgram
{
    /// <summary>The descriptor on which a launched worker finds its socket to the parent.</summary>
    public const int SocketDescriptor = 3;

    /// <summary>The descriptor on which a launched worker finds the sealed weights, read-only.</summary>
    public const int WeightsDescriptor = 4;

    /// <summary>The parent closed the socket or asked to end.</summary>
    public const int ExitEnded = 0;

    /// <summary>The parent's bytes were no frames of the protocol.</summary>
    public const int ExitProtocol = 65;

    /// <summary>The engine or the model could not be loaded; the parent was told the code.</summary>
    public const int ExitNotLoaded = 66;

    /// <summary>Something else went wrong.</summary>
    public const int ExitInternal = 70;

    /// <summary>Serves one parent until it closes the socket. Blocks; call it on the main thread, with nothing else running.</summary>
    /// <param name="socketFd">A connected stream socket, <see cref="SocketDescriptor"/> where a launcher started this process.</param>
    /// <param name="weightsFd">A sealed memory file, <see cref="WeightsDescriptor"/> where a launcher started this process.</param>
    /// <returns>The process's exit code.</returns>
    public static int Run(int socketFd, int weightsFd)
    {
        try
        {
            using var session = new WorkerSession(new UnixChannel(new Descriptor(socketFd)), weightsFd);
            return session.Run();
        }
        catch (FrameFormatException)
        {
            return ExitProtocol;
        }
#pragma warning disable CA1031 // Process boundary: nothing may be printed, and the parent learns all it needs from the exit.
        catch (Exception)
        {
            return ExitInternal;
        }
#pragma warning restore CA1031
    }
}
