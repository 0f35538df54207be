using System.Security.Cryptography;
using Amnion.Testing;

namespace Amnion.Sealing.Tests;

/// <summary>CiphertextForRecipient of AWS KMS: two real samples, twenty made ones, and everything that is none.</summary>
public sealed class RecipientEnvelopeTests
{
    const string Folder = "cms-enveloped-kms";

    static readonly RecipientKey s_key = RecipientKey.Generate(2048);
    static readonly byte[] s_secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    static readonly byte[] s_envelope = RecipientCms.Encrypt(s_key.PublicKey.Span, s_secret);

    [Theory]
    [InlineData("")]
    [InlineData("_w_ctx")]
    public void Reads_what_AWS_itself_answered(string suffix)
    {
        var sample = Vectors.Single(Folder, "aws-sdk-c-samples.json");

        var parsed = RecipientEnvelope.Parse(sample.Hex("input_ber" + suffix));

        Assert.Equal(sample.Hex("encrypted_key_out" + suffix), parsed.EncryptedKey);
        Assert.Equal(sample.Hex("iv_out" + suffix), parsed.Iv);
        Assert.Equal(sample.Hex("ciphertext_out" + suffix), parsed.Ciphertext);
        Assert.Throws<SealedMessageException>(() => s_key.Open(sample.Hex("input_ber" + suffix), 32));
    }

    [Theory]
    [InlineData("own-32.json")]
    [InlineData("own-1k.json")]
    [InlineData("own-4096bit.json")]
    public void Opens_every_form_of_the_made_samples(string file)
    {
        var sample = Vectors.Single(Folder, file);
        using var key = RecipientKey.Import(sample.GetProperty("pkcs8_b64").GetBytesFromBase64());
        var plain = sample.Hex("plaintext_hex");
        var forms = sample.GetProperty("forms").EnumerateObject().ToList();

        Assert.NotEmpty(forms);
        foreach (var form in forms)
        {
            using var opened = key.Open(form.Value.GetBytesFromBase64(), plain.Length);
            Assert.Equal(plain, opened.Reveal(SecretAccess.Comparison).ToArray());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(7)]
    [InlineData(48)]
    public void Opens_what_was_encrypted_to_a_fresh_key_in_one_piece_and_in_fragments(int fragment)
    {
        using var opened = s_key.Open(RecipientCms.Encrypt(s_key.PublicKey.Span, s_secret, fragment), 32);
        Assert.Equal(s_secret, opened.Reveal(SecretAccess.Comparison).ToArray());
    }

    [Fact]
    public void A_public_key_is_RSA_of_the_length_asked_for_and_fits_an_attestation_document()
    {
        using var key = RecipientKey.Generate(4096);
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.PublicKey.Span, out var read);
        Assert.Equal(4096, rsa.KeySize);
        Assert.Equal((550, 550), (read, key.PublicKey.Length));
        Assert.Equal(294, s_key.PublicKey.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => RecipientKey.Generate(1024));
    }

    [Fact]
    public void Every_cut_is_refused_with_an_offset_inside_the_input_and_opens_nothing()
    {
        for (var length = 0; length < s_envelope.Length; length++)
        {
            var cut = s_envelope[..length];
            Assert.InRange(Assert.Throws<CmsFormatException>(() => RecipientEnvelope.Parse(cut)).Offset, 0, length);
            Assert.Throws<SealedMessageException>(() => s_key.Open(cut, 32));
        }

        Assert.Throws<CmsFormatException>(() => RecipientEnvelope.Parse([.. s_envelope, 0]));
    }

