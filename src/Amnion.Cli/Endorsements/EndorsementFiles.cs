using System.Collections.Immutable;

namespace Amnion.Cli.EndorsementCollection;

/// <summary>
/// `--endorsements PATH`: files, and folders of them, into the library's record. Everything is told by content. A named file that holds no
/// endorsement is an error; in a folder such a file is passed over, since folders hold other things too.
/// </summary>
static class EndorsementFiles
{
    /// <summary>Most bytes of one file; a RIM inside its service's answer has some 300 KiB.</summary>
    public const int MaxFileLength = 4 * 1024 * 1024;

    /// <summary>Most files of one folder.</summary>
    public const int MaxFiles = 1024;

    const string Hint = "name the files that this Evidence needs; amnion endorsements fetch FILE --out FOLDER gathers them";

    /// <summary>Reads everything.</summary>
    /// <exception cref="CliException">A path does not exist, a named file is none, or there are more than the library looks at.</exception>
    public static Attestation.Endorsements Read(IReadOnlyList<string>? paths)
    {
        var items = new List<EndorsementItem>();
        foreach (var path in paths ?? [])
        {
            if (Directory.Exists(path))
            {
                ReadFolder(path, items);
            }
            else
            {
                items.AddRange(ReadFile(path));
            }
        }

        return Sort(items);
    }

    /// <summary>Sorts endorsements by kind; the same one twice counts once.</summary>
    /// <exception cref="CliException">More of a kind than the library looks at.</exception>
    public static Attestation.Endorsements Sort(IEnumerable<EndorsementItem> items)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var kinds = items.Where(item => seen.Add($"{item.Kind} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(item.Content.Span))}")).ToLookup(item => item.Kind, item => item.Content);
        return new Attestation.Endorsements
        {
            Certificates = Take(kinds, EndorsementKind.Certificate),
            RevocationLists = Take(kinds, EndorsementKind.RevocationList),
            TcbInfos = Take(kinds, EndorsementKind.TcbInfo),
            EnclaveIdentities = Take(kinds, EndorsementKind.EnclaveIdentity),
            Rims = Take(kinds, EndorsementKind.Rim),
            OcspResponses = Take(kinds, EndorsementKind.OcspResponse),
        };
    }

    static ImmutableArray<ReadOnlyMemory<byte>> Take(ILookup<EndorsementKind, ReadOnlyMemory<byte>> kinds, EndorsementKind kind)
    {
        ImmutableArray<ReadOnlyMemory<byte>> taken = [.. kinds[kind]];
        return taken.Length <= Attestation.Endorsements.MaxCount
            ? taken
            : throw new CliException(ExitCode.Malformed, $"{taken.Length} endorsements of the kind {kind}; at most {Attestation.Endorsements.MaxCount} are looked at", Hint, EndorsementCodes.TooMany);
    }

    static void ReadFolder(string path, List<EndorsementItem> items)
    {
        var files = Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.ReparsePoint }).Order(StringComparer.Ordinal).Take(MaxFiles + 1).ToList();
        if (files.Count > MaxFiles)
        {
            throw new CliException(ExitCode.Malformed, $"the folder \"{path}\" has more than {MaxFiles} files", Hint, EndorsementCodes.TooMany);
        }

        foreach (var file in files.Where(file => new FileInfo(file).Length <= MaxFileLength))
        {
            items.AddRange(EndorsementContent.Recognise(File.ReadAllBytes(file)));
        }
    }

    static List<EndorsementItem> ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new CliException(ExitCode.Malformed, $"\"{path}\" does not exist", "check the path", CliCodes.FileUnreadable);
        }

        if (new FileInfo(path).Length > MaxFileLength)
        {
            throw new CliException(ExitCode.Malformed, $"\"{path}\" is longer than {MaxFileLength} bytes", Hint, EndorsementCodes.TooMany);
        }

        var items = EndorsementContent.Recognise(File.ReadAllBytes(path));
        return items.Count > 0
            ? items
            : throw new CliException(ExitCode.Malformed, $"\"{path}\" holds no endorsement", "pass certificates or lists in PEM or DER, Intel's JSON, NVIDIA's manifests, or OCSP responses", EndorsementCodes.FileUnknown);
    }
}
