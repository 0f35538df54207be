using System.Security.Cryptography;
using System.Text.Json;
using Amnion.Testing;

namespace Amnion.Sealing.Tests;

/// <summary>RFC 9180's vectors, every one of them: run, or counted among those the library does not claim.</summary>
public sealed class HpkeVectorTests(ITestOutputHelper output)
{
    const string Folder = "hpke-rfc9180";

    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        if (!SharedData.Expected(Vectors.Root + Folder))
        {
            cases.Add(string.Empty, 0);
            return cases;
        }

        foreach (var (name, content) in Vectors.Files(Folder))
        {
            for (var i = 0; i < content.GetArrayLength(); i++)
            {
                if (IsClaimed(content[i]))
                {
                    cases.Add(name, i);
                }
            }
        }

        return cases;
    }

    [Fact]
    public void Every_vector_is_claimed_or_counted_by_name()
    {
        SharedData.Folder(Vectors.Root + Folder);
        var all = Vectors.Files(Folder).SelectMany(file => file.Content.EnumerateArray()).ToArray();
        var unclaimed = all.Where(vector => !IsClaimed(vector)).ToArray();
        output.WriteLine($"{all.Length - unclaimed.Length} claimed, {unclaimed.Length} not:");
        foreach (var group in unclaimed.GroupBy(Describe))
        {
            output.WriteLine($"  {group.Count()} x {group.Key}");
        }

        // Not offered: the authenticated modes 2 and 3 of any KEM, and X448 (KEM 0x0021). Nothing else may be missing.
        Assert.All(unclaimed, vector => Assert.True(vector.GetProperty("mode").GetInt32() is 2 or 3 || vector.GetProperty("kem_id").GetInt32() == 0x0021, Describe(vector)));
        Assert.Equal(all.Length - unclaimed.Length, Cases().Count);
        Assert.NotEmpty(all);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Vector_is_reproduced(string file, int index)
    {
        SharedData.Folder(Vectors.Root + Folder);
        var vector = Vectors.Single(Folder, file)[index];
        var suite = SuiteOf(vector);
        if (!suite.IsSupported)
        {
            Assert.Skip($"{suite.KemId} needs a library that this platform does not have.");
        }

        using var recipientKey = HpkePrivateKey.Derive(suite.KemId, vector.Hex("ikmR"));
        using var imported = HpkePrivateKey.Import(suite.KemId, vector.Hex("skRm"));
        Assert.Equal(vector.Hex("pkRm"), recipientKey.PublicKey.Bytes.ToArray());
        Assert.Equal(recipientKey.PublicKey, imported.PublicKey);

        using var psk = vector.TryGetProperty("psk", out var pskHex) ? SecretBytes.CopyOf(Convert.FromHexString(pskHex.GetString()!)) : null;
        var pskId = psk is null ? [] : vector.Hex("psk_id");
        var info = vector.Hex("info");
        using var ephemeral = HpkePrivateKey.Derive(suite.KemId, vector.Hex("ikmE"));
        var publicKey = HpkePublicKey.Import(suite.KemId, vector.Hex("pkRm"));
        using var sender = Hpke.SetupSender(suite, publicKey, ephemeral, info, out var enc, psk, pskId);
        Assert.Equal(vector.Hex("enc"), enc);
        using var recipient = Hpke.SetupRecipient(suite, imported, enc, info, psk, pskId);

        if (vector.TryGetProperty("exports_accumulated", out var exports))
        {
            CheckAccumulated(sender, recipient, vector, exports.GetString()!);
        }
        else
        {
            CheckListed(sender, recipient, vector);
        }
    }

    /// <summary>Messages are listed by number, with gaps; what lies between is sealed and opened all the same.</summary>
    static void CheckListed(HpkeSenderContext sender, HpkeRecipientContext recipient, JsonElement vector)
    {
        if (sender.Suite.AeadId == HpkeAead.ExportOnly)
        {
            Assert.Throws<InvalidOperationException>(() => sender.Seal([], []));
            Assert.Throws<InvalidOperationException>(() => recipient.Open([], new byte[16]));
        }
        else
        {
            var listed = vector.GetProperty("encryptions").EnumerateArray().ToDictionary(NumberOf);
            for (var number = 0; listed.Count > 0; number++)
            {
                if (listed.Remove(number, out var message))
                {
                    var ciphertext = sender.Seal(message.Hex("aad"), message.Hex("pt"));
                    Assert.Equal(message.Hex("ct"), ciphertext);
                    Assert.Equal(message.Hex("pt"), recipient.Open(message.Hex("aad"), ciphertext));
                }
                else
                {
                    Assert.Empty(recipient.Open([], sender.Seal([], [])));
                }
            }
        }

        foreach (var export in vector.GetProperty("exports").EnumerateArray())
        {
            using var ours = sender.Export(export.Hex("exporter_context"), export.GetProperty("L").GetInt32());
            using var theirs = recipient.Export(export.Hex("exporter_context"), export.GetProperty("L").GetInt32());
            Assert.Equal(export.Hex("exported_value"), ours.Reveal(SecretAccess.Comparison).ToArray());
            Assert.Equal(export.Hex("exported_value"), theirs.Reveal(SecretAccess.Comparison).ToArray());
        }
    }

    /// <summary>Filippo Valsorda's form: a thousand messages and exports, drawn from SHAKE128 and hashed together by it.</summary>
    static void CheckAccumulated(HpkeSenderContext sender, HpkeRecipientContext recipient, JsonElement vector, string exports)
    {
        var source = Shake128.HashData([], 1 << 20);
        var position = 0;
        byte[] Draw()
        {
            var length = source[position];
            var drawn = source.AsSpan(position + 1, length).ToArray();
            position += 1 + length;
            return drawn;
        }

        if (sender.Suite.AeadId != HpkeAead.ExportOnly)
        {
            using var sealedSink = new Shake128();
            for (var i = 0; i < 1000; i++)
            {
                var associatedData = Draw();
                var plaintext = Draw();
                var ciphertext = sender.Seal(associatedData, plaintext);
                sealedSink.AppendData(ciphertext);
                Assert.Equal(plaintext, recipient.Open(associatedData, ciphertext));
            }

            Assert.Equal(vector.GetProperty("encryptions_accumulated").GetString(), Convert.ToHexStringLower(sealedSink.GetHashAndReset(16)));
        }

        position = 0;
        using var exportSink = new Shake128();
        for (var length = 0; length < 1000; length++)
        {
            var context = Draw();
            if (length == 0)
            {
                continue;
            }

            using var ours = sender.Export(context, length);
            exportSink.AppendData(ours.Reveal(SecretAccess.Comparison));
            using var theirs = recipient.Export(context, length);
            Assert.True(ours.Reveal(SecretAccess.Comparison).SequenceEqual(theirs.Reveal(SecretAccess.Comparison)));
        }

        Assert.Equal(exports, Convert.ToHexStringLower(exportSink.GetHashAndReset(16)));
    }

    /// <summary>The message's number is its nonce XOR message zero's; the RFC's associated data says it too: "Count-N".</summary>
    static int NumberOf(JsonElement message) =>
        int.Parse(System.Text.Encoding.ASCII.GetString(message.Hex("aad")).Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);

    static HpkeSuite SuiteOf(JsonElement vector) => new(
        (HpkeKem)vector.GetProperty("kem_id").GetInt32(),
        (HpkeKdf)vector.GetProperty("kdf_id").GetInt32(),
        (HpkeAead)vector.GetProperty("aead_id").GetInt32());

    static bool IsClaimed(JsonElement vector) =>
        vector.GetProperty("mode").GetInt32() is 0 or 1 && Enum.IsDefined((HpkeKem)vector.GetProperty("kem_id").GetInt32());

    static string Describe(JsonElement vector) =>
        $"mode {vector.GetProperty("mode").GetInt32()}, KEM 0x{vector.GetProperty("kem_id").GetInt32():x4}";
}
