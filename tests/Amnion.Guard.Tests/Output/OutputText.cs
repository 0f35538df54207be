using System.Text;
using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Output;

/// <summary>Texts that the tests of the output filter share.</summary>
static class OutputText
{
    static readonly string[] s_words = "river stone window garden market teacher engine silver morning question answer history language mountain village doctor simple careful quietly between however because against through picture number letter science kitchen bridge forest captain weather package ticket station library corner winter summer brother sister yellow purple orange travel listen remember forget believe discover improve protect measure compare describe".Split(' ');

    /// <summary>Sentences of everyday words, always the same for a seed.</summary>
    public static string Prose(int seed, int words)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (var i = 0; i < words; i++)
        {
            var word = s_words[random.Next(s_words.Length)];
            text.Append(i == 0 || text[^1] == '\n' ? char.ToUpperInvariant(word[0]) + word[1..] : word);
            text.Append(random.Next(12) switch { 0 => ". ", 1 => ", ", 2 => ".\n", _ => " " });
        }

        return text.ToString();
    }

    /// <summary>The texts of a developer corpus of prompts.</summary>
    public static IReadOnlyList<string> Corpus(string file) =>
        [.. File.ReadLines(Path.Combine(SharedData.Folder("corpora/injection"), file)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)];

    /// <summary>A text with runs of random pieces that the checks look for.</summary>
    public static string Mixed(Random random, string protectedText)
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            text.Append(Prose(random.Next(), random.Next(3, 20)));
            var start = random.Next(protectedText.Length - 150);
            text.Append(random.Next(11) switch
            {
                0 => protectedText.Substring(start, random.Next(20, 150)),
                1 => Convert.ToBase64String(Encoding.UTF8.GetBytes(protectedText.Substring(start, 120))),
                2 => "![a](https://evil.test/p?d=" + random.Next() + ")",
                3 => " AKIAQ3EGRI" + "5JX7KD2VPL ",
                4 => "<img alt='x' src=//evil.test/a.gif>",
                5 => "password: Tr0ub4dor&3 ",
                6 => "\u001b]8;;https://evil.test/?a\u0007x\u001b]8;;\u0007",
                7 => "https://docs.acme.example/a and postgres://u:s3cr3tpw9@db/x ",
                8 => "😀[x]: <https://evil.test/q>\n![x]",
                9 => Convert.ToHexString(Encoding.UTF8.GetBytes(protectedText.Substring(start, 90))),
                _ => "```\n<b a=\"",
            });
        }

        return text.ToString();
    }
}
