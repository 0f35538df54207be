using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Attestation.Cbor;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.SevSnp;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Composite;

/// <summary>Verifies Microsoft's endorsement of a utility VM, and that it is for the machine that a report describes.</summary>
public static class UvmVerifier
{
    /// <summary>The feed of the utility VM of confidential containers.</summary>
    public const string ContainerPlatform = "ContainerPlat-AMD-UVM";

    /// <summary>"Microsoft Supply Chain RSA Root CA 2022", valid from 2022-02-17 to 2047-02-17.</summary>
    public static TrustAnchor MicrosoftSupplyChain2022 { get; } = new()
    {
        CertificateDigest = Measurement.FromHex("23ffe2b8bdb9a1711515d4cffda04bc7f793d513c76c243f1020507d8669b7db"),
        KeyDigest = Measurement.FromHex("84ce862a73b73d63b1cdbde1d30559eaab4040f6a63638c83e8357fe2250e5d3"),
    };

    /// <summary>Runs every check and lists all of them; the endorsement holds where none rejects.</summary>
    /// <param name="info">The endorsement.</param>
    /// <param name="anchors">Roots accepted, usually <see cref="MicrosoftSupplyChain2022"/>.</param>
    /// <param name="at">The time at which the chain must be valid. Signing certificates live a year; an endorsement kept longer is verified at <see cref="UvmReferenceInfo.SigningTime"/>, which is the signer's word alone.</param>
    /// <param name="feed">The feed that is wanted.</param>
    /// <param name="launchMeasurement">MEASUREMENT of an authentic report; null leaves the comparison to the caller.</param>
    public static ImmutableArray<AttestationCheck> Verify(UvmReferenceInfo info, ImmutableArray<TrustAnchor> anchors, DateTimeOffset at, string feed = ContainerPlatform, Measurement? launchMeasurement = null)
    {
        ArgumentNullException.ThrowIfNull(info);
        var checks = new CheckList();
        Verify(info, feed, launchMeasurement, new PathContext { Anchors = anchors, At = at }, checks);
        return checks.ToImmutable();
    }

    /// <summary>The check that HOST_DATA is the SHA-256 of a container group's security policy.</summary>
    /// <param name="report">An authentic report.</param>
    /// <param name="policy">The policy's text, decoded from Base64.</param>
    public static AttestationCheck VerifySecurityPolicy(SnpReport report, ReadOnlySpan<byte> policy)
    {
        ArgumentNullException.ThrowIfNull(report);
        var checks = new CheckList();
        var digest = SHA256.HashData(policy);
        checks.Add(AzureRules.SecurityPolicy, report.HostData.Span.SequenceEqual(digest), Convert.ToHexStringLower(report.HostData.Span), Convert.ToHexStringLower(digest));
        return checks.ToImmutable()[0];
    }

    internal static void Verify(UvmReferenceInfo info, string feed, Measurement? launchMeasurement, PathContext context, CheckList checks)
    {
        checks.Add(AzureRules.UvmMalformed, CheckOutcome.Pass);
        var leafFirst = TpmKeyProvenance.Parse(info.Chain, context.Cache, checks);
        if (leafFirst.Count == info.Chain.Length)
        {
            CheckSignature(info, leafFirst[0], checks);
            CertificatePath.Verify([.. leafFirst.AsEnumerable().Reverse()], TpmKeyProvenance.Profile("UVM chain", leafSigns: true), context, checks);
            checks.Add(AzureRules.UvmIssuer, IssuerProblems(info.Issuer, leafFirst), "did:x509 with a CA of the chain and a purpose of the leaf");
            CheckThumbprint(info, leafFirst[0], checks);
        }
        else
        {
            // Without every certificate of the chain there is no leaf to verify with, and an endorsement that nobody signed must not pass for want of checks.
            checks.Add(AzureRules.UvmSignature, CheckOutcome.Fail, "a signature of the leaf key", "not checked: x5chain has a certificate that is malformed or there twice");
        }

        checks.Add(AzureRules.UvmFeed, info.Feed == feed, feed, info.Feed);
        if (launchMeasurement is { } measurement)
        {
            checks.Add(AzureRules.UvmMeasurement, info.LaunchMeasurement == measurement, measurement.ToString(), info.LaunchMeasurement.ToString());
        }
    }

