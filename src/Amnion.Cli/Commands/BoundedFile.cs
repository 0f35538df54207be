namespace Amnion.Cli.Commands;

/// <summary>Reads files up to a limit by reading, since devices and pipes state no length.</summary>
static class BoundedFile
{
    public static byte[] Read(string path, int maxLength)
    {
        if (!File.Exists(path))
        {
            throw new CliException(ExitCode.Malformed, $"the file \"{path}\" does not exist", "check the path", CliCodes.FileUnreadable);
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var content = new MemoryStream();
        var piece = new byte[64 * 1024];
        while (file.Read(piece) is > 0 and var length)
        {
            content.Write(piece, 0, length);
            if (content.Length > maxLength)
            {
                throw new CliException(ExitCode.Malformed, $"the file \"{path}\" is longer than {maxLength} bytes", "check the path", CliCodes.FileUnreadable);
            }
        }

        return content.ToArray();
    }
}
