using System.Text;
using Amnion.Records;

namespace Amnion.Cli.Enclaves;

/// <summary>The foreign server of an image: its name for people, and what register 17 measures of it. docs/specs/workload-engine.md §2.</summary>
/// <param name="Program">Its program's file name.</param>
/// <param name="Settings">What the engine configuration states.</param>
sealed record ImageWorkload(string Program, WorkloadSettings Settings)
{
    // What servers call their model unless a request says nothing: vLLM refuses every other name, llama-server takes any.
    static readonly string[] s_nameOptions = ["--served-model-name", "--alias", "-a", "--model", "-m"];

    const string AnyModel = "default";

    /// <summary>Reads the measured command line: arguments that each end with a zero byte.</summary>
    /// <exception cref="RecordFormatException">It is empty, or not UTF-8 text that ends so.</exception>
    public static ImageWorkload Read(ImageConfiguration image, ReadOnlySpan<byte> arguments)
    {
        if (arguments.IsEmpty || arguments[^1] != 0)
        {
            throw new RecordFormatException("workload.argv", "$", "must be arguments that each end with a zero byte", arguments.Length);
        }

        var words = Encoding.UTF8.GetString(arguments[..^1]).Split('\0');
        var settings = new WorkloadSettings
        {
            Arguments = Digest.Sha384(arguments),
            Port = image.WorkloadPort ?? WorkloadSettings.DefaultPort,
            Model = ModelName(words),
            Shared = image.SharedWorkload,
        };
        var program = new string([.. Path.GetFileName(words[0]).Where(c => c is > ' ' and <= '~').Take(MaxProgram)]);
        return new ImageWorkload(program.Length > 0 ? program : "server", settings);
    }

    // The engine's name in the engine configuration has 64 characters with its prefix.
    const int MaxProgram = 48;

    static string ModelName(string[] words)
    {
        foreach (var option in s_nameOptions)
        {
            for (var i = 1; i < words.Length; i++)
            {
                var value = words[i] == option && i + 1 < words.Length ? words[i + 1]
                    : words[i].StartsWith(option + "=", StringComparison.Ordinal) ? words[i][(option.Length + 1)..]
                    : null;
                if (value is { Length: > 0 and <= 256 } && value.All(c => c is >= ' ' and <= '~'))
                {
                    return value;
                }
            }
        }

        return AnyModel;
    }
}
