namespace Amnion.Attestation.Certificates;

/// <summary>The checks of a certification path. RFC 5280 §6. Nitro has codes of its own, which came first; all other formats share these.</summary>
sealed record PathRules
{
    /// <summary>The codes shared by all formats with several chains: the profile's name stands before each check's.</summary>
    public static PathRules X509 { get; } = new();

    public CheckRule KeyType { get; init; } = new(PathCodes.KeyType, "every key is of an accepted kind and size", "RFC 5480 §2.1.1, NIST SP 800-131A");

    public CheckRule SignatureAlgorithm { get; init; } = new(PathCodes.SignatureAlgorithm, "every certificate is signed with an accepted algorithm", "RFC 5758 §3.2, RFC 4055");

    public CheckRule TrustAnchor { get; init; } = new(PathCodes.TrustAnchor, "the root is a trust anchor", "RFC 5280 §6.1.1 (d)");

    public CheckRule RootSelfSigned { get; init; } = new(PathCodes.RootNotSelfSigned, "the root is signed by itself", "RFC 5280 §3.2");

    public CheckRule NameChaining { get; init; } = new(PathCodes.NameChaining, "issuers and subjects form a chain, root first", "RFC 5280 §6.1.3 (a)(4)");

    public CheckRule CertificateSignature { get; init; } = new(PathCodes.CertificateSignature, "every certificate is signed by the one before it", "RFC 5280 §6.1.3 (a)(1)");

    public CheckRule NotYetValid { get; init; } = new(PathCodes.NotYetValid, "no certificate starts later", "RFC 5280 §6.1.3 (a)(2)");

    public CheckRule Expired { get; init; } = new(PathCodes.Expired, "no certificate has expired", "RFC 5280 §6.1.3 (a)(2)");

    public CheckRule CertificateAuthority { get; init; } = new(PathCodes.NotCertificateAuthority, "every issuer is a CA", "RFC 5280 §6.1.4 (k)");

    public CheckRule LeafNotAuthority { get; init; } = new(PathCodes.LeafIsCertificateAuthority, "the leaf certificate is not a CA", "RFC 5280 §4.2.1.9");

    public CheckRule PathLength { get; init; } = new(PathCodes.PathLength, "path lengths are kept", "RFC 5280 §6.1.4 (l)");

    public CheckRule KeyCertSign { get; init; } = new(PathCodes.KeyCertSign, "every CA may sign certificates", "RFC 5280 §6.1.4 (n)");

    public CheckRule DigitalSignature { get; init; } = new(PathCodes.DigitalSignature, "the leaf may make signatures", "RFC 5280 §4.2.1.3");

    public CheckRule CriticalExtension { get; init; } = new(PathCodes.CriticalExtension, "every critical extension is applied", "RFC 5280 §6.1.4 (o)");

    public CheckRule Revoked { get; init; } = new(PathCodes.Revoked, "no certificate is revoked by the relying party", "RFC 5280 §5.3");

    public CheckRule RevokedByIssuer { get; init; } = new(PathCodes.RevokedByIssuer, "no certificate is revoked by its issuer", "RFC 5280 §6.3.3");

    public CheckRule RevocationLists { get; init; } = new(PathCodes.RevocationListUnusable, "revocation lists can be relied on", "RFC 5280 §6.3.3");

    public CheckRule RevocationListMissing { get; init; } = new(PathCodes.RevocationListMissing, "every revocation list that is needed was given", "RFC 5280 §6.3.3");

    /// <summary>The same rules with a chain's name before each check's; an empty one changes nothing.</summary>
    public PathRules Of(string chain)
    {
        CheckRule Named(CheckRule rule) => rule with { Name = $"{chain}: {rule.Name}" };
        return chain.Length == 0 ? this : new PathRules
        {
            KeyType = Named(KeyType),
            SignatureAlgorithm = Named(SignatureAlgorithm),
            TrustAnchor = Named(TrustAnchor),
            RootSelfSigned = Named(RootSelfSigned),
            NameChaining = Named(NameChaining),
            CertificateSignature = Named(CertificateSignature),
            NotYetValid = Named(NotYetValid),
            Expired = Named(Expired),
            CertificateAuthority = Named(CertificateAuthority),
            LeafNotAuthority = Named(LeafNotAuthority),
            PathLength = Named(PathLength),
            KeyCertSign = Named(KeyCertSign),
            DigitalSignature = Named(DigitalSignature),
            CriticalExtension = Named(CriticalExtension),
            Revoked = Named(Revoked),
            RevokedByIssuer = Named(RevokedByIssuer),
            RevocationLists = Named(RevocationLists),
            RevocationListMissing = Named(RevocationListMissing),
        };
    }
}
