namespace Amnion.Sealing.Tests;

/// <summary>Seeded mutations: flips, overwritten runs, cuts, insertions and repetitions.</summary>
static class Mutation
{
    /// <summary>What opening one input of a few hundred bytes may allocate.</summary>
    public const long BudgetBytes = 1024 * 1024;

    public static byte[] Of(ReadOnlySpan<byte> seed, Random random)
    {
        var bytes = seed.ToArray().ToList();
        for (var edits = random.Next(1, 5); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)(random.Next(2) == 0 ? 0xFF : random.Next(256));
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 4:
                    var inserted = new byte[random.Next(1, 9)];
                    random.NextBytes(inserted);
                    bytes.InsertRange(at, inserted);
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(0, Math.Min(at, 32)));
                    break;
            }
        }

        return [.. bytes];
    }
}
