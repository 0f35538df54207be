using Amnion.Records;

namespace Amnion.Enclave.Workload;

/// <summary>What the measured image says about its workload. The files stand on the image's read-only root: registers 0 and 2 measure them.</summary>
/// <param name="Arguments">SHA-384 of the server's command line.</param>
/// <param name="Port">Port on 127.0.0.1 on which it listens, or null where the image does not say.</param>
/// <param name="AllowsSharing">True where the image may serve several tenants with the one server.</param>
sealed record WorkloadImage(Digest Arguments, int? Port, bool AllowsSharing)
{
    /// <summary>Where an image says what it is.</summary>
    public const string Directory = "/etc/amnion";

    const string ArgumentsName = "workload.argv";
    const string ImageName = "image.json";

    // A command line of Linux is shorter; a description of an image far shorter.
    const int MaxLength = 1024 * 1024;

    /// <summary>True in an image that carries a foreign server.</summary>
    public static bool HasWorkload(string directory) => File.Exists(Path.Combine(directory, ArgumentsName));

    /// <summary>Reads both files; null where one is missing or malformed.</summary>
    public static WorkloadImage? Find(string directory)
    {
        try
        {
            var arguments = ReadAll(Path.Combine(directory, ArgumentsName));
            var image = ImageConfiguration.Parse(ReadAll(Path.Combine(directory, ImageName)));
            return arguments.Length > 0 ? new WorkloadImage(Digest.Sha384(arguments), image.WorkloadPort, image.SharedWorkload) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RecordFormatException)
        {
            return null;
        }
    }

    static byte[] ReadAll(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        if (file.Length > MaxLength)
        {
            throw new IOException("The file is longer than an image's description may be.");
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
