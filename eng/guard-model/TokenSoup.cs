using System.Text;

namespace Amnion.GuardTraining;

/// <summary>
/// Imitates what a search over tokens leaves behind (Zou et al., Universal and transferable adversarial attacks, 2023): pieces of words in several languages, of code and of signs, joined as a tokeniser would print them, after a request.
/// None of it is from a published suffix.
/// </summary>
sealed class TokenSoup
{
    static readonly string[] s_signs =
    [
        "(", ")", "[", "]", "{", "}", "](", "}}", "{{", ")))", "\\", "/", "//", "/*", "*/", "**", "*", "$", "$$", "${", "_{", "^{", "\"", "'", "`", "``", "<", ">", "</", "<%", "%>", "{%", "%}", "!", "!!", "!--", "--", "->", "=>", "=", "==", "+=", "+", "&", "&&", "|", "||", "#", "##", "@", ";", ":", "::", ".", "..", "...",
        ",", "?", "?.", "\\(", "\\{", "\\[", ".\\", "}$", "})", "]:", "[(", "'](", "\")", "_", "__", "~", "^", "*)", "((", "(*", "/>", "=\"", "='", "();", "{}", "[]", "<<", ">>", "!(", "\\'", "\\\"", ".]", ".)", "?(", "…", "•", "→",
    ];

    static readonly string[] s_code =
    [
        "INST", "SYS", "BEGIN", "END", "SELECT", "WHERE", "null", "void", "struct", "const", "import", "template", "args", "kwargs", "init", "Array", "String", "println", "printf", "href", "http", "https", "www", "tex", "frac", "begin", "mathbb", "label", "cite", "section", "table", "item", "func", "lambda", "onClick", "getElement", "setState",
        "didLoad", "addEventListener", "NSString", "UIView", "override", "public", "static", "async", "await", "yield", "utf", "json", "xml", "php", "js", "py", "cpp", "def", "self", "this", "var", "let", "int", "char", "bool", "std", "vec", "ptr", "ref", "tmp", "foo", "bar", "idx", "len", "str", "obj", "cfg", "ctx", "err", "req", "res", "Sure", "Here",
        "Step", "Title", "sure", "here", "ONE", "Two", "please", "Dear", "Hello", "OK", "Answer", "Response", "Output", "Reply", "Tutorial", "Introduction", "Description", "Certainly", "Course",
    ];

    readonly List<string> _words;

    public TokenSoup(IEnumerable<string> texts)
    {
        // Words met at least twice, so that names of persons do not fill the list.
        _words = [.. texts.SelectMany(text => text.Split([' ', '\n', '.', ',', '?', '!', ':', ';', '"', '(', ')'], StringSplitOptions.RemoveEmptyEntries))
            .Where(word => word.Length is >= 3 and <= 14 && word.All(char.IsLetter)).GroupBy(word => word, StringComparer.Ordinal).Where(group => group.Count() >= 2).Select(group => group.Key).Order(StringComparer.Ordinal)];
    }

    public string Suffix(SplitMix random)
    {
        var tokens = 10 + random.Next(22);
        // Suffixes differ in how much of them is signs, and in how often tokens stick together.
        var (signs, code, glued) = (10 + random.Next(40), 3 + random.Next(12), 15 + random.Next(45));
        var text = new StringBuilder();
        while (tokens-- > 0)
        {
            var roll = random.Next(100);
            var token = roll < signs ? random.Pick(s_signs) : roll < signs + code ? random.Pick(s_code) : roll < 97 ? Piece(random) : "! ! !";
            var isSign = roll < signs;
            if (text.Length > 0 && !random.Chance(isSign ? 55 : glued))
            {
                text.Append(' ');
            }

            text.Append(token);
        }

        return text.ToString();
    }

    string Piece(SplitMix random)
    {
        var word = random.Pick(_words);
        word = random.Next(10) switch
        {
            0 => char.ToUpperInvariant(word[0]) + word[1..],
            1 => word.ToUpperInvariant(),
            2 or 3 when word.Length > 4 => word[..(2 + random.Next(3))],
            4 or 5 when word.Length > 4 => word[^(2 + random.Next(3))..],
            _ => word,
        };
        return word;
    }
}
