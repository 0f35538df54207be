namespace Amnion.Cli.Images;

/// <summary>Files that image commands read.</summary>
static class ImageFiles
{
    /// <summary>The path of a file that is there.</summary>
    public static string Require(string path) => File.Exists(path) ? path : throw new CliException(ExitCode.Malformed, $"the file \"{path}\" does not exist", "check the path", CliCodes.FileUnreadable);
}
