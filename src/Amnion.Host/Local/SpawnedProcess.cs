using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace Amnion.Host.Local;

/// <summary>
/// A child process with exactly the argument vector, environment and file descriptors it was given. System.Diagnostics.Process
/// can pass no descriptor, which is why this stands here.
/// </summary>
[SupportedOSPlatform("linux")]
sealed class SpawnedProcess
{
    /// <summary>Copies of descriptors are made above this number, so that none stands where another must go.</summary>
    const int Parking = 64;

    readonly Lock _lock = new();
    readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    bool _reaped;

    SpawnedProcess()
    {
    }

    /// <summary>Process id; not reused before <see cref="Exited"/> completes.</summary>
    internal int Id { get; private set; }

    /// <summary>Completes with the exit status: 0 to 255, or 128 + signal.</summary>
    internal Task<int> Exited => _exited.Task;

    /// <summary>Starts <paramref name="path"/>.</summary>
    /// <param name="path">Absolute path of the executable.</param>
    /// <param name="arguments">The whole argument vector, the program's name first.</param>
    /// <param name="environment">The whole environment, "NAME=value".</param>
    /// <param name="descriptors">Source descriptor here → number there. 0, 1 and 2 are /dev/null where not given.</param>
    /// <exception cref="SandboxException">The operating system refused.</exception>
    internal static async Task<SpawnedProcess> StartAsync(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, IReadOnlyList<(int Source, int Target)> descriptors)
    {
        var process = new SpawnedProcess();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // One thread starts the child and then waits for it. bubblewrap's --die-with-parent is PR_SET_PDEATHSIG, which fires when
        // the *thread* that started the child ends: started from a pool thread, the enclave would die when the pool shrinks.
        var thread = new Thread(() => process.Run(started, path, arguments, environment, descriptors), 256 * 1024) { IsBackground = true, Name = "enclave" };
        thread.Start();
        await started.Task.ConfigureAwait(false);
        return process;
    }

    /// <summary>Sends SIGKILL where the process still exists.</summary>
    internal void Kill()
    {
        lock (_lock)
        {
            if (!_reaped)
            {
                _ = NativeMethods.Kill(Id, NativeMethods.SigKill);
            }
        }
    }

    void Run(TaskCompletionSource started, string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, IReadOnlyList<(int Source, int Target)> descriptors)
    {
        int error;
        try
        {
            error = Spawn(path, arguments, environment, descriptors);
        }
        catch (SandboxException e)
        {
            started.SetException(e);
            return;
        }

        if (error != 0)
        {
            started.SetException(new SandboxException(HostCodes.SpawnFailed, $"\"{path}\" cannot be started: {Marshal.GetPInvokeErrorMessage(error)}."));
            return;
        }

        started.SetResult();
        _exited.SetResult(Wait());
    }

    unsafe int Wait()
    {
        // WNOWAIT first: the id stays ours until the lock is held, so Kill can never hit a stranger.
        var info = stackalloc byte[128];
        while (NativeMethods.WaitId(NativeMethods.PPid, Id, info, NativeMethods.WExited | NativeMethods.WNoWait) < 0 && Marshal.GetLastPInvokeError() == NativeMethods.EIntr)
        {
        }

        lock (_lock)
        {
            _reaped = true;
            int status = 0;
            int result;
            do
            {
                result = NativeMethods.WaitPid(Id, &status, 0);
            }
            while (result < 0 && Marshal.GetLastPInvokeError() == NativeMethods.EIntr);
            return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
        }
    }

    unsafe int Spawn(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, IReadOnlyList<(int Source, int Target)> descriptors)
    {
        var actions = stackalloc byte[NativeMethods.SpawnStructLength];
        var attributes = stackalloc byte[NativeMethods.SpawnStructLength];
        var signals = stackalloc byte[NativeMethods.SpawnStructLength];
        var parked = new List<int>();
        var strings = new List<nint>();
        Check(NativeMethods.FileActionsInit(actions));
        Check(NativeMethods.AttributesInit(attributes));
        try
        {
            var devNull = (byte*)Keep(strings, "/dev/null");
            for (var fd = 0; fd <= 2; fd++)
            {
                if (!descriptors.Any(d => d.Target == fd))
                {
                    Check(NativeMethods.FileActionsAddOpen(actions, fd, devNull, fd == 0 ? 0 : 1, 0));
                }
            }

            foreach (var (source, target) in descriptors)
            {
                var copy = NativeMethods.Fcntl(source, NativeMethods.FDupFdCloexec, Parking);
                Check(copy < 0 ? Marshal.GetLastPInvokeError() : 0);
                parked.Add(copy);
                Check(NativeMethods.FileActionsAddDup2(actions, copy, target));
            }

            CloseTheRest(actions, descriptors.Count == 0 ? 3 : Math.Max(3, descriptors.Max(d => d.Target) + 1));

            // The runtime ignores SIGPIPE and blocks or handles others; the child starts with everything default and nothing blocked.
            Check(NativeMethods.AttributesSetFlags(attributes, NativeMethods.SpawnSetSigDefault | NativeMethods.SpawnSetSigMask | NativeMethods.SpawnSetSid));
            _ = NativeMethods.SigFillSet(signals);
            Check(NativeMethods.AttributesSetSigDefault(attributes, signals));
            _ = NativeMethods.SigEmptySet(signals);
            Check(NativeMethods.AttributesSetSigMask(attributes, signals));

            var argv = stackalloc byte*[arguments.Count + 1];
            var envp = stackalloc byte*[environment.Count + 1];
            Fill(strings, arguments, argv);
            Fill(strings, environment, envp);
            int pid;
            var error = NativeMethods.PosixSpawn(&pid, (byte*)Keep(strings, path), actions, attributes, argv, envp);
            Id = pid;
            return error;
        }
        finally
        {
            parked.ForEach(fd => _ = NativeMethods.Close(fd));
            strings.ForEach(Marshal.FreeHGlobal);
            _ = NativeMethods.AttributesDestroy(attributes);
            _ = NativeMethods.FileActionsDestroy(actions);
        }
    }

    // .NET opens everything close-on-exec; this catches what native libraries of the host process might have left open.
    static unsafe void CloseTheRest(byte* actions, int from)
    {
        try
        {
            Check(NativeMethods.FileActionsAddCloseFrom(actions, from));
        }
        catch (EntryPointNotFoundException)
        {
            // glibc before 2.34: close-on-exec alone has to do.
        }
    }

    static unsafe void Fill(List<nint> strings, IReadOnlyList<string> texts, byte** target)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            target[i] = (byte*)Keep(strings, texts[i]);
        }

        target[texts.Count] = null;
    }

    static nint Keep(List<nint> strings, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text + '\0');
        var memory = Marshal.AllocHGlobal(bytes.Length);
        Marshal.Copy(bytes, 0, memory, bytes.Length);
        strings.Add(memory);
        return memory;
    }

    static void Check(int error)
    {
        if (error != 0)
        {
            throw new SandboxException(HostCodes.SpawnFailed, $"The process could not be prepared: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }
}
