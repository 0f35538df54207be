using Amnion.Records;

namespace Amnion.Enclave;

/// <summary>The configuration that stands in the image this program was built into. It is measured with the image.</summary>
static class ImageFile
{
    /// <summary>Where images have it.</summary>
    public const string DefaultPath = "/etc/amnion/image.json";

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, is no such configuration, or was written for a program that lets out something else.</exception>
    public static ImageConfiguration Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > ImageConfiguration.MaxLength)
            {
                throw new InvalidDataException("The image configuration is too long.");
            }

            var image = ImageConfiguration.Parse(File.ReadAllBytes(path));
            return image.Egress == Digest.Sha384(EgressSchema.ToJson()) ? image : throw new InvalidDataException("The image was built for another egress schema than this program's.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RecordFormatException)
        {
            throw new InvalidDataException("The image configuration cannot be read.", e);
        }
    }
}
