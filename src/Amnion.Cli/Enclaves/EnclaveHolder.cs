using System.Runtime.Versioning;
using Amnion.Cli.State;

namespace Amnion.Cli.Enclaves;

/// <summary>The process behind `amnion enclave run`: holds one enclave until it ends or the process is told to end, and keeps its record true.</summary>
[SupportedOSPlatform("linux")]
static class EnclaveHolder
{
    /// <summary>Starts an enclave and stays with it.</summary>
    /// <param name="home">Where its record is kept.</param>
    /// <param name="order">What to start.</param>
    /// <param name="facts">The image.</param>
    /// <param name="start">Starts it.</param>
    /// <param name="ready">Called once it runs.</param>
    /// <param name="cancellation">Ends the enclave.</param>
    /// <returns>True where the enclave ended by itself.</returns>
    /// <exception cref="CliException">The name is taken.</exception>
    public static async Task<bool> HoldAsync(AmnionHome home, EnclaveOrder order, EnclaveImageFacts facts, Func<CancellationToken, Task<StartedEnclave>> start, Action<EnclaveRecord> ready, CancellationToken cancellation)
    {
        using var claim = new EnclaveRecords(home).TryClaim(order.Name) ?? throw new CliException(ExitCode.Malformed, $"an enclave named \"{order.Name}\" runs already", "pass another --name, or stop it: amnion enclave stop NAME", CliCodes.EnclaveNameTaken);
        var record = new EnclaveRecord
        {
            Name = order.Name,
            Platform = order.Platform,
            Process = ProcessMark.Own,
            IsStarting = true,
            Cpus = order.Cpus,
            CpuIds = order.CpuIds,
            MemoryMebibytes = order.MemoryBytes >> 20,
            IsDebug = order.IsDebug,
            Image = order.Image,
            Registers = facts.Registers,
        };
        claim.Write(record);
        var enclave = await start(cancellation).ConfigureAwait(false);
        await using (enclave.ConfigureAwait(false))
        {
            record = record with
            {
                IsStarting = false,
                Id = enclave.Id,
                Cid = enclave.Cid,
                CpuIds = enclave.CpuIds,
                MemoryMebibytes = enclave.MemoryBytes >> 20,
                Console = enclave.Console,
            };
            claim.Write(record);
            ready(record);
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var registration = cancellation.Register(told.SetResult);
            return await Task.WhenAny(enclave.Exited, told.Task).ConfigureAwait(false) == enclave.Exited;
        }
    }
}
