using System.Collections.Immutable;
using System.Runtime.Versioning;
using Amnion.Images;
using Amnion.Images.Building;

namespace Amnion.Host.Local;

/// <summary>The shared libraries of the host system that a program needs in the sandbox.</summary>
[SupportedOSPlatform("linux")]
static class RuntimeLibraries
{
    /// <summary>Library name in the sandbox → file on this system, links resolved.</summary>
    /// <param name="program">Every file of the program, absolute.</param>
    /// <exception cref="EnclaveImageException">One is missing.</exception>
    internal static ImmutableSortedDictionary<string, string> Find(IEnumerable<string> program)
    {
        try
        {
            return LibraryClosure.Find(program, ImageArchitecture.X64, ["/"]).ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.File, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is ImageException or ElfFormatException)
        {
            throw new EnclaveImageException(HostCodes.LibraryMissing, exception.Message, exception);
        }
    }
}
