using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amnion.Guard.Packs;
using Amnion.Records;

namespace Amnion.Guard.Tests.Pipeline;

public class SignedGuardPolicyTests
{
    public static TheoryData<string> Curves => ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

    [Theory]
    [MemberData(nameof(Curves))]
    public void A_policy_is_of_who_signed_it_and_of_nobody_else(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromValue(curve));
        using var other = ECDsa.Create(ECCurve.CreateFromValue(curve));
        var read = SignedGuardPolicy.Parse(SignedGuardPolicy.Sign(GuardPolicy.Standard, key).ToJson());
        Assert.Equal(GuardPolicy.Standard.Digest, read.Policy.Digest);
        Assert.True(read.IsSignedBy(key));
        Assert.False(read.IsSignedBy(other));
    }

    [Fact]
    public void What_is_signed_is_the_type_and_the_payload()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = SignedGuardPolicy.Sign(GuardPolicy.None, key);
        var policy = Encoding.UTF8.GetString(GuardPolicy.None.ToJson());
        var covered = $"DSSEv1 43 application/vnd.amnion.guard-policy.v1+json {policy.Length} {policy}";
        Assert.True(key.VerifyData(Encoding.UTF8.GetBytes(covered), signed.Signatures[0].AsSpan(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(DsseEncoding.Encode("http://example.com/HelloWorld", "hello world"u8)));
    }

    [Fact]
    public void No_altered_byte_of_the_envelope_is_accepted_as_signed()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var original = SignedGuardPolicy.Sign(GuardPolicy.None, key).ToJson();
        for (var at = 0; at < original.Length; at++)
        {
            byte[] altered = [.. original];
            altered[at] ^= 1;
            try
            {
                Assert.False(SignedGuardPolicy.Parse(altered).IsSignedBy(key), $"byte {at}");
            }
            catch (RecordFormatException)
            {
                // Refused earlier.
            }
        }
    }

    [Fact]
    public void Refuses_what_the_envelope_does_not_allow()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var original = Encoding.UTF8.GetString(SignedGuardPolicy.Sign(GuardPolicy.None, key).ToJson());
        Refuses(envelope => envelope["payloadType"] = "application/vnd.in-toto+json");
        Refuses(envelope => envelope["signatures"] = new JsonArray());
        Refuses(envelope => envelope["signatures"] = new JsonArray([.. Enumerable.Range(0, SignedGuardPolicy.MaxSignatures + 1).Select(_ => envelope["signatures"]![0]!.DeepClone())]));
        Refuses(envelope => envelope["payload"] = envelope["payload"]!.GetValue<string>() + "\n");
        Refuses(envelope => envelope["payload"] = Convert.ToBase64String("{}"u8));
        Refuses(envelope => envelope["more"] = 1);
        Assert.True(SignedGuardPolicy.IsEnvelope(Encoding.UTF8.GetBytes(original)));
        Assert.False(SignedGuardPolicy.IsEnvelope(GuardPolicy.Standard.ToJson()));
        Assert.False(SignedGuardPolicy.IsEnvelope("no JSON"u8));

        void Refuses(Action<JsonNode> change)
        {
            var envelope = JsonNode.Parse(original)!;
            change(envelope);
            Assert.Throws<RecordFormatException>(() => SignedGuardPolicy.Parse(Encoding.UTF8.GetBytes(envelope.ToJsonString())));
        }
    }

    [Fact]
    public void A_key_on_another_curve_signs_and_verifies_nothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        using var proper = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Throws<ArgumentException>(() => SignedGuardPolicy.Sign(GuardPolicy.None, key));
        Assert.False(SignedGuardPolicy.Sign(GuardPolicy.None, proper).IsSignedBy(key));
    }
}
