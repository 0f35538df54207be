using System.Globalization;

namespace Amnion.Guard.Text;

/// <summary>What each code point is read as: a cased ASCII reading for the decoders, a folded one for matching (fold.txt, written by eng/unicode/fold.py).</summary>
static class FoldTable
{
    const int PageBits = 8;
    const int PageSize = 1 << PageBits;
    const int Several = 1 << 30;

    static readonly ushort[] s_pages = new ushort[0x110000 >> PageBits];
    static readonly List<int[]> s_folded = [new int[PageSize]];
    static readonly List<int[]> s_cased = [new int[PageSize]];
    static readonly List<int[]> s_several = [];

    static FoldTable()
    {
        var lines = ResourceText.Lines("fold.txt", "amnion-fold 1");
        foreach (var line in lines)
        {
            var first = line.IndexOf(' ', StringComparison.Ordinal);
            var second = line.IndexOf(' ', first + 1);
            var codePoint = int.Parse(line.AsSpan(0, first), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            ref var page = ref s_pages[codePoint >> PageBits];
            if (page == 0)
            {
                page = (ushort)s_folded.Count;
                s_folded.Add(new int[PageSize]);
                s_cased.Add(new int[PageSize]);
            }

            s_cased[page][codePoint & (PageSize - 1)] = Cell(line.AsSpan(first + 1, second - first - 1));
            s_folded[page][codePoint & (PageSize - 1)] = Cell(line.AsSpan(second + 1));
        }
    }

    /// <summary>Appends the folded reading of a code point.</summary>
    public static void Fold(int codePoint, TextSpan source, MappedBuilder to) => Append(s_folded[s_pages[codePoint >> PageBits]][codePoint & (PageSize - 1)], codePoint, source, to);

    /// <summary>Appends the cased reading of a code point.</summary>
    public static void Case(int codePoint, TextSpan source, MappedBuilder to) => Append(s_cased[s_pages[codePoint >> PageBits]][codePoint & (PageSize - 1)], codePoint, source, to);

    static void Append(int cell, int codePoint, TextSpan source, MappedBuilder to)
    {
        if ((cell & Several) == 0)
        {
            to.AppendCodePoint(cell == 0 ? codePoint : cell, source);
            return;
        }

        foreach (var each in s_several[cell & ~Several])
        {
            to.AppendCodePoint(each, source);
        }
    }

    static int Cell(ReadOnlySpan<char> field)
    {
        if (field is "-")
        {
            return 0;
        }

        var codePoints = new List<int>();
        foreach (var part in field.Split('+'))
        {
            codePoints.Add(int.Parse(field[part], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }

        // "0" stands for nothing: a code point that folds away.
        if (codePoints is [> 0 and var one])
        {
            return one;
        }

        s_several.Add(codePoints is [0] ? [] : [.. codePoints]);
        return Several | (s_several.Count - 1);
    }
}
