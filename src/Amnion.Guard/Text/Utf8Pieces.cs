using System.Text;

namespace Amnion.Guard.Text;

/// <summary>Decoded bytes, each with its source, read as text.</summary>
static class Utf8Pieces
{
    /// <summary>The bytes as UTF-8, or null where they are not text: not UTF-8, or with more than one control character in sixteen. A sequence cut at the end is left out.</summary>
    public static MappedText? Read(List<(byte Value, TextSpan Source)> bytes)
    {
        var to = new MappedBuilder(bytes.Count);
        Span<byte> window = stackalloc byte[4];
        var controls = 0;
        for (var i = 0; i < bytes.Count;)
        {
            if (bytes[i].Value < 0x80)
            {
                var c = (char)bytes[i].Value;
                if (c < ' ' && c is not ('\t' or '\n' or '\r') || c == 0x7F)
                {
                    if (++controls * 16 > bytes.Count)
                    {
                        return null;
                    }
                }

                to.Append(c, bytes[i++].Source);
                continue;
            }

            var length = Math.Min(4, bytes.Count - i);
            for (var k = 0; k < length; k++)
            {
                window[k] = bytes[i + k].Value;
            }

            var status = Rune.DecodeFromUtf8(window[..length], out var rune, out var used);
            if (status == System.Buffers.OperationStatus.NeedMoreData)
            {
                break;
            }

            if (status != System.Buffers.OperationStatus.Done)
            {
                return null;
            }

            var start = bytes[i].Source.Start;
            to.AppendCodePoint(rune.Value, new TextSpan(start, Math.Max(0, bytes[i + used - 1].Source.End - start)));
            i += used;
        }

        return to.Length == 0 ? null : to.Build();
    }
}
