using Amnion.Guard.Pii.Validators;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>IBANs, written together or in groups with one space or hyphen between them.</summary>
static class IbanRecogniser
{
    public static void Recognise(in Scan scan, int token)
    {
        var start = scan.Tokens[token].Start;
        var text = scan.Text;
        if (scan.Tokens[token].Length < 4 || !char.IsAsciiLetter(text[start]) || !char.IsAsciiLetter(text[start + 1]) || !char.IsAsciiDigit(text[start + 2]) || !char.IsAsciiDigit(text[start + 3]))
        {
            return;
        }

        var length = IbanCheck.LengthOf(char.ToUpperInvariant(text[start]), char.ToUpperInvariant(text[start + 1]));
        if (length == 0)
        {
            return;
        }

        Span<char> compact = stackalloc char[IbanCheck.MaxLength];
        var written = 0;
        var end = start;
        var separated = false;
        for (; end < text.Length && written < length; end++)
        {
            if (char.IsAsciiLetterOrDigit(text[end]))
            {
                compact[written++] = char.ToUpperInvariant(text[end]);
                separated = false;
            }
            else if (separated || text[end] is '/' or '.' || !IdentifierFormat.IsSeparator(text[end]))
            {
                return;
            }
            else
            {
                separated = true;
            }
        }

        var last = token;
        while (last + 1 < scan.Tokens.Length && scan.Tokens[last + 1].Start < end)
        {
            last++;
        }

        // Copied numbers are in one case; "bANK" is a word.
        var mixed = text[start..end].ContainsAnyInRange('a', 'z') && text[start..end].ContainsAnyInRange('A', 'Z');
        if (written == length && !mixed && scan.Tokens[last].End == end && IdentifierIndex.StandsFree(scan, PiiTypes.Iban.Index, token, last) && IbanCheck.Holds(compact[..written]))
        {
            scan.Propose(PiiTypes.Iban, token, last, new TextSpan(start, end - start), 0.95f, 0.99f, true);
        }
    }
}
