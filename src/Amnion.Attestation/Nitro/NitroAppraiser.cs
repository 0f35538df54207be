using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation.Nitro;

/// <summary>Compares an authentic document with a policy: RFC 9334 §8.4, AWS Nitro Enclaves attestation process §3.</summary>
public static class NitroAppraiser
{
    /// <summary>Parses, verifies and appraises.</summary>
    public static AttestationResult Appraise(ReadOnlySpan<byte> document, AppraisalPolicy policy, AppraisalContext context) =>
        Appraise(document, policy, context, new CheckList());

    /// <summary>Verifies and appraises a parsed document.</summary>
    public static AttestationResult Appraise(NitroDocument document, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Appraise(document, policy, context, new CheckList());
    }

    internal static AttestationResult Appraise(ReadOnlySpan<byte> evidence, AppraisalPolicy policy, AppraisalContext context, CheckList checks)
    {
        ArgumentNullException.ThrowIfNull(policy);
        NitroDocument document;
        try
        {
            document = NitroDocument.Parse(evidence);
        }
        catch (NitroFormatException exception)
        {
            var malformed = new CheckList();
            malformed.Add(exception.Code == NitroCodes.NitroTpm ? NitroRules.NitroTpm : NitroRules.Document, CheckOutcome.Fail, actual: exception.Message);
            return AttestationResult.Malformed(policy.Platform, malformed.ToImmutable()[0]);
        }

        return Appraise(document, policy, context, checks);
    }

    static AttestationResult Appraise(NitroDocument document, AppraisalPolicy policy, AppraisalContext context, CheckList checks)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        var anchor = SelectAnchor(policy, context, checks);
        checks.Add(NitroRules.Document, CheckOutcome.Pass);
        NitroVerifier.CheckUnknownFields(document.Content, checks);
        checks.AddRange(NitroVerifier.Verify(document, new NitroVerification
        {
            Anchor = anchor,
            At = context.AtDocumentTime ? context.AuditTime ?? document.Timestamp : context.Now,
            ClockSkew = policy.ClockSkew,
            RevocationLists = context.Endorsements.RevocationLists,
            Revoked = context.Revoked,
            Cache = context.Cache,
        }));
        NitroVerifier.CheckAge(NitroRules.Age, document.Timestamp, policy, context, checks);
        CheckNonce(document, context, checks);
        CheckUserData(document, context, checks);
        CheckDebug(document, policy, checks);
        CheckRegisters(document, policy, checks);
        var fields = NitroFields.Of(document, context.Cache);
        FieldAppraisal.CheckValues(fields, policy, checks);
        if (!policy.Machines.IsDefaultOrEmpty)
        {
            FieldAppraisal.CheckMachine(fields, NitroFields.Spec, policy, checks);
        }

