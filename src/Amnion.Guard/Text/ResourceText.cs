namespace Amnion.Guard.Text;

/// <summary>The tables that travel inside this assembly.</summary>
static class ResourceText
{
    /// <summary>The lines after the first, which must say what the table is; without comments and empty lines.</summary>
    public static IEnumerable<string> Lines(string name, string heading)
    {
        using var stream = typeof(ResourceText).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The table '{name}' is missing from the assembly.");
        using var reader = new StreamReader(stream);
        if (reader.ReadLine() != heading)
        {
            throw new InvalidOperationException($"The table '{name}' does not begin with \"{heading}\".");
        }

        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                yield return line;
            }
        }
    }
}
