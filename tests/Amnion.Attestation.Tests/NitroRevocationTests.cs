using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Tests;

/// <summary>Issuers' revocation lists: optional input, and nothing unclear in one is taken for an answer.</summary>
public sealed class NitroRevocationTests
{
    static readonly DateTimeOffset s_from = TestChain.Epoch.AddHours(-1);
    static readonly DateTimeOffset s_until = TestChain.Epoch.AddHours(1);

    readonly TestChain _chain = new();

    string[] Failed(params byte[][] lists) => NitroVerifier.Verify(
        NitroDocument.Parse(_chain.Document()),
        _chain.Verification with { RevocationLists = [.. lists.Select(list => (ReadOnlyMemory<byte>)list)] }).Failed();

    [Fact]
    public void Accepts_certificates_that_are_on_no_list() =>
        Assert.Empty(Failed(_chain.RevocationList(_chain.Region, [[1, 2, 3]], s_from, s_until), _chain.RevocationList(_chain.Root, [], s_from, s_until)));

    [Fact]
    public void Ignores_lists_of_other_issuers()
    {
        var other = new CertificateSpec("another CA", TestChain.Key());
        Assert.Empty(Failed(_chain.RevocationList(other, [_chain.Instance.Serial], s_from.AddDays(-9), s_from.AddDays(-8))));
    }

    [Fact]
    public void A_list_of_another_issuer_is_no_answer_about_this_chain()
    {
        var other = new CertificateSpec("another CA", TestChain.Key());
        var lists = (ReadOnlyMemory<byte>)_chain.RevocationList(other, [], s_from, s_until);
        var check = NitroVerifier.Verify(NitroDocument.Parse(_chain.Document()), _chain.Verification with { RevocationLists = [lists] }).Only(NitroCodes.RevokedByIssuer);
        Assert.Equal((CheckOutcome.Skip, false), (check.Outcome, check.Required));
        var passed = NitroVerifier.Verify(NitroDocument.Parse(_chain.Document()), _chain.Verification with { RevocationLists = [lists, _chain.RevocationList(_chain.Region, [], s_from, s_until)] }).Only(NitroCodes.RevokedByIssuer);
        Assert.Equal(CheckOutcome.Pass, passed.Outcome);
    }

    [Fact]
    public void Rejects_a_certificate_that_its_issuer_revoked() =>
        Assert.Equal([NitroCodes.RevokedByIssuer], Failed(_chain.RevocationList(_chain.Region, [[1], _chain.Instance.Serial], s_from, s_until)));

    [Fact]
    public void Rejects_a_revoked_leaf() =>
        Assert.Equal([NitroCodes.RevokedByIssuer], Failed(_chain.RevocationList(_chain.Instance, [_chain.Leaf.Serial], s_from, s_until)));

    [Fact]
    public void Rejects_a_list_of_another_key()
    {
        var forged = new CertificateSpec(_chain.Region.Name, TestChain.Key());
        Assert.Equal([NitroCodes.RevocationListUnusable], Failed(_chain.RevocationList(forged, [], s_from, s_until)));
    }

    [Fact]
    public void Rejects_a_list_signed_with_sha_256() =>
        Assert.Equal([NitroCodes.RevocationListUnusable], Failed(_chain.RevocationList(_chain.Region, [], s_from, s_until, HashAlgorithmName.SHA256)));

    [Fact]
    public void Rejects_a_stale_list() =>
        Assert.Equal([NitroCodes.RevocationListUnusable], Failed(_chain.RevocationList(_chain.Region, [], s_from.AddDays(-1), TestChain.Epoch.AddSeconds(-1))));

    [Fact]
    public void Rejects_a_list_of_the_future() =>
        Assert.Equal([NitroCodes.RevocationListUnusable], Failed(_chain.RevocationList(_chain.Region, [], TestChain.Epoch.AddSeconds(1), s_until)));

    [Fact]
    public void Rejects_a_list_of_a_ca_that_may_not_sign_lists()
    {
        _chain.Region.KeyUsage = X509KeyUsageFlags.KeyCertSign;
        Assert.Equal([NitroCodes.RevocationListUnusable], Failed(_chain.RevocationList(_chain.Region, [], s_from, s_until)));
    }

    [Fact]
    public void Rejects_a_list_that_does_not_parse()
    {
        var list = _chain.RevocationList(_chain.Region, [], s_from, s_until);
        Assert.Equal([NitroCodes.RevocationListUnusable], Failed([.. list, 0]));
        Assert.Equal([NitroCodes.RevocationListUnusable], Failed([0x30]));
    }

    [Fact]
    public void Says_that_no_list_was_given()
    {
        var check = NitroVerifier.Verify(NitroDocument.Parse(_chain.Document()), _chain.Verification).Only(NitroCodes.RevokedByIssuer);
        Assert.Equal(CheckOutcome.Skip, check.Outcome);
        Assert.False(check.Required);
    }
}
