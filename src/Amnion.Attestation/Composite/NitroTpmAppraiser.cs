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
        NitroVerifier.CheckUnknownFields(document.Content, checks);
        var at = context.AtDocumentTime ? context.AuditTime ?? document.Timestamp : context.Now;
        var root = NitroVerifier.VerifyChain(document.Content, PathContext.From(policy, context) with { At = at }, checks);
        NitroVerifier.CheckFuture(NitroTpmRules.Future, document.Timestamp, at, policy.ClockSkew, checks);
        NitroVerifier.CheckAge(NitroTpmRules.Age, document.Timestamp, policy, context, checks);
        var fields = document.Fields.ToList();
        var registers = document.Pcrs.ToImmutableSortedDictionary(pcr => pcr.Key, pcr => pcr.Value.Bytes);
        fields.AddRange(BootLog.Check(context.EventLog, EventLogKind.Tpm, TcgHash.Sha384, registers, context.Cache, checks));
        FieldAppraisal.Check(fields, Spec, null, policy, context, checks);
        var claims = root is { } found && checks.Authentic ? Claims(document, found, fields) : null;
        return AttestationResult.FromChecks(policy.Platform, context.AtDocumentTime, checks.ToImmutable(), claims);
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
