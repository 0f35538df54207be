using System.Collections.Immutable;
using System.Globalization;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.Tpm;

namespace Amnion.Attestation.Composite;

/// <summary>Compares an authentic quote, and the event log that explains it, with a policy: RFC 9334 §8.4.</summary>
public static class TpmAppraiser
{
    /// <summary>The weakness that a policy may allow: banks and signatures of SHA-1.</summary>
    public const string AllowSha1 = "sha1";

    /// <summary>
    /// Register 4 is the boot loader, or a unified kernel image with everything in it; 8 and 9 are what GRUB ran and loaded; 11 is a unified kernel image. The
    /// value that is bound and the nonce share the qualifying data.
    /// </summary>
    internal static readonly FormatSpec Spec = new()
    {
        CodeFields = [["pcr.4"], ["pcr.8", "pcr.9"], ["pcr.11"]],
        PinFields = ["pcr.0", "pcr.2", "pcr.7", "pcr.8", "pcr.9", "pcr.11", "pcr.12"],
        MachineField = "ak_sha256",
        BindingField = "extra_data",
        NonceField = "extra_data",
    };

    /// <summary>Parses, verifies and appraises; the event log is the context's, or else the Evidence's own.</summary>
    /// <param name="evidence">Any of the containers of <see cref="TpmEvidence"/>.</param>
    /// <param name="policy">The relying party's policy, for <see cref="AttestationPlatform.Tpm"/>. Registers are pinned as values "pcr.0" and so on.</param>
    /// <param name="context">Nonce, time and further certificates. A quote states no time, so an audit verifies at <see cref="AppraisalContext.Now"/> too.</param>
    public static AttestationResult Appraise(ReadOnlySpan<byte> evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return Appraise(TpmEvidence.Parse(evidence, context.Cache), policy, context);
        }
        catch (TpmFormatException exception)
        {
            var malformed = new CheckList();
            malformed.Add(exception.Code == TpmCodes.NotAQuote ? TpmRules.IsQuote : TpmRules.Evidence, CheckOutcome.Fail, actual: exception.Message);
            return AttestationResult.Malformed(policy.Platform, malformed.ToImmutable()[0]);
        }
    }

    /// <summary>Verifies and appraises parsed Evidence.</summary>
    public static AttestationResult Appraise(TpmEvidence evidence, AppraisalPolicy policy, AppraisalContext context)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(context);
        var checks = new CheckList(policy.MaySkip);
        context = FieldAppraisal.Begin(AttestationPlatform.Tpm, policy, context, checks);
        checks.Add(TpmRules.Evidence, CheckOutcome.Pass);
        var anchor = TpmVerifier.Verify(evidence, Verification(policy, context), checks);
        var selected = TpmVerifier.Select(evidence, policy.Allow.Contains(AllowSha1));
        var fields = Fields(evidence, selected, context.Cache);
        if (selected is { } found)
        {
            fields.AddRange(BootLog.Check(context.EventLog ?? evidence.EventLog, EventLogKind.Tpm, found.Values.Algorithm, found.Values.Values, context.Cache, checks));
        }

        FieldAppraisal.Check(fields, Spec, null, policy, context, checks);
        var claims = selected is { } authentic && checks.Authentic ? Claims(authentic, fields, anchor) : null;
        return AttestationResult.FromChecks(policy.Platform, context.AtDocumentTime, checks.ToImmutable(), claims);
    }

    /// <summary>Decoded values of Evidence, authentic or not, without its event log's.</summary>
    public static ImmutableArray<EvidenceField> Fields(TpmEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return [.. Fields(evidence, TpmVerifier.Select(evidence, dangerousAllowSha1: true), null)];
    }

    /// <summary>Registers that a policy names by value, "pcr.N", under a prefix.</summary>
    internal static ImmutableSortedSet<int> PinnedRegisters(AppraisalPolicy policy, string prefix) =>
        [.. policy.Values.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1).Where(index => index >= 0)];

    static TpmVerification Verification(AppraisalPolicy policy, AppraisalContext context)
    {
        var path = PathContext.From(policy, context);
        return new TpmVerification
        {
            Anchors = policy.Words.AnchorKeys,
            At = path.At,
            Registers = policy.Words.PcrRegisters,
            AllowFurtherRegisters = true,
            DangerousAllowSha1 = policy.Allow.Contains(AllowSha1),
            Certificates = context.Endorsements.Certificates,
            RevocationLists = path.RevocationLists,
            Revoked = path.Revoked,
            Cache = path.Cache,
        };
    }

    static List<EvidenceField> Fields(TpmEvidence evidence, (TpmSignedQuote Quote, TpmPcrValues Values)? selected, AppraisalCache? cache)
    {
        // A quote's own and its registers', some forty, and of a machine's log some two hundred.
        var fields = new List<EvidenceField>(256);
        fields.AddRange((selected?.Quote ?? evidence.Quotes[0]).Quote.Fields.AsSpan());
        if (evidence.AttestationKeyInfo is { } key)
        {
            fields.Add(new EvidenceField("ak_sha256", KeyCarrier.Digest(key, cache).ToString(), "the attestation key, by the hash that policies pin"));
        }

        if (evidence.AttestationKey is { } area)
        {
            // Whoever sends a public area fills it in: only the key in it is compared with one that somebody vouches for (docs/specs/tpm.md §1).
            fields.Add(new EvidenceField("ak_name", area.NameText, "the attestation key's name within its TPM") { IsRemark = true });
            fields.Add(new EvidenceField("ak_attributes", string.Create(CultureInfo.InvariantCulture, $"0x{area.Attributes:x}"), "what the attestation key may be used for") { IsRemark = true });
        }

        if (selected is { } found)
        {
            fields.AddRange(found.Values.Fields.AsSpan());
        }

        return fields;
    }

    static AttestationClaims Claims((TpmSignedQuote Quote, TpmPcrValues Values) selected, List<EvidenceField> fields, Measurement anchor) => new()
    {
        AttesterId = Convert.ToHexStringLower(selected.Quote.Quote.QualifiedSigner.Span),
        IssuedAt = null,
        Registers = selected.Values.Registers,
        Nonce = selected.Quote.Quote.ExtraData,
        UserData = selected.Quote.Quote.ExtraData,
        TrustAnchor = anchor,
        Debug = false,
        Fields = [.. fields],
    };
}
