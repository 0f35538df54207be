using System.Collections.Frozen;

namespace Amnion.Models.Manifest;

/// <summary>Which file names a manifest may hold: the same on every file system, and never outside their folder.</summary>
static class ModelFileNames
{
    public const int MaxLength = 200;
    public const int MaxDepth = 8;

    /// <summary>What is appended to a file's name when it is sealed.</summary>
    public const string SealedSuffix = ".sealed";

    const string Problem = "is not a relative path of letters, digits, '.', '_', '-' and '+', or is too long, too deep, or reserved on some system";

    // Names of devices on Windows, whatever ending follows.
    static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(1, 9).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" })]);

    /// <summary>Refuses the first name that is malformed, out of order, or would collide with another once sealed.</summary>
    public static void Check(IReadOnlyList<string> names)
    {
        // Compared without case, since some file systems do not tell them apart.
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < names.Count; i++)
        {
            var field = $"$.predicate.resources[{i}].name";
            if (!IsValid(names[i]))
            {
                throw new ManifestFormatException(ModelCodes.ManifestPath, field, Problem);
            }

            if (i > 0 && string.CompareOrdinal(names[i - 1], names[i]) >= 0)
            {
                throw new ManifestFormatException(ModelCodes.ManifestPath, field, "does not sort after the name before it");
            }

            if (!taken.Add(names[i] + SealedSuffix))
            {
                throw new ManifestFormatException(ModelCodes.ManifestPath, field, "differs from another only in case");
            }
        }

        for (var i = 0; i < names.Count; i++)
        {
            for (var slash = names[i].IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = names[i].IndexOf('/', slash + 1))
            {
                if (taken.Contains(names[i][..slash]))
                {
                    throw new ManifestFormatException(ModelCodes.ManifestPath, $"$.predicate.resources[{i}].name", "needs a folder where another file stands");
                }
            }
        }
    }

    static bool IsValid(string name)
    {
        var segments = name.Split('/');
        return name.Length is > 0 and <= MaxLength && segments.Length <= MaxDepth && segments.All(IsSegment);
    }

    static bool IsSegment(string segment) =>
        segment.Length > 0 && segment[0] != '.' && segment[^1] != '.' && !Reserved.Contains(segment.Split('.')[0]) && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+');
}
