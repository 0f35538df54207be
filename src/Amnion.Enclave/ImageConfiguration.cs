using System.Text.Json;
using Amnion.Records;

namespace Amnion.Enclave;

/// <summary>
/// What the image that this program was built into says of itself, "amnion/image/1". It is part of the measured image, so it is read for
/// what concerns the program and no stricter: the model an image was built for, where it was built for one.
/// </summary>
sealed record ImageConfiguration
{
    /// <summary>Where images have it.</summary>
    public const string DefaultPath = "/etc/amnion/image.json";

    const string Format = "amnion/image/1";
    const int MaxLength = 64 * 1024;

    /// <summary>Digest of the only model manifest this image boots with; null where any will do.</summary>
    public Digest? Model { get; init; }

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or is no such configuration.</exception>
    public static ImageConfiguration Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxLength)
            {
                throw new InvalidDataException("The image configuration is too long.");
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || !format.ValueEquals(Format))
            {
                throw new InvalidDataException($"The image configuration is not \"{Format}\".");
            }

            return root.TryGetProperty("model", out var model) && model.ValueKind != JsonValueKind.Null
                ? new ImageConfiguration { Model = Digest.Parse(model.GetString() ?? "") }
                : new ImageConfiguration();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException("The image configuration cannot be read.", e);
        }
    }
}
