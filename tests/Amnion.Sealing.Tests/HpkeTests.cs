namespace Amnion.Sealing.Tests;

public sealed class HpkeTests
{
    static readonly byte[] s_info = "about"u8.ToArray();

    public static TheoryData<HpkeKem> Kems => [HpkeKem.P256, HpkeKem.P384, HpkeKem.P521, HpkeKem.X25519];

    [Theory]
    [MemberData(nameof(Kems))]
    public void What_is_sealed_to_a_generated_key_opens_with_it_only(HpkeKem kem)
    {
        SkipUnlessSupported(kem);
        var suite = new HpkeSuite(kem, HpkeKdf.HkdfSha384, HpkeAead.ChaCha20Poly1305);
        using var key = HpkePrivateKey.Generate(kem);
        using var other = HpkePrivateKey.Generate(kem);
        var ciphertext = Hpke.Seal(suite, key.PublicKey, s_info, "aad"u8, "hello"u8, out var enc);
        Assert.Equal("hello"u8, Hpke.Open(suite, key, enc, s_info, "aad"u8, ciphertext));
        Assert.Throws<SealedMessageException>(() => Hpke.Open(suite, other, enc, s_info, "aad"u8, ciphertext));
        Assert.Throws<SealedMessageException>(() => Hpke.Open(suite, key, enc, "About"u8, "aad"u8, ciphertext));
        Assert.Throws<SealedMessageException>(() => Hpke.Open(suite, key, enc, s_info, "aae"u8, ciphertext));
        Assert.Throws<SealedMessageException>(() => Hpke.Open(suite with { KdfId = HpkeKdf.HkdfSha512 }, key, enc, s_info, "aad"u8, ciphertext));
    }

    [Theory]
    [MemberData(nameof(Kems))]
    public void Every_flipped_bit_of_the_encapsulated_key_is_refused(HpkeKem kem)
    {
        SkipUnlessSupported(kem);
        var suite = new HpkeSuite(kem, HpkeKdf.HkdfSha256, HpkeAead.Aes256Gcm);
        using var key = HpkePrivateKey.Generate(kem);
        var ciphertext = Hpke.Seal(suite, key.PublicKey, s_info, [], "hello"u8, out var enc);
        for (var bit = 0; bit < enc.Length * 8; bit++)
        {
            enc[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<SealedMessageException>(() => Hpke.Open(suite, key, enc, s_info, [], ciphertext));
            enc[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal("hello"u8, Hpke.Open(suite, key, enc, s_info, [], ciphertext));
    }

    [Fact]
    public void A_pre_shared_key_is_needed_where_one_was_used()
    {
        var suite = HpkeSuite.P256Sha256Aes256Gcm;
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        using var psk = SecretBytes.Random(32);
        using var otherPsk = SecretBytes.Random(32);
        using var sender = Hpke.SetupSender(suite, key.PublicKey, s_info, out var enc, psk, "id"u8);
        var ciphertext = sender.Seal([], "hello"u8);
        using var same = Hpke.SetupRecipient(suite, key, enc, s_info, psk, "id"u8);
        Assert.Equal("hello"u8, same.Open([], ciphertext));
        using var otherKey = Hpke.SetupRecipient(suite, key, enc, s_info, otherPsk, "id"u8);
        Assert.Throws<SealedMessageException>(() => otherKey.Open([], ciphertext));
        using var otherId = Hpke.SetupRecipient(suite, key, enc, s_info, psk, "ie"u8);
        Assert.Throws<SealedMessageException>(() => otherId.Open([], ciphertext));
        using var without = Hpke.SetupRecipient(suite, key, enc, s_info);
        Assert.Throws<SealedMessageException>(() => without.Open([], ciphertext));
    }

    [Fact]
    public void Half_given_and_short_pre_shared_keys_are_refused()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        using var psk = SecretBytes.Random(32);
        using var weak = SecretBytes.Random(31);
        Assert.Throws<ArgumentException>(() => Hpke.SetupSender(HpkeSuite.P256Sha256Aes256Gcm, key.PublicKey, [], out _, psk));
        Assert.Throws<ArgumentException>(() => Hpke.SetupSender(HpkeSuite.P256Sha256Aes256Gcm, key.PublicKey, [], out _, null, "id"u8));
        Assert.Throws<ArgumentException>(() => Hpke.SetupSender(HpkeSuite.P256Sha256Aes256Gcm, key.PublicKey, [], out _, weak, "id"u8));
    }

    [Fact]
    public void A_message_that_does_not_open_keeps_its_number_and_leaves_zeros()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        using var sender = Hpke.SetupSender(HpkeSuite.P256Sha256Aes256Gcm, key.PublicKey, s_info, out var enc);
        using var recipient = Hpke.SetupRecipient(HpkeSuite.P256Sha256Aes256Gcm, key, enc, s_info);
        var first = sender.Seal([], "first"u8);
        var second = sender.Seal([], "second"u8);
        var buffer = new byte[6];
        buffer.AsSpan().Fill(0xAA);
        Assert.False(recipient.TryOpen([], second, buffer, out var written));
        Assert.Equal(0, written);
        Assert.Equal(new byte[6], buffer);
        Assert.False(recipient.TryOpen([], new byte[15], buffer, out _));
        Assert.Equal("first"u8, recipient.Open([], first));
        Assert.Throws<SealedMessageException>(() => recipient.Open([], first));
        Assert.Equal("second"u8, recipient.Open([], second));
    }

    [Fact]
    public void A_wrapped_secret_opens_into_its_container()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        using var dataKey = SecretBytes.Random(32);
        var wrapped = Hpke.Seal(HpkeSuite.P256Sha256Aes256Gcm, key.PublicKey, s_info, [], dataKey.Reveal(SecretAccess.Wrapping), out var enc);
        using var opened = Hpke.OpenSecret(HpkeSuite.P256Sha256Aes256Gcm, key, enc, s_info, [], wrapped);
        Assert.Equal(dataKey.Reveal(SecretAccess.Comparison).ToArray(), opened.Reveal(SecretAccess.Comparison).ToArray());
        wrapped[0] ^= 1;
        Assert.Throws<SealedMessageException>(() => Hpke.OpenSecret(HpkeSuite.P256Sha256Aes256Gcm, key, enc, s_info, [], wrapped));
        Assert.Throws<SealedMessageException>(() => Hpke.OpenSecret(HpkeSuite.P256Sha256Aes256Gcm, key, enc, s_info, [], new byte[3]));
    }

