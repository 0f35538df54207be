using System.Text;

namespace Amnion.Images.Tree;

/// <summary>Paths inside an image: relative, with '/', without empty, "." and ".." parts.</summary>
static class TreePath
{
    /// <summary>PATH_MAX without the NUL.</summary>
    public const int MaxLength = 4095;

    /// <summary>NAME_MAX.</summary>
    public const int MaxNameLength = 255;

    static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What is wrong with a path; null where nothing is.</summary>
    public static string? Problem(string path)
    {
        if (path.Length == 0)
        {
            return "is empty";
        }

        if (path[0] == '/')
        {
            return "is absolute";
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return "holds a NUL";
        }

        if (Encoding.UTF8.GetByteCount(path) > MaxLength)
        {
            return "is longer than 4095 bytes";
        }

        foreach (var part in path.Split('/'))
        {
            if (part is "" or "." or "..")
            {
                return "has an empty, \".\" or \"..\" part";
            }

            if (Encoding.UTF8.GetByteCount(part) > MaxNameLength)
            {
                return "has a name longer than 255 bytes";
            }
        }

        return null;
    }

    /// <summary>The folder of a path; empty for the root.</summary>
    public static string Parent(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }

    /// <summary>Strict UTF-8; null where it is none.</summary>
    public static string? Decode(ReadOnlySpan<byte> name)
    {
        try
        {
            return s_strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
