using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using Amnion.Cli.State;

namespace Amnion.Cli.Enclaves;

/// <summary>
/// The enclaves of one home: a file each, in run/enclaves. Who holds an enclave holds its name's lock too, and the kernel lets go of that
/// however the holder ends; a file whose holder is gone is removed by whoever looks next.
/// </summary>
[SupportedOSPlatform("linux")]
sealed class EnclaveRecords
{
    /// <summary>Characters of a name at most.</summary>
    public const int LongestName = 64;

    // Names are tried with _1, _2 and so on up to this.
    const int MostOfOneName = 1000;

    readonly string _folder;

    public EnclaveRecords(AmnionHome home) => _folder = home.Enclaves;

    /// <summary>True for letters, digits, '.', '_' and '-', 1 to 64 of them, no '.' in front: what can be a file's name.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= LongestName && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>A name for an image's enclave: the file's, without ".eif" and with '_' for what a name cannot have.</summary>
    public static string NameOf(string image)
    {
        var file = Path.GetFileName(image);
        var stem = file.EndsWith(".eif", StringComparison.OrdinalIgnoreCase) ? file[..^4] : file;
        var name = new string([.. stem.Take(LongestName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_')]).TrimStart('.');
        return name.Length == 0 ? "enclave" : name;
    }

    /// <summary>Every enclave whose holder runs, by name. Files of those that ended are removed.</summary>
    public ImmutableArray<EnclaveRecord> All()
    {
        var records = ImmutableArray.CreateBuilder<EnclaveRecord>();
        foreach (var path in Directory.EnumerateFiles(_folder, "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            if (Read(path) is { } record && record.Name == name && record.Process.IsRunning)
            {
                records.Add(record);
            }
            else if (TryClaim(name) is { } lapsed)
            {
                // Nobody holds the name: the file is what a killed holder left, or half of one.
                lapsed.Dispose();
            }
        }

        return records.ToImmutable();
    }

    /// <summary>An enclave that runs; null where none of that name does.</summary>
    public EnclaveRecord? Find(string name) => All().FirstOrDefault(record => record.Name == name);

    /// <summary>The name, or the name with _1, _2 and so on where it is taken, as nitro-cli does it.</summary>
    public string FreeName(string wanted)
    {
        for (var i = 0; i < MostOfOneName; i++)
        {
            var suffix = i == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"_{i}");
            var name = wanted[..Math.Min(wanted.Length, LongestName - suffix.Length)] + suffix;
            if (TryClaim(name) is { } free)
            {
                free.Dispose();
                return name;
            }
        }

        throw new CliException(ExitCode.Malformed, $"all names from \"{wanted}\" to \"{wanted}_{MostOfOneName - 1}\" are taken", "pass another --name, or stop enclaves: amnion enclave list", CliCodes.EnclaveNameTaken);
    }

    /// <summary>Takes a name for as long as the claim is held; null where somebody has it.</summary>
    public NameClaim? TryClaim(string name) => NameClaim.TryTake(_folder, name);

    static EnclaveRecord? Read(string path)
    {
        try
        {
            return EnclaveRecord.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return null;
        }
    }
}
