using System.Runtime.InteropServices;
using System.Text;
using Amnion.Guard.Classifier;

namespace Amnion.GuardTraining;

/// <summary>Writes the artefact as docs/specs/guard-classify.md describes it.</summary>
static class ClassifierArtefactWriter
{
    public static byte[] Write(ClassifierArtefact artefact)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.ASCII);
        writer.Write(ClassifierArtefact.Magic);
        writer.Write((ushort)artefact.Sources.Length);
        foreach (var source in artefact.Sources)
        {
            WriteText(writer, source.Name);
            WriteText(writer, source.Licence);
            writer.Write(Convert.FromHexString(source.Sha256));
        }

        foreach (var head in (ClassifierHead[])[artefact.User, artefact.Document, artefact.Suffix])
        {
            WriteHead(writer, head);
        }

        writer.Flush();
        return stream.ToArray();
    }

    static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write(checked((byte)text.Length));
        writer.Write(Encoding.ASCII.GetBytes(text));
    }

    static void WriteHead(BinaryWriter writer, ClassifierHead head)
    {
        writer.Write((byte)int.Log2(head.Words.Length));
        writer.Write((byte)int.Log2(head.Pieces.Length));
        writer.Write((byte)head.Windows.UnitsPerBlock);
        writer.Write((byte)head.Windows.ShortBlocks);
        writer.Write((byte)head.Windows.LongBlocks);
        foreach (var number in (double[])[head.Windows.ShortBias, head.Windows.LongBias, head.WordScale, head.PieceScale, head.Threshold, head.Slope])
        {
            writer.Write(number);
        }

        writer.Write(MemoryMarshal.AsBytes(head.Words.AsSpan()));
        writer.Write(MemoryMarshal.AsBytes(head.Pieces.AsSpan()));
    }
}
