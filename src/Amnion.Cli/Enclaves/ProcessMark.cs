using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Amnion.Cli.Enclaves;

/// <summary>
/// One process, and no other that gets its number later: the number, when it started and in which boot of the machine. It is ended through
/// a descriptor that stays with it, so that a number used again is never hit.
/// </summary>
/// <param name="Id">Its number.</param>
/// <param name="Started">Clock ticks from the machine's boot to its start: proc(5), /proc/PID/stat, field 22.</param>
/// <param name="Boot">The boot's identifier: /proc/sys/kernel/random/boot_id.</param>
[SupportedOSPlatform("linux")]
sealed partial record ProcessMark(int Id, long Started, string Boot)
{
    // The same numbers on every architecture.
    const long PidfdOpen = 434, PidfdSendSignal = 424;
    const int Terminate = 15, Kill = 9;
    const short PollIn = 1;

    /// <summary>How long a process may take to end after it was asked.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    /// <summary>How long it may take to disappear after it was killed.</summary>
    static readonly TimeSpan s_killed = TimeSpan.FromSeconds(10);

    [StructLayout(LayoutKind.Sequential)]
    struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    /// <summary>This process.</summary>
    public static ProcessMark Own { get; } = Of(Environment.ProcessId)!;

    /// <summary>True while this very process runs.</summary>
    public bool IsRunning => Of(Id) == this;

    /// <summary>The process of a number now; null where there is none, or it only waits to be collected.</summary>
    public static ProcessMark? Of(int id)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));

            // The name stands in parentheses and may hold anything, spaces and parentheses too.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            const int State = 0, StartTime = 19;
            return fields[State] is "Z" or "X" ? null : new ProcessMark(id, long.Parse(fields[StartTime], CultureInfo.InvariantCulture), File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>Asks the process to end, waits, and kills it where it does not. Nothing happens where it is gone.</summary>
    /// <returns>True where it ran.</returns>
    public async Task<bool> EndAsync()
    {
        var descriptor = (int)SystemCall(PidfdOpen, Id, 0, 0, 0);
        try
        {
            // Looked at after the descriptor was opened: whose start time is right now is whom the descriptor means.
            if (!IsRunning)
            {
                return false;
            }

            Signal(descriptor, Terminate);
            if (!await EndedAsync(descriptor, s_patience).ConfigureAwait(false))
            {
                Signal(descriptor, Kill);
                _ = await EndedAsync(descriptor, s_killed).ConfigureAwait(false);
            }

            return true;
        }
        finally
        {
            if (descriptor >= 0)
            {
                _ = CloseDescriptor(descriptor);
            }
        }
    }

    void Signal(int descriptor, int signal)
    {
        if (descriptor >= 0)
        {
            _ = SystemCall(PidfdSendSignal, descriptor, signal, 0, 0);
        }
        else if (IsRunning)
        {
            // Kernels before 5.3 have no such descriptors.
            _ = SendSignal(Id, signal);
        }
    }

    async Task<bool> EndedAsync(int descriptor, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < limit)
        {
            if (descriptor >= 0 ? IsReadable(descriptor) : !IsRunning)
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20)).ConfigureAwait(false);
        }

        return false;
    }

    // A process's descriptor can be read when it ended.
    static unsafe bool IsReadable(int descriptor)
    {
        var entry = new PollEntry { Descriptor = descriptor, Events = PollIn };
        return Poll(&entry, 1, 0) > 0;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDescriptor(int descriptor);
}
