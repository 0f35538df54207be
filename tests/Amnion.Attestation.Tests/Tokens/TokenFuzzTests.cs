using System.Text;
using Amnion.Attestation.Tokens;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>No bytes make a reader of tokens do anything but read or refuse.</summary>
public sealed class TokenFuzzTests
{
    static readonly byte[] s_jwt = Encoding.ASCII.GetBytes(EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options, TokenSpec.P256));
    static readonly byte[] s_cwt = EarToken.CreateCwt(TokenSpec.Result(), TokenSpec.Options, TokenSpec.P256);
    static readonly byte[] s_claims = Encoding.UTF8.GetBytes(TokenSpec.Payload(Encoding.ASCII.GetString(s_jwt)));
    static readonly byte[] s_bundle = Encoding.ASCII.GetBytes($$"""[["JWT","{{TokenSpec.Raw(TokenSpec.Header, """{"submods":{"GPU-0":["DIGEST",["SHA-256","00"]]}}""")}}"],{"GPU-0":"{{TokenSpec.Raw(TokenSpec.Header, """{"x-nvidia-gpu-arch-check":true}""")}}"}]""");

    [Fact]
    public void Tokens() => Fuzz.Run(41, [s_jwt, s_cwt], input =>
    {
        var found = EarToken.Verify(input, TokenKey.From(TokenSpec.P256), TokenSpec.Expectation);
        Assert.False(found.Accepted && !input.AsSpan().SequenceEqual(s_jwt) && !input.AsSpan().SequenceEqual(s_cwt));
    });

    [Fact]
    public void Claims() => Fuzz.Run(42, [s_claims, s_jwt, s_cwt, s_bundle], input =>
    {
        try
        {
            var token = AttestationToken.Parse(input);
            Assert.InRange(token.Fields.Length, 0, AttestationToken.MaxFields);
        }
        catch (TokenFormatException)
        {
        }
    });

    [Fact]
    public void Cbor_claims() => Fuzz.Run(43, [CwtClaims.FromJson(s_claims)], input =>
    {
        try
        {
            _ = EarClaims.Parse(CwtClaims.ToJson(input));
        }
        catch (TokenFormatException)
        {
        }
    });

    [Fact]
    public void Bundles() => Fuzz.Run(44, [s_bundle], input => Assert.False(NrasAppraiser.Appraise(input, [TokenKey.From(TokenSpec.P256)], new NrasExpectation { Now = TokenSpec.Now, Nonce = TokenSpec.Nonce }).Accepted));

    [Fact]
    public void Keys() => Fuzz.Run(45, ["""{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8","y":"IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4"}]}"""u8.ToArray()], input =>
    {
        try
        {
            foreach (var key in TokenKey.ParseSet(input))
            {
                _ = key.EcdsaAlgorithm();
            }
        }
        catch (TokenFormatException)
        {
        }
    });
}
