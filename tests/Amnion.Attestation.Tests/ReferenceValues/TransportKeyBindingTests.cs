using Amnion.Attestation.ReferenceValues;

namespace Amnion.Attestation.Tests.ReferenceValues;

/// <summary>The key that requests are encrypted to is the one the enclave attested.</summary>
public sealed class TransportKeyBindingTests
{
    static readonly byte[] s_tls = [.. Enumerable.Repeat((byte)1, 32)];
    static readonly byte[] s_key = [.. Enumerable.Repeat((byte)2, 32)];
    static readonly byte[] s_userData = [.. s_tls, .. s_key];

    [Fact]
    public void The_attested_key_is_bound()
    {
        Assert.True(TransportKeyBinding.Check(s_userData, s_key).AllPass());
        Assert.Equal(s_key, TransportKeyBinding.AttestedKey(s_userData).ToArray());
        Assert.Equal(s_tls, TransportKeyBinding.TlsFingerprint(s_userData).ToArray());
    }

    [Fact]
    public void Another_key_is_not_even_the_fingerprint_beside_it() =>
        Assert.Equal([ReferenceValueCodes.KeyBindingMismatch], TransportKeyBinding.Check(s_userData, s_tls).Failed());

    [Fact]
    public void Zeros_are_no_attested_key() =>
        Assert.Equal([ReferenceValueCodes.KeyBindingAbsent], TransportKeyBinding.Check(new byte[64], new byte[32]).Failed());

    [Theory]
    [InlineData(63, 32)]
    [InlineData(65, 32)]
    [InlineData(64, 31)]
    [InlineData(64, 33)]
    [InlineData(0, 0)]
    public void Other_lengths_are_malformed(int userData, int key)
    {
        Assert.Equal([ReferenceValueCodes.KeyBindingMalformed], TransportKeyBinding.Check(new byte[userData], new byte[key]).Failed());
        Assert.Equal(userData == 64 ? 32 : 0, TransportKeyBinding.AttestedKey(new byte[userData]).Length);
    }
}
