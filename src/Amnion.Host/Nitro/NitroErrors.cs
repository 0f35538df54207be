using System.Globalization;
using System.Runtime.InteropServices;

namespace Amnion.Host.Nitro;

/// <summary>
/// What each error number means and what to do about it. 256 to 275 are the driver's own (NE_ERR_*, include/uapi/linux/nitro_enclaves.h);
/// the rest are Linux's.
/// </summary>
static class NitroErrors
{
    const int NotPermitted = 1, NoEntry = 2, NoSuchAddress = 6, NoMemory = 12, Denied = 13, BadAddress = 14, NoDevice = 19;
    const string Pool = "cat /sys/module/nitro_enclaves/parameters/ne_cpus shows the pool; set cpu_count in /etc/nitro_enclaves/allocator.yaml and run systemctl restart nitro-enclaves-allocator while no enclave runs";
    const string Pages = "set memory_mib in /etc/nitro_enclaves/allocator.yaml and run systemctl restart nitro-enclaves-allocator, right after boot if memory is fragmented";
    const string Report = "dmesg | grep nitro_enclaves has the driver's own message; report it with that";

    /// <summary>First and last of the driver's own numbers.</summary>
    public const int FirstDriverError = 256, LastDriverError = 275;

    /// <summary>An error number as an exception with words.</summary>
    /// <param name="step">What was tried.</param>
    /// <param name="result">The negative result of the call.</param>
    /// <param name="subject">What it was tried with, for people: a processor, a page; empty where there is only one thing.</param>
    public static NitroException Of(NitroStep step, long result, string subject = "")
    {
        var error = (int)-result;
        var (code, words, hint) = error is >= FirstDriverError and <= LastDriverError ? Driver(error) : Linux(step, error);
        var at = subject.Length == 0 ? Words(step) : $"{Words(step)} ({subject})";
        return new NitroException(code, string.Create(CultureInfo.InvariantCulture, $"The enclave could not be started: {words}. Failed to {at}, error {error}."), hint, error);
    }

    static (string Code, string Words, string Hint) Driver(int error) => error switch
    {
        256 => (HostCodes.NitroCpuRefused, "a processor was given twice", "name each processor of --cpu-ids once"),
        257 => (HostCodes.NitroCpuRefused, "a processor is not in the enclaves' pool, or another enclave has it", Pool),
        258 => (HostCodes.NitroCpuRefused, "a processor's core is outside the pool", Pool),
        259 => (HostCodes.NitroMemoryRefused, "a memory region is no multiple of 2 MiB", Report),
        260 => (HostCodes.NitroMemoryRefused, "a memory region's address is invalid", Report),
        261 => (HostCodes.NitroMemoryRefused, "a memory region's address is not aligned", Report),
        262 => (HostCodes.NitroMemoryRefused, "a memory region was given twice", Report),
        263 => (HostCodes.NitroMemoryRefused, "a memory region is not on huge pages", Report),
        264 => (HostCodes.NitroNumaNode, "huge pages are on another NUMA node than the pool's processors", "run systemctl restart nitro-enclaves-allocator, which reserves both on one node"),
        265 => (HostCodes.NitroTooManyRegions, "the enclave's memory is in more pieces than the hypervisor takes", "reserve 1 GiB pages: reboot, then start nitro-enclaves-allocator before anything else takes memory; or give less --memory"),
        266 => (HostCodes.NitroRefused, "no memory was given", Report),
        267 => (HostCodes.NitroRefused, "no processor was given", Report),
        268 => (HostCodes.NitroMemoryTooSmall, "less than 64 MiB of memory was given", "raise --memory"),
        269 => (HostCodes.NitroHalfCores, "the processors do not make up whole cores", "give --cpus as a multiple of the threads of a core (2 with hyperthreading), or both threads of each core with --cpu-ids"),
        270 => (HostCodes.NitroRefused, "the enclave was started already", Report),
        271 => (HostCodes.NitroCpuRefused, "there is no processor of that number", Pool),
        272 => (HostCodes.NitroPoolEmpty, "no processor of the enclaves' pool is free", Pool + "; amnion enclave list shows who has them"),
        273 => (HostCodes.NitroMemoryRefused, "a memory region is on pages that are no multiple of 2 MiB", Report),
        274 => (HostCodes.NitroRefused, "the driver does not know a flag", "update the kernel: its driver is older than this program expects"),
        275 => (HostCodes.NitroCidRefused, "the context identifier cannot be an enclave's", "leave --cid out, or give 4 or more"),
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };

    static (string Code, string Words, string Hint) Linux(NitroStep step, int error) => (step, error) switch
    {
        (NitroStep.Open, NoEntry or NoDevice or NoSuchAddress) => (HostCodes.NitroNoDevice, $"there is no {NitroIoctl.Device}", "use an EC2 instance started with EnclaveOptions.Enabled=true, and load the driver: modprobe nitro_enclaves"),
        (NitroStep.Open, Denied or NotPermitted) => (HostCodes.NitroNotPermitted, $"this user may not use {NitroIoctl.Device}", "add the user to the device's group (usermod -aG ne USER) and log in again, or run as root"),
        (NitroStep.Allocate, _) => (HostCodes.NitroHugePages, "there are not enough free huge pages", Pages),
        (NitroStep.Copy or NitroStep.SetMemory, NoMemory or BadAddress) => (HostCodes.NitroHugePages, "a reserved huge page could not be had on the enclaves' NUMA node", Pages),
        (_, NoMemory) => (HostCodes.NitroRefused, "the kernel has no memory for its own bookkeeping", "free memory on the instance"),
        _ => (HostCodes.NitroRefused, $"the driver or the hypervisor refused ({Marshal.GetPInvokeErrorMessage(error).ToLowerInvariant()})", Report),
    };

    static string Words(NitroStep step) => step switch
    {
        NitroStep.Open => $"open {NitroIoctl.Device}",
        NitroStep.CreateVm => "create the enclave's slot",
        NitroStep.ImageInfo => "ask where the image goes",
        NitroStep.Allocate => "map a huge page",
        NitroStep.Copy => "write the image",
        NitroStep.SetMemory => "give it memory",
        NitroStep.AddCpu => "give it a processor",
        NitroStep.Listen => "listen for its heartbeat",
        NitroStep.Start => "start it",
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };
}
