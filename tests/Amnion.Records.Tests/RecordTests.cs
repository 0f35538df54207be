using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Amnion.Records.Tests;

public sealed class RecordTests
{
    public static TheoryData<string> Formats => [.. Samples.All.Select(sample => sample.Name)];

    static (byte[] Json, Func<byte[], byte[]> RoundTrip) Find(string name)
    {
        var (_, json, roundTrip) = Samples.All.Single(sample => sample.Name == name);
        return (json, roundTrip);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_record_parses_and_writes_the_same_bytes(string name)
    {
        var (json, roundTrip) = Find(name);
        Assert.Equal(json, roundTrip(json));
        Assert.Equal(json, CanonicalJson.Canonicalize(json, int.MaxValue, name));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_record_refuses_an_unknown_member(string name)
    {
        var (json, roundTrip) = Find(name);
        var node = JsonNode.Parse(json)!.AsObject();
        node["surprise"] = 1;
        Assert.Throws<RecordFormatException>(() => roundTrip(Encoding.UTF8.GetBytes(node.ToJsonString())));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_record_refuses_the_absence_of_any_member(string name)
    {
        var (json, roundTrip) = Find(name);
        foreach (var member in JsonNode.Parse(json)!.AsObject().Select(pair => pair.Key).ToArray())
        {
            var node = JsonNode.Parse(json)!.AsObject();
            node.Remove(member);
            if (member is "emulated")
            {
                continue;
            }

            Assert.Throws<RecordFormatException>(() => roundTrip(Encoding.UTF8.GetBytes(node.ToJsonString())));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void No_mutated_record_does_more_than_be_refused(string name)
    {
        var (json, roundTrip) = Find(name);
        var iterations = int.TryParse(Environment.GetEnvironmentVariable("AMNION_FUZZ_ITERATIONS"), out var asked) ? asked : 2000;
        var random = new Random(20261121);
        for (var i = 0; i < iterations; i++)
        {
            var mutated = (byte[])json.Clone();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                mutated[random.Next(mutated.Length)] = random.Next(3) == 0 ? (byte)"\"{}[],:0-e"[random.Next(10)] : (byte)random.Next(256);
            }

            if (random.Next(4) == 0)
            {
                mutated = mutated[..random.Next(mutated.Length)];
            }

            try
            {
                // What a strict parser accepts, it writes again as the canonical form of the same value.
                Assert.Equal(CanonicalJson.Canonicalize(mutated, int.MaxValue, name), roundTrip(mutated));
            }
            catch (RecordFormatException)
            {
            }
        }
    }

    [Fact]
    public void A_receipt_has_room_for_every_verdict_and_no_more()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var full = Samples.Receipt with { Guard = [.. Enumerable.Range(0, Receipt.MaxVerdicts).Select(i => new ReceiptVerdict($"AMN-GUARD-{i:D4}", "redact", int.MaxValue))] };
        Assert.Equal(Receipt.MaxVerdicts, SignedReceipt.Parse(SignedReceipt.Sign(full, key).ToJson()).Receipt.Guard.Length);
        var more = full with { Guard = full.Guard.Add(new ReceiptVerdict("AMN-GUARD-9999", "block", 1)) };
        Assert.Throws<RecordFormatException>(() => SignedReceipt.Parse(SignedReceipt.Sign(more, key).ToJson()));
    }

    [Fact]
    public void Registers_replay_as_sha384_of_old_and_data()
    {
        var log = new RegisterLog([new RegisterEvent(16, "a", Digest.Sha384("x"u8)), new RegisterEvent(16, "b", Digest.Sha384("y"u8))]);
        var first = SHA384.HashData([.. new byte[48], .. SHA384.HashData("x"u8)]);
        Assert.Equal(SHA384.HashData([.. first, .. SHA384.HashData("y"u8)]), log.Replay()[16].ToArray());
        Assert.Equal(new byte[48], log.Replay()[20].ToArray());
    }

    [Fact]
    public void The_binding_changes_with_each_of_its_four_inputs()
    {
        var (keyset, nonce, head) = (Digest.Sha384("k"u8), new byte[32], Digest.Sha384("h"u8));
        byte[][] all =
        [
            EvidenceBinding.Compute(Purpose.Serve, keyset, nonce, head),
            EvidenceBinding.Compute(Purpose.Release, keyset, nonce, head),
            EvidenceBinding.Compute(Purpose.Serve, Digest.Sha384("l"u8), nonce, head),
            EvidenceBinding.Compute(Purpose.Serve, keyset, new byte[31], head),
            EvidenceBinding.Compute(Purpose.Serve, keyset, nonce, Digest.Sha384("i"u8)),
        ];
        Assert.Equal(5, all.Select(Convert.ToHexString).Distinct().Count());
        Assert.All(all, value => Assert.Equal(EvidenceBinding.Length, value.Length));
    }

    [Fact]
    public void A_keyset_longer_than_ten_minutes_is_refused()
    {
        var keyset = Samples.Keyset with { NotAfter = Samples.Keyset.NotBefore + Keyset.MaxLifetimeMs + 1 };
        Assert.Equal("$.not_after", Assert.Throws<RecordFormatException>(() => Keyset.Parse(keyset.ToJson())).Path);
    }

    [Fact]
    public void A_recipient_key_stands_alone_and_in_release_keysets_only()
    {
        var recipient = new SealingKey { Id = 0, Suites = [Suites.RecipientRsa2048], PublicKey = [.. new byte[294]] };
        var release = Samples.Keyset with { Purpose = Purpose.Release, ReceiptKey = [], Sealing = [recipient] };
        Assert.Equal(release.ToJson(), Keyset.Parse(release.ToJson()).ToJson());
        Assert.Equal("$.sealing", Assert.Throws<RecordFormatException>(() => Keyset.Parse((Samples.Keyset with { Sealing = [recipient] }).ToJson())).Path);
        var mixed = recipient with { Suites = [Suites.RecipientRsa2048, Suites.P256Aes256Gcm] };
        Assert.Throws<RecordFormatException>(() => Keyset.Parse((release with { Sealing = [mixed] }).ToJson()));
        Assert.Throws<RecordFormatException>(() => SuitePolicy.Parse(new SuitePolicy([Suites.RecipientRsa2048]).ToJson()));
        Assert.Throws<RecordFormatException>(() => RecipientRequest.Parse(new RecipientRequest { KeyId = "clinic", Suite = Suites.P256Aes256Gcm }.ToJson()));
    }

    [Fact]
    public void A_configuration_is_taken_from_its_signer_only()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var expected = Digest.Sha256(signer.ExportSubjectPublicKeyInfo());
        Assert.Equal(3, ConfigurationRelease.Verify(Samples.Configuration.Sign(signer), expected)!.Version);
        Assert.Null(ConfigurationRelease.Verify(Samples.Configuration.Sign(other), expected));
    }

    [Fact]
    public void No_bit_of_a_signed_configuration_can_change()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var expected = Digest.Sha256(signer.ExportSubjectPublicKeyInfo());
        var envelope = Samples.Configuration.Sign(signer);
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            var flipped = (byte[])envelope.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Null(ConfigurationRelease.Verify(flipped, expected));
            }
            catch (RecordFormatException)
            {
            }
        }
    }

    [Fact]
    public void No_bit_of_a_signed_receipt_can_change()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var spki = key.ExportSubjectPublicKeyInfo();
        var json = SignedReceipt.Sign(Samples.Receipt, key).ToJson();
        Assert.True(SignedReceipt.Parse(json).Verify(spki));
        for (var bit = 0; bit < json.Length * 8; bit++)
        {
            var flipped = (byte[])json.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.False(SignedReceipt.Parse(flipped).Verify(spki));
            }
            catch (RecordFormatException)
            {
            }
        }
    }
}
