using Amnion.Inference.Linux;

namespace Amnion.Inference.Pool;

/// <summary>A child process that this one started and must reap.</summary>
sealed unsafe class SpawnedProcess(int id)
{
    readonly Lock gate = new();
    bool reaped;

    public int Id => id;

    /// <summary>Ends it at once. Never signals a process that merely got its number.</summary>
    public void Kill()
    {
        lock (gate)
        {
            if (!reaped)
            {
                _ = Libc.Kill(id, Libc.SIGKILL);
            }
        }
    }

    /// <summary>Kills it where it still runs, waits until its memory is gone, and returns its exit status, waitpid(2).</summary>
    public int Reap()
    {
        Kill();
        int status;
        int result;
        do
        {
            result = Libc.WaitProcess(id, &status, 0);
        }
        while (result < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Libc.EINTR);

        lock (gate)
        {
            reaped = true;
        }

        return result == id ? status : 0;
    }
}