        return AttestationResult.FromChecks(policy.Platform, context.AtDocumentTime, checks.ToImmutable(), checks.Authentic ? Claims(document, anchor, fields) : null);
    }

    /// <summary>Emulated and real never share a root: an image has the same registers in both, so the root is what tells them apart.</summary>
    static TrustAnchor SelectAnchor(AppraisalPolicy policy, AppraisalContext context, CheckList checks)
    {
        var aws = NitroRoots.AwsRootG1;
        var isAws = policy.TrustAnchor == aws.KeyDigest;
        var fits = policy.Platform == AttestationPlatform.Nitro ? isAws : AttestationPlatform.IsEmulated(policy.Platform) && !isAws;
        var given = context.AnchorCertificate is { } der ? new Measurement(SHA256.HashData(der.Span)) : (Measurement?)null;
        checks.Add(NitroRules.AnchorFits, fits, policy.Platform == AttestationPlatform.Nitro ? aws.KeyDigest.ToTaggedString() : "a development root", policy.TrustAnchor.ToTaggedString());
        return new TrustAnchor
        {
            KeyDigest = policy.TrustAnchor,
            CertificateDigest = given ?? (isAws ? aws.CertificateDigest : null),
        };
    }

    static void CheckNonce(NitroDocument document, AppraisalContext context, CheckList checks)
    {
        var expected = context.Nonce.Span;
        if (expected.IsEmpty && context.AtDocumentTime)
        {
            checks.Add(NitroRules.Nonce, CheckOutcome.Skip, actual: "no nonce was given", required: false);
        }
        else if (expected.Length is < Attestation.Nonce.MinLength or > Attestation.Nonce.MaxLength)
        {
            checks.Add(NitroRules.Nonce, CheckOutcome.Fail, "16 to 64 bytes from the relying party", string.Create(CultureInfo.InvariantCulture, $"{expected.Length} bytes given"));
        }
        else
        {
            Compare(NitroRules.Nonce, context.Nonce, document.Nonce, checks);
        }
    }

    static void CheckUserData(NitroDocument document, AppraisalContext context, CheckList checks)
    {
        if (context.ExpectedUserData is not { } expected)
        {
            checks.Add(NitroRules.UserData, CheckOutcome.Skip, actual: "no expected value was given", required: false);
            return;
        }

        if (expected.IsEmpty)
        {
            checks.Add(NitroRules.UserData, CheckOutcome.Fail, "a value", "an empty one, which binds nothing");
            return;
        }

        Compare(NitroRules.UserData, expected, document.UserData, checks);
    }

    static void Compare(CheckRule rule, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte>? actual, CheckList checks) => checks.Add(
        rule,
        actual is { } found && found.Span.SequenceEqual(expected.Span),
        Convert.ToHexStringLower(expected.Span),
        actual is { } shown ? Convert.ToHexStringLower(shown.Span) : "absent");

    static void CheckDebug(NitroDocument document, AppraisalPolicy policy, CheckList checks)
    {
        var found = document switch
        {
            { NamesImage: true } => null,
            { IsDebug: true } => "debug mode: PCR0 to PCR2 are zero",
            _ => "PCR0 is zero or absent",
        };
        var allowed = found is not null && policy.DangerousAllowDebug;
        var outcome = found is null ? CheckOutcome.Pass : allowed ? CheckOutcome.Skip : CheckOutcome.Fail;
        checks.Add(NitroRules.Debug, outcome, "PCR0 is not zero", allowed ? found + "; the policy allows it" : found, required: !allowed);
    }

    static void CheckRegisters(NitroDocument document, AppraisalPolicy policy, CheckList checks)
    {
        // PCR0 covers kernel, command line and all ramdisks; PCR1 and PCR2 together do too; PCR8 is whoever signs the image.
        var pinned = policy.Registers;
        checks.Add(NitroRules.PinsCode, policy.NamesCode, "register 0, 8, or both 1 and 2, none of them zero", pinned.IsEmpty ? "no registers" : string.Join(", ", pinned.Keys));
        foreach (var (index, values) in pinned)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"register {index}");
            var expected = values.IsDefaultOrEmpty ? null : string.Join(" or ", values);
            if (expected is null)
            {
                checks.Add(NitroRules.RegisterValues, CheckOutcome.Fail, "at least one value", "none", name: name);
            }
            else if (!document.Pcrs.TryGetValue(index, out var actual))
            {
                checks.Add(NitroRules.RegisterMissing, CheckOutcome.Fail, expected, "absent", name: name);
            }
            else
            {
                checks.Add(NitroRules.RegisterMismatch, values.Contains(actual), expected, actual.ToString(), name);
            }
        }
    }

    static AttestationClaims Claims(NitroDocument document, TrustAnchor anchor, ImmutableArray<EvidenceField> fields) => new()
    {
        AttesterId = document.ModuleId,
        IssuedAt = document.Timestamp,
        Registers = document.Pcrs,
        PublicKey = document.PublicKey,
        UserData = document.UserData,
        Nonce = document.Nonce,
        TrustAnchor = anchor.KeyDigest,
        Debug = !document.NamesImage,
        Fields = fields,
    };
}