    [Theory]
    [InlineData(HpkeKem.P256, 32)]
    [InlineData(HpkeKem.P384, 48)]
    [InlineData(HpkeKem.P521, 66)]
    public void Private_scalars_outside_the_group_are_refused(HpkeKem kem, int length)
    {
        var all = new byte[length];
        Assert.Equal(SealingCodes.KeyMalformed, Assert.Throws<HpkeKeyFormatException>(() => HpkePrivateKey.Import(kem, all)).Code);
        all.AsSpan().Fill(0xFF);
        Assert.Throws<HpkeKeyFormatException>(() => HpkePrivateKey.Import(kem, all));
        Assert.Throws<HpkeKeyFormatException>(() => HpkePrivateKey.Import(kem, new byte[length - 1]));
        var one = new byte[length];
        one[^1] = 1;
        using var key = HpkePrivateKey.Import(kem, one);
        Assert.Equal(0x04, key.PublicKey.Bytes[0]);
    }

    [Fact]
    public void The_group_order_itself_is_refused_and_one_below_it_taken()
    {
        var order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        Assert.Throws<HpkeKeyFormatException>(() => HpkePrivateKey.Import(HpkeKem.P256, order));
        order[^1]--;
        using var key = HpkePrivateKey.Import(HpkeKem.P256, order);
        Assert.Equal(65, key.PublicKey.Bytes.Length);
    }

