using System.Buffers.Binary;
using Amnion.Models.Gguf;
using Amnion.Testing;

namespace Amnion.Models.Tests.Gguf;

public class GgufFuzzTests
{
    // Metadata of the seed takes a few hundred kilobytes.
    const long BudgetBytes = 16 * 1024 * 1024;

    [Fact]
    public void No_altered_file_does_anything_but_read_or_be_refused_with_a_code()
    {
        var original = TestModels.Bytes();
        var header = (int)TestModels.Read(original).TensorDataOffset;
        var random = new Random(20261121);
        var refused = 0;
        var iterations = TestModels.FuzzIterations(3000);
        for (var i = 0; i < iterations; i++)
        {
            var bytes = Altered(original, header, random);
            ParserBudget.Run(BudgetBytes, () => refused += IsRefused(bytes) ? 1 : 0);
        }

        Assert.True(refused > iterations / 2, $"Only {refused} of {iterations} were refused.");
    }

    static bool IsRefused(byte[] bytes)
    {
        try
        {
            var model = TestModels.Read(bytes);
            Assert.True(model.TensorDataOffset + model.Tensors[^1].Offset + model.Tensors[^1].Length <= bytes.Length);
            return false;
        }
        catch (GgufFormatException e)
        {
            Assert.StartsWith("AMN-MODEL-00", e.Code, StringComparison.Ordinal);
            return true;
        }
    }

    static byte[] Altered(byte[] original, int header, Random random)
    {
        var bytes = original.ToArray();
        var count = random.Next(1, 5);
        for (var i = 0; i < count; i++)
        {
            var at = random.Next(header - 8);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), (ulong)random.NextInt64(-2, 1L << random.Next(1, 63)));
                    break;
                case 3:
                    bytes = [.. bytes[..at], .. bytes[(at + random.Next(1, 9))..]];
                    break;
                default:
                    bytes = [.. bytes[..at], .. new byte[random.Next(1, 9)], .. bytes[at..]];
                    break;
            }
        }

        return random.Next(10) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }
}
