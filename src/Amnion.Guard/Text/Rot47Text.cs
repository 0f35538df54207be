using System.Buffers;

namespace Amnion.Guard.Text;

/// <summary>ROT47: each printable ASCII character moved by half of the 94. Works on the cased text, chunk by chunk, like <see cref="CipherText"/>.</summary>
static class Rot47Text
{
    const int Enough = 150;

    // Lower-case letters become '2' to 'K'; seven of those are signs that ordinary text uses sparingly.
    static readonly SearchValues<char> s_signs = SearchValues.Create(":;<=>?@");

    public static void Read(MappedText cased, Action<TextViewKind, MappedText> emit)
    {
        var text = cased.Text;
        if (!text.AsSpan().ContainsAny(s_signs))
        {
            return;
        }

        var stretch = default(Stretch);
        Span<char> word = stackalloc char[64];
        for (var i = 0; i < text.Length;)
        {
            if (text[i] <= ' ')
            {
                i++;
                continue;
            }

            var start = i;
            var length = 0;
            var gain = 0;
            while (i < text.Length && text[i] > ' ')
            {
                var c = Turn(text[i++]);
                if (char.IsAsciiLetter(c) && length < word.Length)
                {
                    word[length++] = (char)(c | 0x20);
                }
                else
                {
                    gain -= 12;
                }
            }

            gain += length == 0 ? -8 : LetterModel.Word(word[..length]) - 8;
            gain -= char.IsAsciiLetterLower(text[start]) ? LetterModel.Word(text.AsSpan(start, Math.Min(i - start, 64))) : 0;
            if (stretch.Take(gain, start, i, Enough))
            {
                Emit(cased, ref stretch, emit);
            }
        }

        if (stretch.Best >= Enough)
        {
            Emit(cased, ref stretch, emit);
        }
    }

    static void Emit(MappedText cased, ref Stretch stretch, Action<TextViewKind, MappedText> emit)
    {
        var to = new MappedBuilder(stretch.End - stretch.Start);
        for (var i = stretch.Start; i < stretch.End; i++)
        {
            to.Append(Turn(cased.Text[i]), cased.At(i));
        }

        stretch = default;
        emit(TextViewKind.Rot47, to.Build());
    }

    static char Turn(char c) => c is >= '!' and <= '~' ? (char)('!' + ((c - '!' + 47) % 94)) : c;
}