    [Theory]
    [InlineData(HpkeKem.P256, 65)]
    [InlineData(HpkeKem.P384, 97)]
    [InlineData(HpkeKem.P521, 133)]
    public void Points_off_the_curve_and_other_encodings_are_refused(HpkeKem kem, int length)
    {
        using var key = HpkePrivateKey.Generate(kem);
        var point = key.PublicKey.Bytes.ToArray();
        Assert.Equal(length, point.Length);
        Assert.Equal(key.PublicKey, HpkePublicKey.Import(kem, point));
        Assert.Throws<HpkeKeyFormatException>(() => HpkePublicKey.Import(kem, point.AsSpan(1)));
        var off = point.ToArray();
        off[^1] ^= 1;
        Assert.Throws<HpkeKeyFormatException>(() => HpkePublicKey.Import(kem, off));
        var compressed = point.AsSpan(0, (length + 1) / 2).ToArray();
        compressed[0] = 2;
        Assert.Throws<HpkeKeyFormatException>(() => HpkePublicKey.Import(kem, compressed));
        var hybrid = point.ToArray();
        hybrid[0] = 6;
        Assert.Throws<HpkeKeyFormatException>(() => HpkePublicKey.Import(kem, hybrid));
        var origin = new byte[length];
        origin[0] = 4;
        Assert.Throws<HpkeKeyFormatException>(() => HpkePublicKey.Import(kem, origin));
        var beyond = new byte[length];
        beyond.AsSpan().Fill(0xFF);
        beyond[0] = 4;
        Assert.Throws<HpkeKeyFormatException>(() => HpkePublicKey.Import(kem, beyond));
    }

    [Fact]
    public void X25519_points_of_small_order_are_refused_when_used()
    {
        SkipUnlessSupported(HpkeKem.X25519);
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        var zero = HpkePublicKey.Import(HpkeKem.X25519, new byte[32]);
        Assert.Throws<SealedMessageException>(() => Hpke.SetupSender(HpkeSuite.X25519Sha256Aes256Gcm, zero, [], out _));
        Assert.Throws<SealedMessageException>(() => Hpke.SetupRecipient(HpkeSuite.X25519Sha256Aes256Gcm, key, new byte[32], []));
        Assert.Throws<SealedMessageException>(() => Hpke.SetupRecipient(HpkeSuite.X25519Sha256Aes256Gcm, key, new byte[31], []));
    }

    [Fact]
    public void Unknown_algorithms_are_not_offered()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        Assert.False(Hpke.IsSupported((HpkeKem)0x0021));
        Assert.False(Hpke.IsSupported(HpkeKem.Reserved));
        Assert.True(Hpke.IsSupported(HpkeSuite.P256Sha256Aes256Gcm));
        Assert.Contains(SealingCodes.SuiteUnsupported, Assert.Throws<PlatformNotSupportedException>(() => HpkePrivateKey.Generate((HpkeKem)0x0021)).Message, StringComparison.Ordinal);
        Assert.Throws<PlatformNotSupportedException>(() => HpkePublicKey.Import((HpkeKem)0x0021, new byte[56]));
        Assert.Throws<PlatformNotSupportedException>(() => Hpke.SetupSender(new HpkeSuite(HpkeKem.P256, (HpkeKdf)0x0010, HpkeAead.Aes256Gcm), key.PublicKey, [], out _));
        Assert.Throws<PlatformNotSupportedException>(() => Hpke.SetupSender(new HpkeSuite(HpkeKem.P256, HpkeKdf.HkdfSha256, (HpkeAead)7), key.PublicKey, [], out _));
        Assert.Throws<ArgumentException>(() => Hpke.SetupSender(HpkeSuite.X25519Sha256Aes256Gcm, key.PublicKey, [], out _));
    }

    [Fact]
    public void One_private_key_serves_many_threads()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        Parallel.For(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            byte[] message = [(byte)i];
            var ciphertext = Hpke.Seal(HpkeSuite.P256Sha256Aes256Gcm, key.PublicKey, s_info, [], message, out var enc);
            Assert.Equal(message, Hpke.Open(HpkeSuite.P256Sha256Aes256Gcm, key, enc, s_info, [], ciphertext));
        });
    }

    [Fact]
    public void Exports_are_bounded()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.P256);
        using var sender = Hpke.SetupSender(HpkeSuite.P256Sha256Aes256Gcm, key.PublicKey, [], out _);
        Assert.Throws<ArgumentOutOfRangeException>(() => sender.Export([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => sender.Export([], (255 * 32) + 1));
        using var longest = sender.Export([], 255 * 32);
        Assert.Equal(255 * 32, longest.Length);
    }

    static void SkipUnlessSupported(HpkeKem kem)
    {
        if (!Hpke.IsSupported(kem))
        {
            Assert.Skip($"{kem} is not available on this platform.");
        }
    }
}
