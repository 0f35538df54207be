using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using Amnion.Attestation.Tokens;

namespace Amnion.Attestation.Tests.Tokens;

/// <summary>Attestation Results as signed tokens: what is issued is accepted, and anything else is refused with its code.</summary>
public sealed class EarTokenTests
{
    static EarVerification Verify(string token, Func<EarExpectation, EarExpectation>? change = null) =>
        EarToken.Verify(token, TokenKey.From(TokenSpec.P256), change?.Invoke(TokenSpec.Expectation) ?? TokenSpec.Expectation);

    static string Good => EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options, TokenSpec.P256);

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void A_token_that_was_issued_is_accepted_in_both_forms_under_both_curves(bool jwt, bool strong)
    {
        var key = strong ? TokenSpec.P384 : TokenSpec.P256;
        var options = TokenSpec.Options with { KeyId = "key-1" };
        var token = jwt ? Encoding.ASCII.GetBytes(EarToken.CreateJwt(TokenSpec.Result(), options, key)) : EarToken.CreateCwt(TokenSpec.Result(), options, key);
        var found = EarToken.Verify(token, TokenKey.From(key, "key-1"), TokenSpec.Expectation);
        Assert.Empty(found.Failures);
        Assert.True(found.Accepted);
        var claims = found.Claims!;
        Assert.Equal((EarProfiles.Draft04, TokenSpec.Now, TokenSpec.Now.AddMinutes(5)), (claims.Profile, claims.IssuedAt, claims.ExpiresAt));
        Assert.Equal(("https://amnion.example", "amnion 0.1", TrustTier.Affirming), (claims.VerifierDeveloper, claims.VerifierBuild, claims.Status));
        var (name, appraisal) = Assert.Single(claims.Submodules);
        Assert.Equal(("snp", TrustTier.Affirming, "policy-1"), (name, appraisal.Status, Assert.Single(appraisal.PolicyIds)));
        Assert.Equal([2, 2, 3, 0, 2, 2, 0, 0], appraisal.Vector!.Values.Select(value => (int)value));
        Assert.Equal("00ff", claims.Fields.Single(field => field.Name == "submods.snp.ear_attester_claims.measurement").Value);
        Assert.Equal("Pass", claims.Fields.Single(field => field.Name == "submods.snp.ear_verifier_claims.amnion_result.checks.0.outcome").Value);
        Assert.Equal(Base64Url.EncodeToString(TokenSpec.Nonce), Assert.Single(claims.Nonces));
    }

    [Fact]
    public void Both_forms_carry_the_same_claims()
    {
        var jwt = EarToken.Parse(Encoding.ASCII.GetBytes(Good));
        var cwt = EarToken.Parse(EarToken.CreateCwt(TokenSpec.Result(), TokenSpec.Options, TokenSpec.P256));
        Assert.Equal(jwt.Fields.OrderBy(field => field.Name, StringComparer.Ordinal), cwt.Fields.OrderBy(field => field.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void The_cbor_form_has_the_drafts_labels_in_deterministic_order()
    {
        var token = EarToken.CreateCwt(TokenSpec.Result(), TokenSpec.Options, TokenSpec.P256);
        Assert.Equal((CborTag)18, new CborReader(token).ReadTag());
        var outer = new CborReader(token.AsMemory(1), CborConformanceMode.Canonical);
        Assert.Equal(4, outer.ReadStartArray());
        var header = new CborReader(outer.ReadByteString(), CborConformanceMode.Canonical);
        Assert.Equal(2, header.ReadStartMap());
        Assert.Equal((1, -7, 16, "application/eat+cwt"), (header.ReadInt32(), header.ReadInt32(), header.ReadInt32(), header.ReadTextString()));
        outer.SkipValue();
        var claims = new CborReader(outer.ReadByteString(), CborConformanceMode.Ctap2Canonical);
        Assert.Equal(7, claims.ReadStartMap());
        var labels = new List<int>();
        while (claims.PeekState() != CborReaderState.EndMap)
        {
            labels.Add(claims.ReadInt32());
            claims.SkipValue();
        }

        Assert.Equal([4, 6, 10, 265, 266, 1000, 1004], labels);
    }

    [Theory]
    [InlineData(EarProfiles.Veraison)]
    [InlineData(EarProfiles.Trustee)]
    public void Older_profiles_are_written_in_their_own_spelling(string profile)
    {
        var token = EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options with { Profile = profile }, TokenSpec.P256);
        var payload = TokenSpec.Payload(token);
        Assert.Contains("\"ear.status\":\"affirming\"", payload, StringComparison.Ordinal);
        Assert.Contains("\"ear.appraisal-policy-id\":\"policy-1\"", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("ear_", payload.Replace("ear_verifier_claims", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(Verify(token, expected => expected with { Profiles = [profile] }).Accepted);
        Assert.Equal([TokenCodes.Profile], Verify(token).Checks.Failed());
        Assert.Throws<ArgumentException>(() => EarToken.CreateCwt(TokenSpec.Result(), TokenSpec.Options with { Profile = profile }, TokenSpec.P256));
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"eat+jwt"}""", TokenCodes.Algorithm)]
    [InlineData("""{"alg":"ES384","typ":"eat+jwt"}""", TokenCodes.Algorithm)]
    [InlineData("""{"alg":"HS256","typ":"eat+jwt"}""", TokenCodes.Algorithm)]
    [InlineData("""{"alg":7,"typ":"eat+jwt"}""", TokenCodes.Algorithm)]
    [InlineData("""{"typ":"eat+jwt"}""", TokenCodes.Algorithm)]
    [InlineData("""{"alg":"ES256","typ":"eat+jwt","crit":["b64"],"b64":false}""", TokenCodes.Critical)]
    [InlineData("""{"alg":"ES256","typ":"eat+jwt","crit":[]}""", TokenCodes.Critical)]
    [InlineData("""{"alg":"ES256","typ":"JWT"}""", TokenCodes.Type)]
    [InlineData("""{"alg":"ES256"}""", TokenCodes.Type)]
    [InlineData("""{"alg":"ES256","typ":"eat+jwt","alg":"ES256"}""", TokenCodes.Malformed)]
    [InlineData("""["ES256"]""", TokenCodes.Malformed)]
    public void A_header_that_is_not_ours_is_refused_by_its_code(string header, string code)
    {
        var found = Verify(TokenSpec.Raw(header, TokenSpec.Payload(Good)));
        Assert.False(found.Accepted);
        Assert.Null(found.Claims);
        Assert.Equal([code], found.Checks.Failed());
    }

    [Fact]
    public void An_unsecured_token_is_refused_even_without_a_signature()
    {
        var parts = TokenSpec.Raw("""{"alg":"none","typ":"eat+jwt"}""", TokenSpec.Payload(Good)).Split('.');
        var found = Verify($"{parts[0]}.{parts[1]}.");
        Assert.Equal([TokenCodes.Algorithm], found.Checks.Failed());
        Assert.Equal([TokenCodes.Signature], found.Checks.Missed());
    }

    [Fact]
    public void A_type_may_be_spelled_with_application_and_in_capitals() =>
        Assert.True(Verify(TokenSpec.Raw("""{"alg":"ES256","typ":"application/EAT+JWT"}""", TokenSpec.Payload(Good))).Accepted);

    [Fact]
    public void Another_key_signs_nothing()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Equal([TokenCodes.Signature], Verify(EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options, other)).Checks.Failed());
        Assert.Equal([TokenCodes.Signature], EarToken.Verify(EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options with { KeyId = "a" }, TokenSpec.P256), TokenKey.From(TokenSpec.P256, "b"), TokenSpec.Expectation).Checks.Failed());
        Assert.Contains(TokenCodes.Algorithm, EarToken.Verify(Good, TokenKey.From(TokenSpec.P384), TokenSpec.Expectation).Checks.Failed());
    }

    [Fact]
    public void A_key_of_another_curve_of_the_same_size_signs_nothing()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        Assert.Throws<ArgumentException>(() => EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options, other));
        Assert.Contains(TokenCodes.Algorithm, EarToken.Verify(Good, TokenKey.From(other), TokenSpec.Expectation).Checks.Failed());
    }

    [Theory]
    [InlineData(301 + 60, TokenCodes.Expired)]
    [InlineData(-61, TokenCodes.NotYetValid)]
    public void A_token_counts_at_its_time_only(int seconds, string code)
    {
        Assert.Equal([code], Verify(Good, expected => expected with { Now = TokenSpec.Now.AddSeconds(seconds) }).Checks.Failed());
        Assert.True(Verify(Good, expected => expected with { Now = TokenSpec.Now.AddSeconds(seconds - Math.Sign(seconds) * 2) }).Accepted);
    }

    [Fact]
    public void A_token_from_a_time_that_has_not_come_is_refused()
    {
        var later = TokenSpec.Now.AddMinutes(2).ToUnixTimeSeconds();
        Assert.Equal([TokenCodes.NotYetValid], Verify(TokenSpec.Altered("\"iat\":", $"\"nbf\":{later},\"iat\":")).Checks.Failed());
    }

    [Fact]
    public void Age_is_bounded_whatever_the_token_says()
    {
        var expiry = TokenSpec.Now.AddMinutes(5).ToUnixTimeSeconds();
        var eternal = TokenSpec.Altered($"\"exp\":{expiry},", string.Empty);
        Assert.True(Verify(eternal).Accepted);
        Assert.Equal([TokenCodes.TooOld], Verify(eternal, expected => expected with { Now = TokenSpec.Now.AddHours(2) }).Checks.Failed());
        Assert.Equal([TokenCodes.Expired], Verify(eternal, expected => expected with { MaxAge = null }).Checks.Failed());
    }

    [Fact]
    public void The_nonce_must_be_the_relying_partys()
    {
        Assert.Equal([TokenCodes.Nonce], Verify(Good, expected => expected with { Nonce = new byte[32] }).Checks.Failed());
        var without = EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options with { Nonce = default }, TokenSpec.P256);
        Assert.Equal([TokenCodes.Nonce], Verify(without).Checks.Failed());
        Assert.True(Verify(without, expected => expected with { Nonce = default }).Accepted);
    }

    [Fact]
    public void The_evidences_nonce_is_not_the_tokens() =>
        Assert.Equal([TokenCodes.Nonce], Verify(EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options with { Nonce = new byte[16] }, TokenSpec.P256)).Checks.Failed());

    [Fact]
    public void Another_verifier_is_refused_where_one_is_named()
    {
        Assert.True(Verify(Good, expected => expected with { VerifierDeveloper = "https://amnion.example" }).Accepted);
        Assert.Equal([TokenCodes.VerifierIdentity], Verify(Good, expected => expected with { VerifierDeveloper = "https://other.example" }).Checks.Failed());
    }

    [Theory]
    [InlineData("\"hardware\":2", "\"hardware\":96")]
    [InlineData("\"hardware\":2", "\"hardware\":32")]
    [InlineData("\"hardware\":2", "\"hardware\":-128")]
    public void A_status_that_is_better_than_its_vector_is_refused(string old, string replacement) =>
        Assert.Equal([TokenCodes.StatusTooGood], Verify(TokenSpec.Altered(old, replacement)).Checks.Failed());

    [Fact]
    public void An_overall_status_that_is_better_than_its_attesters_is_refused()
    {
        var token = TokenSpec.Altered("\"submods\":{", "\"submods\":{\"gpu\":{\"ear_status\":\"warning\"},");
        Assert.Equal([TokenCodes.StatusTooGood, TokenCodes.Tier], Verify(token).Checks.Failed());
        Assert.Equal([TokenCodes.StatusTooGood], Verify(token, expected => expected with { Tier = TrustTier.Warning }).Checks.Failed());
    }

    [Fact]
    public void An_entry_with_parts_is_appraised_itself_too()
    {
        var token = TokenSpec.Altered("\"submods\":{", "\"submods\":{\"gpu\":{\"ear_status\":\"contraindicated\",\"submods\":{\"core\":{\"ear_status\":\"affirming\"}}},");
        var found = Verify(token);
        Assert.Equal([TokenCodes.StatusTooGood, TokenCodes.Tier], found.Checks.Failed());
        Assert.Equal((TrustTier.Contraindicated, TrustTier.Affirming), (found.Claims!.Submodules["gpu"].Status, found.Claims.Submodules["gpu.core"].Status));
        var unstated = TokenSpec.Altered("\"submods\":{", "\"submods\":{\"gpu\":{\"submods\":{\"core\":{\"ear_status\":\"affirming\"}}},");
        Assert.Empty(Verify(unstated).Checks.Failed());
    }

    [Fact]
    public void The_vector_of_an_entry_with_parts_bounds_its_status()
    {
        const string Vector = "\"ear_trustworthiness_vector\":{\"hardware\":97}";
        var token = TokenSpec.Altered("\"submods\":{", $"\"submods\":{{\"gpu\":{{\"ear_status\":\"affirming\",{Vector},\"submods\":{{\"core\":{{\"ear_status\":\"affirming\"}}}}}},");
        Assert.Equal([TokenCodes.StatusTooGood], Verify(token).Checks.Failed());
        var without = TokenSpec.Altered("\"submods\":{", $"\"submods\":{{\"gpu\":{{{Vector},\"submods\":{{\"core\":{{\"ear_status\":\"affirming\"}}}}}},");
        Assert.Equal([TokenCodes.Malformed], Verify(without).Checks.Failed());
    }

    [Fact]
    public void A_nested_token_is_not_believed_unopened()
    {
        var token = TokenSpec.Altered("\"submods\":{", "\"submods\":{\"gpu\":[\"JWT\",\"a.b.c\"],");
        Assert.Equal([TokenCodes.StatusTooGood, TokenCodes.Tier], Verify(token).Checks.Failed());
    }

    [Theory]
    [InlineData("\"iat\":", "\"exp\":1,\"iat\":")]
    [InlineData("\"ear_status\":\"affirming\",\"ear_verifier_id\"", "\"ear_status\":\"affirming\",\"ear_status\":\"affirming\",\"ear_verifier_id\"")]
    [InlineData("\"ear_status\":\"affirming\",\"ear_verifier_id\"", "\"ear_status\":2,\"ear_verifier_id\"")]
    [InlineData("\"ear_status\":\"affirming\",\"ear_verifier_id\"", "\"ear_status\":\"affirming\",\"ear.verifier-id\":{},\"ear_verifier_id\"")]
    [InlineData("\"hardware\":2", "\"hardware\":128")]
    [InlineData("\"hardware\":2", "\"hardware\":2.5")]
    [InlineData("\"hardware\":2", "\"hardwares\":2")]
    [InlineData("\"hardware\":2", "\"hardware\":\"2\"")]
    [InlineData("\"iat\":", "\"iat\":1.5,\"was\":")]
    [InlineData("\"iat\":", "\"iat\":\"1\",\"was\":")]
    [InlineData("\"iat\":", "\"was\":")]
    [InlineData("\"submods\":{\"snp\"", "\"submods\":{},\"other\":{\"snp\"")]
    [InlineData("\"eat_profile\":", "\"profile\":")]
    [InlineData("\"developer\":", "\"dev\":")]
    public void Claims_that_break_the_draft_are_refused_as_malformed(string old, string replacement)
    {
        var found = Verify(TokenSpec.Altered(old, replacement));
        Assert.Equal([TokenCodes.Malformed], found.Checks.Failed());
        Assert.Null(found.Claims);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30=.AA")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.A A")]
    public void Text_that_is_no_token_is_malformed(string token) => Assert.Equal([TokenCodes.Malformed], Verify(token).Checks.Failed());

    [Fact]
    public void A_second_spelling_of_the_same_signature_is_refused()
    {
        // The last character of 64 bytes carries four unused bits.
        var token = Good;
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var last = Alphabet.IndexOf(token[^1], StringComparison.Ordinal);
        Assert.Equal([TokenCodes.Malformed], Verify(token[..^1] + Alphabet[last ^ 1]).Checks.Failed());
        Assert.Equal([TokenCodes.Malformed], Verify(token + "\n").Checks.Failed());
    }

    [Fact]
    public void No_bit_of_a_token_can_be_changed()
    {
        foreach (var token in new[] { Encoding.ASCII.GetBytes(Good), EarToken.CreateCwt(TokenSpec.Result(), TokenSpec.Options, TokenSpec.P256) })
        {
            var key = TokenKey.From(TokenSpec.P256);
            for (var bit = 0; bit < token.Length * 8; bit += Environment.GetEnvironmentVariable("AMNION_EXHAUSTIVE") == "1" ? 1 : 37)
            {
                var altered = token.ToArray();
                altered[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(EarToken.Verify(altered, key, TokenSpec.Expectation).Accepted, $"bit {bit}");
            }

            for (var length = 0; length < token.Length; length += 7)
            {
                Assert.False(EarToken.Verify(token.AsSpan(0, length), key, TokenSpec.Expectation).Accepted);
            }
        }
    }

    [Theory]
    [InlineData(-8, 16, "application/eat+cwt", TokenCodes.Algorithm)]
    [InlineData(-7, 16, "application/cwt", TokenCodes.Type)]
    [InlineData(-7, 3, "application/eat+cwt", TokenCodes.Type)]
    [InlineData(-7, 2, "application/eat+cwt", TokenCodes.Critical)]
    public void A_cbor_header_that_is_not_ours_is_refused_by_its_code(int algorithm, int label, string type, string code)
    {
        var claims = Claims(EarToken.CreateCwt(TokenSpec.Result(), TokenSpec.Options, TokenSpec.P256));
        var found = EarToken.Verify(Sign(claims, writer => Header(writer, algorithm, label, type)), TokenKey.From(TokenSpec.P256), TokenSpec.Expectation);
        Assert.Contains(code, found.Checks.Failed());
        Assert.Null(found.Claims);
    }

    [Fact]
    public void A_cbor_token_may_name_its_type_by_number_and_carry_its_own_tag()
    {
        var claims = Claims(EarToken.CreateCwt(TokenSpec.Result(), TokenSpec.Options, TokenSpec.P256));
        var token = Sign(claims, writer =>
        {
            writer.WriteStartMap(2);
            writer.WriteInt32(1);
            writer.WriteInt32(-7);
            writer.WriteInt32(16);
            writer.WriteInt32(263);
            writer.WriteEndMap();
        });
        Assert.True(EarToken.Verify([0xd8, 0x3d, .. token], TokenKey.From(TokenSpec.P256), TokenSpec.Expectation).Accepted);
    }

    [Fact]
    public void A_claim_by_number_and_by_name_is_there_twice()
    {
        var claims = Claims(EarToken.CreateCwt(TokenSpec.Result(), TokenSpec.Options, TokenSpec.P256));
        Assert.Equal(0xa7, claims[0]);
        byte[] doubled = [0xa8, .. claims.AsSpan(1), 0x6a, .. "ear_status"u8, 0x69, .. "affirming"u8];
        var found = EarToken.Verify(Sign(doubled, writer => Header(writer, -7, 16, "application/eat+cwt")), TokenKey.From(TokenSpec.P256), TokenSpec.Expectation);
        Assert.Equal([TokenCodes.Malformed], found.Checks.Failed());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86401)]
    public void A_lifetime_out_of_bounds_is_the_callers_mistake(int seconds) =>
        Assert.Throws<ArgumentException>(() => EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options with { Lifetime = TimeSpan.FromSeconds(seconds) }, TokenSpec.P256));

    [Fact]
    public void Decoded_evidence_can_be_left_out_and_is_never_that_of_a_forgery()
    {
        Assert.DoesNotContain("ear_attester_claims", TokenSpec.Payload(EarToken.CreateJwt(TokenSpec.Result(), TokenSpec.Options with { IncludeFields = false }, TokenSpec.P256)), StringComparison.Ordinal);
        var forged = TokenSpec.Result(replaced: TokenSpec.Check("AMN-SNP-0010", CheckKind.Authenticity, CheckOutcome.Fail));
        var payload = TokenSpec.Payload(EarToken.CreateJwt(forged, TokenSpec.Options, TokenSpec.P256));
        Assert.DoesNotContain("ear_attester_claims", payload, StringComparison.Ordinal);
        Assert.Contains("\"verdict\":\"Rejected\"", payload, StringComparison.Ordinal);
    }

    static byte[] Claims(byte[] token)
    {
        var reader = new CborReader(token);
        _ = reader.ReadTag();
        _ = reader.ReadStartArray();
        reader.SkipValue();
        reader.SkipValue();
        return reader.ReadByteString();
    }

    static void Header(CborWriter writer, int algorithm, int label, string type)
    {
        writer.WriteStartMap(2);
        writer.WriteInt32(1);
        writer.WriteInt32(algorithm);
        writer.WriteInt32(label);
        writer.WriteTextString(type);
        writer.WriteEndMap();
    }

    static byte[] Sign(byte[] claims, Action<CborWriter> header)
    {
        var encoded = Encode(header);
        var input = Encode(writer =>
        {
            writer.WriteStartArray(4);
            writer.WriteTextString("Signature1");
            writer.WriteByteString(encoded);
            writer.WriteByteString([]);
            writer.WriteByteString(claims);
            writer.WriteEndArray();
        });
        return Encode(writer =>
        {
            writer.WriteTag((CborTag)18);
            writer.WriteStartArray(4);
            writer.WriteByteString(encoded);
            writer.WriteStartMap(0);
            writer.WriteEndMap();
            writer.WriteByteString(claims);
            writer.WriteByteString(TokenSpec.P256.SignData(input, HashAlgorithmName.SHA256));
            writer.WriteEndArray();
        });
    }

    static byte[] Encode(Action<CborWriter> write)
    {
        var writer = new CborWriter();
        write(writer);
        return writer.Encode();
    }
}
