using System.Security.Cryptography;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Tests.Tpm;

/// <summary>
/// Quotes of a software TPM that others wrote, verified here and by tpm2_checkquote: both accept the good ones and both refuse what was tampered with. Skipped
/// where swtpm and tpm2-tools are absent.
/// </summary>
public sealed class TpmOracleTests
{
    const string Nonce = "000102030405060708090a0b0c0d0e0f";

    static readonly string[] s_tampers = ["message", "signature", "pcrs", "nonce"];

    /// <summary>Key and scheme as tpm2_create names them, and registers as tpm2_quote does.</summary>
    public static TheoryData<string, string> Cases => new()
    {
        { "rsa2048:rsassa-sha256", "sha256:0,1,2,3,7" },
        { "rsa2048:rsassa-sha384", "sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23" },
        { "rsa2048:rsapss-sha256", "sha256:0,7" },
        { "ecc256:ecdsa-sha256", "sha256:0,7,16" },
        { "ecc384:ecdsa-sha384", "sha384:0,7" },
        { "ecc256:ecdsa-sha256", "sha256:7+sha384:0,16" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_tpm2_tools_on_good_and_on_tampered_quotes(string key, string registers)
    {
        if (SoftwareTpm.Missing is { } missing)
        {
            Assert.Skip(missing);
        }

        using var tpm = new SoftwareTpm();
        MakeKey(tpm, key);
        var (scheme, hash) = (key.Split(':')[1].Split('-')[0], key.Split('-')[1]);
        tpm.Run($"tpm2_quote -Q -c ak.ctx -l {registers} --scheme {scheme} -g {hash} -q {Nonce} -m message -s signature -o pcrs");
        Assert.Empty(Ours(tpm, Nonce));

        // tpm2_checkquote of tpm2-tools 5.4 verifies no PSS at all; what it cannot accept it cannot contradict.
        Assert.Equal(scheme == "rsapss" ? 1 : 0, Theirs(tpm, hash, Nonce));
        foreach (var tampered in s_tampers)
        {
            var nonce = tampered == "nonce" ? "ff" + Nonce[2..] : Nonce;
            var original = tampered == "nonce" ? [] : tpm.Read(tampered);
            if (tampered != "nonce")
            {
                File.WriteAllBytes(tpm.Path(tampered), Flip(original, tampered));
            }

            Assert.NotEmpty(Ours(tpm, nonce));
            Assert.NotEqual(0, Theirs(tpm, hash, nonce));
            if (tampered != "nonce")
            {
                File.WriteAllBytes(tpm.Path(tampered), original);
            }
        }
    }

    [Fact]
    public void Reads_what_tpm2_tools_write_as_values_and_the_public_area_in_both_forms()
    {
        if (SoftwareTpm.Missing is { } missing)
        {
            Assert.Skip(missing);
        }

        using var tpm = new SoftwareTpm();
        MakeKey(tpm, "ecc256:ecdsa-sha256");
        tpm.Run($"tpm2_quote -Q -c ak.ctx -l sha256:0,7,16 -q {Nonce} -m message -s signature -o pcrs -F values");
        Assert.Empty(Ours(tpm, Nonce));
        var area = TpmPublic.Parse(tpm.Read("ak.pub"));
        Assert.Equal(tpm.Read("ak.der"), area.SubjectPublicKeyInfo.ToArray());
        tpm.Run("tpm2_readpublic -Q -c ak.ctx -n ak.name -f tss -o ak.tss");
        Assert.Equal(tpm.Read("ak.name"), area.Name.ToArray());
        Assert.Equal(area.Encoded.ToArray(), TpmPublic.Parse(tpm.Read("ak.tss")).Encoded.ToArray());
    }

    [Fact]
    public void Refuses_a_key_that_is_not_restricted_although_tpm2_tools_accept_its_signature()
    {
        if (SoftwareTpm.Missing is { } missing)
        {
            Assert.Skip(missing);
        }

        using var tpm = new SoftwareTpm();
        MakeKey(tpm, "ecc256:ecdsa-sha256", "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign");
        tpm.Run($"tpm2_quote -Q -c ak.ctx -l sha256:0,7 -q {Nonce} -m message -s signature -o pcrs");
        Assert.Equal([TpmCodes.KeyAttributes], Ours(tpm, Nonce));
        Assert.Equal(0, Theirs(tpm, "sha256", Nonce));
    }

    /// <summary>A parent of the owner's hierarchy, an attestation key under it, and registers that hold something.</summary>
    static void MakeKey(SoftwareTpm tpm, string key, string attributes = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|restricted|sign")
    {
        tpm.Run("tpm2_createprimary -Q -C o -g sha256 -G ecc -c parent.ctx");
        tpm.Run($"tpm2_pcrextend 7:sha256={new string('a', 64)},sha384={new string('b', 96)} 16:sha256={new string('c', 64)},sha384={new string('d', 96)}");
        tpm.Run($"tpm2_create -Q -C parent.ctx -g sha256 -G {key}:null -a {attributes} -u ak.pub -r ak.priv");
        tpm.Run("tpm2_load -Q -C parent.ctx -u ak.pub -r ak.priv -c ak.ctx");
        tpm.Run("tpm2_readpublic -Q -c ak.ctx -f pem -o ak.pem");
        tpm.Run("tpm2_readpublic -Q -c ak.ctx -f der -o ak.der");
    }

    static string[] Ours(SoftwareTpm tpm, string nonce)
    {
        try
        {
            var evidence = TpmEvidence.FromFiles(tpm.Read("message"), tpm.Read("signature"), tpm.Read("pcrs"), tpm.Read("ak.pub"));
            var verification = new TpmVerification { Anchors = [new Measurement(SHA256.HashData(tpm.Read("ak.der")))], At = TestAuthority.Now, Nonce = Convert.FromHexString(nonce) };
            return [.. TpmVerifier.Verify(evidence, verification).Where(check => check.Rejects).Select(check => check.Code)];
        }
        catch (TpmFormatException exception)
        {
            return [exception.Code];
        }
    }

    static int Theirs(SoftwareTpm tpm, string hash, string nonce) => tpm.Try($"tpm2_checkquote -Q -u ak.pem -m message -s signature -f pcrs -g {hash} -q {nonce}").Code;

    /// <summary>One bit: in the quoted digest, in the signature's number, in a register's value.</summary>
    static byte[] Flip(byte[] original, string name)
    {
        byte[] flipped = [.. original];
        flipped[name == "pcrs" ? 132 + 4 + 4 + 2 : flipped.Length - 1] ^= 1;
        return flipped;
    }
}
