using System.Text;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>Known given names and surnames, from the list that is part of the assembly; its header names its sources and their licence.</summary>
static class NameLists
{
    const string Resource = "Amnion.Guard.Pii.names.txt";

    static readonly Lazy<Dictionary<ulong, NameKinds>> s_names = new(Read);

    /// <summary>What a word is.</summary>
    public static NameKinds Of(ReadOnlySpan<char> word) => s_names.Value.GetValueOrDefault(Tokeniser.Hash(word));

    static Dictionary<ulong, NameKinds> Read()
    {
        using var stream = typeof(NameLists).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException("The list of names is missing from the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var names = new Dictionary<ulong, NameKinds>(64 * 1024);
        while (reader.ReadLine() is { } line)
        {
            var space = line.IndexOf(' ');
            if (space <= 0 || line[0] == '#')
            {
                continue;
            }

            var kinds = NameKinds.None;
            foreach (var letter in line.AsSpan(space + 1))
            {
                kinds |= letter switch { 'g' => NameKinds.Given, 's' => NameKinds.Surname, _ => NameKinds.Ordinary };
            }

            names[Tokeniser.Hash(line.AsSpan(0, space))] = kinds;
        }

        return names;
    }
}
