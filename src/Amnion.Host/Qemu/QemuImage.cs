using System.Collections.Immutable;
using Amnion.Images;
using Amnion.Images.Eif;
using Amnion.Records;

namespace Amnion.Host.Qemu;

/// <summary>The registers an image will have, from the file alone: nothing is started for them.</summary>
static class QemuImage
{
    /// <summary>Registers 0, 1, 2 and, where the image is signed, 8.</summary>
    /// <exception cref="EnclaveImageException">The image is missing, malformed, damaged, or for another processor.</exception>
    internal static ImmutableSortedDictionary<int, Digest> Measure(string path)
    {
        try
        {
            var image = EifImage.Open(path);
            if (image.Architecture != ImageArchitecture.X64)
            {
                throw new EnclaveImageException(HostCodes.ImageUnfit, $"The image \"{path}\" is not for x86-64.");
            }

            var measured = image.Measure();
            return measured.ChecksumMatches ? measured.Registers.ByNumber : throw new EnclaveImageException(HostCodes.ImageUnfit, $"The image \"{path}\" is damaged: its checksum is another.");
        }
        catch (ImageFormatException e)
        {
            throw new EnclaveImageException(HostCodes.ImageUnfit, $"The image \"{path}\" cannot be used: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EnclaveImageException(HostCodes.ImageMissing, $"The image \"{path}\" cannot be read: {e.Message}", e);
        }
    }
}
