using System.Collections.Immutable;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.Nitro;

namespace Amnion.Attestation.Composite;

/// <summary>Verifies a NitroTPM document with the chain rules of Nitro documents, and compares it with a policy: RFC 9334 §8.4.</summary>
public static class NitroTpmAppraiser
{
    internal static readonly FormatSpec Spec = new()
    {
        CodeFields = [["pcr.4"], ["pcr.8", "pcr.9"], ["pcr.11"]],
        PinFields = ["pcr.0", "pcr.2", "pcr.7", "pcr.8", "pcr.9", "pcr.11", "pcr.12"],
        MachineField = "module_id",
        BindingField = "user_data",
        NonceField = "nonce",
    };

    /// <summary>Parses, verifies and appraises.</summary>
    public static AttestationResult Appraise(ReadOnlySpan<byte> document, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return Appraise(NitroTpmDocument.Parse(document), policy, context);
        }
        catch (NitroTpmFormatException exception)
        {
            var malformed = new CheckList();
            malformed.Add(exception.Code == NitroTpmCodes.EnclaveDocument ? NitroTpmRules.EnclaveDocument : NitroTpmRules.Document, CheckOutcome.Fail, actual: exception.Message);
            return AttestationResult.Malformed(policy.Platform, malformed.ToImmutable()[0]);
        }
    }

    /// <summary>Verifies and appraises a parsed document.</summary>
    public static AttestationResult Appraise(NitroTpmDocument document, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        var checks = new CheckList(policy.MaySkip);
        context = FieldAppraisal.Begin(AttestationPlatform.NitroTpm, policy, context, checks);
        checks.Add(NitroTpmRules.Document, CheckOutcome.Pass);
        var at = context.AtDocumentTime ? context.AuditTime ?? document.Timestamp : context.Now;
        var root = VerifyChain(document, PathContext.From(policy, context) with { At = at }, checks);
        checks.Add(NitroTpmRules.Future, document.Timestamp <= Instant.Add(at, policy.ClockSkew), "not after " + CertificatePath.Text(Instant.Add(at, policy.ClockSkew)), CertificatePath.Text(document.Timestamp));
        CheckAge(document, policy, context, checks);
        var fields = document.Fields.ToList();
        var registers = document.Pcrs.ToImmutableSortedDictionary(pcr => pcr.Key, pcr => pcr.Value.Bytes);
        fields.AddRange(BootLog.Check(context.EventLog, EventLogKind.Tpm, TcgHash.Sha384, registers, context.Cache, checks));
        FieldAppraisal.Check(fields, Spec, null, policy, context, checks);
        var claims = root is { } found && checks.Authentic ? Claims(document, found, fields) : null;
        return AttestationResult.FromChecks(policy.Platform, context.AtDocumentTime, checks.ToImmutable(), claims);
    }

    static Measurement? VerifyChain(NitroTpmDocument document, PathContext context, CheckList checks)
    {
        var certificates = new List<Certificate>();
        var problems = new List<string>();
        foreach (var encoded in document.CaBundle.Add(document.Certificate))
        {
            try
            {
                certificates.Add(Certificate.Parse(encoded, context.Cache));
            }
            catch (CertificateFormatException exception)
            {
                problems.Add(exception.Message);
            }
        }

        checks.Add(NitroRules.Certificates, problems, "strict DER, version 3");
        if (problems.Count > 0)
        {
            return null;
        }

        var chain = new CertificatePath(certificates, NitroRules.Profile);
        chain.CheckAlgorithms(checks);
        var key = chain.Key(chain.Count - 1);
        checks.Add(NitroRules.Signature, key is null ? CheckOutcome.Skip : document.Message.Verify(key.Ecdsa!) ? CheckOutcome.Pass : CheckOutcome.Fail, "an ES384 signature of the leaf key");
        chain.CheckPath(context, checks);
        return chain.Root.KeyDigest;
    }

    static void CheckAge(NitroTpmDocument document, AppraisalPolicy policy, AppraisalContext context, CheckList checks)
    {
        if (context.AtDocumentTime)
        {
            checks.Add(NitroTpmRules.Age, CheckOutcome.Skip, actual: "audit at the document's own time", required: false);
            return;
        }

        var oldest = Instant.Add(context.Now, -(policy.MaxAge + policy.ClockSkew));
        checks.Add(NitroTpmRules.Age, document.Timestamp >= oldest, "not before " + CertificatePath.Text(oldest), CertificatePath.Text(document.Timestamp));
    }

    static AttestationClaims Claims(NitroTpmDocument document, Measurement root, List<EvidenceField> fields) => new()
    {
        AttesterId = document.ModuleId,
        IssuedAt = document.Timestamp,
        Registers = document.Pcrs,
        PublicKey = document.PublicKey,
        UserData = document.UserData,
        Nonce = document.Nonce,
        TrustAnchor = root,
        Debug = false,
        Fields = [.. fields],
    };
}
