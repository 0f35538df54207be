namespace Amnion.Guard.Output.Secrets;

/// <summary>Recognises what stands where a secret would: examples, variables, masks.</summary>
static class Placeholder
{
    static readonly string[] s_words =
    [
        "example", "your", "xxxx", "changeme", "change_me", "change-me", "placeholder", "redacted", "dummy", "sample", "insert", "replace", "secret_here", "key_here", "here>", "process.env", "environ", "getenv", "config.", "settings.", "abcdef", "123456789", "01234567", "todo", "fixme", "fake",
    ];

    /// <summary>The longest value of which a word can say that it is none. What a longer one begins with or holds it keeps however it goes on.</summary>
    public static int LongestWithWord { get; } = 4 * s_words.Max(static word => word.Length);

    /// <summary>Whether the value is no secret: a run of one character, a variable, or a word that says so.</summary>
    public static bool Is(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty || value[0] is '<' or '{' || (value[0] == '$' && value.Length > 1 && (value[1] is '{' or '(' || char.IsAsciiLetter(value[1]))) || value.Contains("${", StringComparison.Ordinal) || value.Contains("{{", StringComparison.Ordinal) || value.Contains("...", StringComparison.Ordinal) || value.Contains("***", StringComparison.Ordinal))
        {
            return true;
        }

        foreach (var word in s_words)
        {
            // Random text holds short words now and then; in a long value only a word that fills much of it says anything.
            if (word.Length * 4 >= value.Length && value.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
