using System.Diagnostics;
using System.Text.Json;
using Amnion.Guard.Fields;
using Amnion.Guard.Tokens.Modes;

namespace Amnion.Guard.Tests.Tokens;

public sealed class Ff1Tests
{
    [Fact]
    public void Agrees_with_all_nine_samples_of_nist()
    {
        var samples = GuardVectors.Read("ff1.json").GetProperty("nistSamples").EnumerateArray().ToArray();
        Assert.Equal(9, samples.Length);
        foreach (var sample in samples)
        {
            var alphabet = sample.GetProperty("alphabet").GetString()!;
            using var cipher = new Ff1(sample.Hex("key"), alphabet.Length);
            var plaintext = Numerals(sample.GetProperty("plaintext"), alphabet)!;
            var ciphertext = Numerals(sample.GetProperty("ciphertext"), alphabet)!;
            var output = new ushort[plaintext.Length];
            cipher.Encrypt(plaintext, sample.Hex("tweak"), output);
            Assert.Equal(ciphertext, output);
            cipher.Decrypt(output, sample.Hex("tweak"), output);
            Assert.Equal(plaintext, output);
        }
    }

    [Fact]
    public void Gives_every_verdict_of_wycheproof_by_the_first_edition_s_domain()
    {
        var tests = GuardVectors.Read("ff1.json").GetProperty("wycheproof").EnumerateArray().ToArray();
        var wrong = tests.Where(test => Accepts(test, Ff1.LegacyMinimumDomain) != test.IsValid()).Select(test => test.Id());
        Assert.Empty(wrong);
        Assert.True(tests.Length > 900);
    }

    [Fact]
    public void Refuses_in_public_exactly_the_valid_vectors_whose_domain_is_under_a_million()
    {
        var tests = GuardVectors.Read("ff1.json").GetProperty("wycheproof").EnumerateArray().ToArray();
        var wrong = tests.Where(test => Accepts(test, Ff1.MinimumDomain) != (test.IsValid() && Math.Pow(test.GetProperty("radix").GetInt32(), test.GetProperty("msgSize").GetInt32()) >= 1_000_000));
        Assert.Empty(wrong.Select(test => test.Id()));
    }

    [Theory]
    [InlineData(2, 20)]
    [InlineData(10, 6)]
    [InlineData(26, 5)]
    [InlineData(36, 4)]
    [InlineData(1000, 2)]
    [InlineData(65536, 2)]
    public void Refuses_a_domain_under_a_million(int radix, int shortest)
    {
        using var cipher = new Ff1(new byte[32], radix);
        Assert.Equal(shortest, cipher.MinLength);
        var refusal = Assert.Throws<FieldException>(() => cipher.Encrypt(new ushort[shortest - 1], [], new ushort[shortest - 1]));
        Assert.Equal(FieldCodes.DomainTooSmall, refusal.Code);
        cipher.Encrypt(new ushort[shortest], [], new ushort[shortest]);
    }

    [Fact]
    public void Refuses_a_numeral_that_is_not_below_the_radix_and_zeroes_the_output()
    {
        using var cipher = new Ff1(new byte[32], 10);
        var output = new ushort[] { 9, 9, 9, 9, 9, 9 };
        var refusal = Assert.Throws<FieldException>(() => cipher.Encrypt([1, 2, 3, 4, 5, 10], [], output));
        Assert.Equal(FieldCodes.UnfitToken, refusal.Code);
        Assert.All(output, numeral => Assert.Equal(0, numeral));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65537)]
    public void Refuses_a_radix_out_of_range(int radix) => Assert.Throws<ArgumentOutOfRangeException>(() => new Ff1(new byte[32], radix));

    [Fact]
    public void Comes_back_for_random_radixes_lengths_and_tweaks()
    {
        var random = new Random(1);
        for (var i = 0; i < TokenFuzz.Iterations(300); i++)
        {
            var key = new byte[random.Next(3) switch { 0 => 16, 1 => 24, _ => 32 }];
            random.NextBytes(key);
            using var cipher = new Ff1(key, random.Next(2) == 0 ? random.Next(2, 100) : random.Next(2, 65537));
            var plaintext = new ushort[random.Next(cipher.MinLength, cipher.MinLength + 60)];
            for (var at = 0; at < plaintext.Length; at++)
            {
                plaintext[at] = (ushort)random.Next(cipher.Radix);
            }

            var tweak = new byte[random.Next(40)];
            random.NextBytes(tweak);
            var token = new ushort[plaintext.Length];
            cipher.Encrypt(plaintext, tweak, token);
            Assert.All(token, numeral => Assert.True(numeral < cipher.Radix));
            Assert.NotEqual(plaintext, token);
            cipher.Decrypt(token, tweak, token);
            Assert.Equal(plaintext, token);
        }
    }

    [Fact]
    public void Bounds_the_longest_input_in_time_and_memory()
    {
        using var cipher = new Ff1(new byte[32], Ff1.MaxRadix);
        var numerals = new ushort[Ff1.MaxLength];
        Array.Fill(numerals, ushort.MaxValue);
        var output = new ushort[numerals.Length];
        cipher.Encrypt(numerals, [], output);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        cipher.Encrypt(numerals, [], output);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 * 1024);
        cipher.Decrypt(output, [], output);
        Assert.Equal(numerals, output);
        Assert.Equal(FieldCodes.UnfitToken, Assert.Throws<FieldException>(() => cipher.Encrypt(new ushort[Ff1.MaxLength + 1], [], new ushort[Ff1.MaxLength + 1])).Code);
        Assert.Throws<ArgumentOutOfRangeException>(() => cipher.Encrypt(numerals, new byte[Ff1.MaxTweakLength + 1], output));
    }

    static bool Accepts(JsonElement test, int minimumDomain)
    {
        var alphabet = test.TryGetProperty("alphabet", out var text) ? text.GetString() : null;
        try
        {
            using var cipher = new Ff1(test.Hex("key"), test.GetProperty("radix").GetInt32(), minimumDomain);
            var plaintext = Numerals(test.GetProperty("msg"), alphabet);
            if (plaintext is null)
            {
                return false;
            }

            var output = new ushort[plaintext.Length];
            cipher.Encrypt(plaintext, test.Hex("tweak"), output);
            Assert.Equal(Numerals(test.GetProperty("ct"), alphabet), output);
            cipher.Decrypt(output, test.Hex("tweak"), output);
            Assert.Equal(plaintext, output);
            return true;
        }
        catch (Exception e) when (e is FieldException or ArgumentException)
        {
            return false;
        }
    }

    // Null where a numeral is no number of 16 bits or not in the alphabet: there is then nothing that could be given to the cipher.
    static ushort[]? Numerals(JsonElement value, string? alphabet)
    {
        var numerals = value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select(numeral => numeral.GetInt32()).ToArray()
            : [.. value.GetString()!.Select(character => alphabet!.IndexOf(character, StringComparison.Ordinal))];
        return numerals.All(numeral => numeral is >= 0 and <= ushort.MaxValue) ? [.. numerals.Select(numeral => (ushort)numeral)] : null;
    }
}