    [Fact]
    public void No_flipped_bit_gives_the_same_secret_but_those_of_the_unused_key_identifier()
    {
        // CMS authenticates nothing: a flipped bit of the vector changes the first block. The commitment, not this, catches it.
        var identifier = s_envelope.AsSpan().IndexOf((byte[])[0x80, 32]) + 2;
        for (var bit = 0; bit < s_envelope.Length * 8; bit += 3)
        {
            var changed = (byte[])s_envelope.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                using var opened = s_key.Open(changed, 32);
                Assert.Equal(bit / 8 >= identifier && bit / 8 < identifier + 32, opened.Reveal(SecretAccess.Comparison).SequenceEqual(s_secret));
            }
            catch (SealedMessageException e)
            {
                Assert.Equal(new SealedMessageException().Message, e.Message);
            }
        }
    }

    [Fact]
    public void Another_key_another_length_and_wrong_padding_are_one_and_the_same_refusal()
    {
        using var other = RecipientKey.Generate(2048);
        using var longer = RecipientKey.Generate(3072);
        var refusals = new List<SealedMessageException>
        {
            Assert.Throws<SealedMessageException>(() => other.Open(s_envelope, 32)),
            Assert.Throws<SealedMessageException>(() => longer.Open(s_envelope, 32)),
            Assert.Throws<SealedMessageException>(() => s_key.Open(s_envelope, 31)),
            Assert.Throws<SealedMessageException>(() => s_key.Open(s_envelope, 16)),
            Assert.Throws<SealedMessageException>(() => s_key.Open(RecipientCms.Encrypt(s_key.PublicKey.Span, s_secret.AsSpan(1)), 32)),
            Assert.Throws<SealedMessageException>(() => s_key.Open([], 32)),
            Assert.Throws<SealedMessageException>(() => s_key.Open(new byte[RecipientEnvelope.MaxLength + 1], 32)),
            Assert.Throws<SealedMessageException>(() => s_key.Open(WrongPadding(s_key), 32)),
        };
        Assert.All(refusals, refusal => Assert.Equal((SealingCodes.OpenFailed, refusals[0].Message), (refusal.Code, refusal.Message)));
    }

    [Theory]
    [InlineData("3080", "3081", "ContentInfo")]
    [InlineData("06092a864886f70d010703", "06092a864886f70d010702", "contentType")]
    [InlineData("0609608648016503040201", "0609608648016503040202", "keyEncryptionAlgorithm")]
    [InlineData("060960864801650304012a", "0609608648016503040116", "contentEncryptionAlgorithm")]
    [InlineData("0201028020", "0201008020", "KeyTransRecipientInfo.version")]
    [InlineData("3182016b", "3183016b", "recipientInfos")]
    [InlineData("3182016b", "3182016c", "recipientInfos")]
    [InlineData("0410", "0411", "initialisation vector")]
    public void Other_structures_algorithms_and_lengths_are_refused(string from, string to, string field)
    {
        var changed = Convert.FromHexString(Convert.ToHexStringLower(s_envelope).Replace(from, to, StringComparison.Ordinal));
        Assert.NotEqual(s_envelope, changed);
        var refused = Assert.Throws<CmsFormatException>(() => RecipientEnvelope.Parse(changed));
        Assert.Equal((SealingCodes.EnvelopeMalformed, field), (refused.Code, refused.Field));
    }

    [Fact]
    public void Fragments_are_limited()
    {
        Assert.Equal(64, RecipientEnvelope.Parse(RecipientCms.Write(new byte[256], new byte[16], new byte[64], 1)).Ciphertext.Length);
        Assert.Equal("encryptedContent", Assert.Throws<CmsFormatException>(() => RecipientEnvelope.Parse(RecipientCms.Write(new byte[256], new byte[16], new byte[80], 1))).Field);
        Assert.Equal("encryptedContent", Assert.Throws<CmsFormatException>(() => RecipientEnvelope.Parse(RecipientCms.Write(new byte[256], new byte[16], new byte[17]))).Field);
        Assert.Equal("encryptedContent", Assert.Throws<CmsFormatException>(() => RecipientEnvelope.Parse(RecipientCms.Write(new byte[256], new byte[16], []))).Field);
    }

    [Fact]
    public void No_mutated_envelope_does_more_than_be_refused()
    {
        var random = new Random(20261121);
        var fragments = RecipientCms.Encrypt(s_key.PublicKey.Span, s_secret, 16);
        for (var i = 0; i < Vectors.FuzzIterations(3000); i++)
        {
            var input = Mutation.Of(i % 2 == 0 ? s_envelope : fragments, random);
            ParserBudget.Run(Mutation.BudgetBytes, () =>
            {
                try
                {
                    var parsed = RecipientEnvelope.Parse(input);
                    Assert.Equal(0, parsed.Ciphertext.Length % 16);
                }
                catch (CmsFormatException e)
                {
                    Assert.InRange(e.Offset, 0, input.Length);
                }
            });
        }
    }

    // The right key and 48 bytes of content that do not end in sixteen times sixteen.
    static byte[] WrongPadding(RecipientKey key)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.PublicKey.Span, out _);
        using var aes = Aes.Create();
        aes.KeySize = 256;
        aes.GenerateKey();
        return RecipientCms.Write(rsa.Encrypt(aes.Key, RSAEncryptionPadding.OaepSHA256), aes.IV, aes.EncryptCbc((byte[])[.. s_secret, .. Enumerable.Repeat((byte)16, 15), 15], aes.IV, PaddingMode.None));
    }
}
