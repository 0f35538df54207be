using System.Globalization;
using Amnion.Testing;

namespace Amnion.Images.Tests;

/// <summary>Seeded mutation of valid inputs. AMNION_FUZZ_ITERATIONS raises the count.</summary>
static class Fuzz
{
    // The longest input is some kilobytes.
    const long BudgetBytes = 4 * 1024 * 1024;

    public static int Iterations { get; } = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), CultureInfo.InvariantCulture, out var count) ? count : 3000;

    /// <summary>Feeds mutations of the seeds, and now and then plain noise, to <paramref name="parse"/>.</summary>
    public static void Run(int seed, byte[][] seeds, Action<byte[]> parse)
    {
        var random = new Random(seed);
        for (var i = 0; i < Iterations; i++)
        {
            var input = i % 50 == 0 ? Noise(random) : Mutate(random, seeds[random.Next(seeds.Length)], seeds);
            try
            {
                ParserBudget.Run(BudgetBytes, () => parse(input));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}, iteration {i}: {Convert.ToHexStringLower(input.AsSpan(0, Math.Min(input.Length, 4096)))}", exception);
            }
        }
    }

    static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(200)];
        random.NextBytes(noise);
        return noise;
    }

    static byte[] Mutate(Random random, byte[] seed, byte[][] seeds)
    {
        var bytes = seed.ToList();
        for (var steps = random.Next(1, 4); steps > 0 && bytes.Count > 0; steps--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 5:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                default:
                    var other = seeds[random.Next(seeds.Length)];
                    bytes.InsertRange(at, other.AsSpan(random.Next(other.Length)).ToArray().Take(random.Next(40)));
                    break;
            }
        }

        return [.. bytes];
    }
}