    /// <summary>x5t is optional (RFC 9360 §2): the chain stands in the protected header too, so the signature covers which certificate is the leaf.</summary>
    static void CheckThumbprint(UvmReferenceInfo info, Certificate leaf, CheckList checks)
    {
        var thumbprint = SHA256.HashData(leaf.Der.Span);
        if (info.Thumbprint is { } stated)
        {
            checks.Add(AzureRules.UvmThumbprint, stated.Span.SequenceEqual(thumbprint), Convert.ToHexStringLower(thumbprint), Convert.ToHexStringLower(stated.Span));
        }
        else
        {
            checks.Add(AzureRules.UvmThumbprint, CheckOutcome.Skip, Convert.ToHexStringLower(thumbprint), "the endorsement states none; its signature covers the chain", required: false);
        }
    }

    /// <summary>Sig_structure of RFC 9052 §4.4; RSASSA-PSS of RFC 8230 §2 with a salt as long as the hash, ECDSA of RFC 9053 §2.1.</summary>
    static void CheckSignature(UvmReferenceInfo info, Certificate leaf, CheckList checks)
    {
        var key = leaf.Key;
        var signed = new CborOutput().Array(4).Text("Signature1").Bytes(info.Protected.Span).Bytes([]).Bytes(info.Payload.Span).ToArray();
        var holds = key is not null && info.Algorithm switch
        {
            -37 => key.Verify(signed, info.Signature, new SignatureAlgorithm(SignatureScheme.RsaPss, HashAlgorithmName.SHA256)),
            -38 => key.Verify(signed, info.Signature, new SignatureAlgorithm(SignatureScheme.RsaPss, HashAlgorithmName.SHA384)),
            -39 => key.Verify(signed, info.Signature, new SignatureAlgorithm(SignatureScheme.RsaPss, HashAlgorithmName.SHA512)),
            -7 => key.VerifyFixed(signed, info.Signature.Span, HashAlgorithmName.SHA256),
            -35 => key.VerifyFixed(signed, info.Signature.Span, HashAlgorithmName.SHA384),
            -36 => key.VerifyFixed(signed, info.Signature.Span, HashAlgorithmName.SHA512),
            _ => false,
        };
        checks.Add(AzureRules.UvmSignature, holds, "a signature of the leaf key by PS256 to PS512 or ES256 to ES512");
    }

    /// <summary>did:x509, version 0: the fingerprint is of a CA in the chain, and every policy holds for the leaf; only "eku" is known here.</summary>
    static List<string> IssuerProblems(string issuer, List<Certificate> leafFirst)
    {
        var parts = issuer.Split("::");
        var method = parts[0].Split(':');
        if (method is not ["did", "x509", "0", "sha256", var fingerprint] || parts.Length < 2)
        {
            return ["not a did:x509 of version 0 with SHA-256 and a policy"];
        }

        var problems = new List<string>();
        var wanted = new byte[32];
        var decoded = fingerprint.Length == 43 && Base64Url.DecodeFromChars(fingerprint, wanted, out _, out var written) == System.Buffers.OperationStatus.Done && written == 32;
        if (!decoded || !leafFirst.Skip(1).Any(authority => SHA256.HashData(authority.Der.Span).AsSpan().SequenceEqual(wanted)))
        {
            problems.Add("the fingerprint is of no CA in the chain");
        }

        var purposes = TpmKeyProvenance.Purposes(leafFirst[0]);
        problems.AddRange(parts.Skip(1).Where(policy => !policy.StartsWith("eku:", StringComparison.Ordinal) || !purposes.Contains(policy["eku:".Length..])).Select(policy => "the leaf does not keep " + policy));
        return problems;
    }
}
