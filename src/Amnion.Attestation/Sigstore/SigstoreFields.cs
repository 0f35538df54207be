using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.Sigstore;

/// <summary>Names what a bundle says, for people and for comparisons.</summary>
static class SigstoreFields
{
    public static ImmutableArray<EvidenceField> Of(SigstoreBundle bundle, SignerIdentity? signer, InTotoStatement? statement, int scts)
    {
        var fields = ImmutableArray.CreateBuilder<EvidenceField>();
        Add("predicate_type", statement?.PredicateType, "What kind of statement was signed.");
        Add("in_toto_statement_type", statement?.Type, "Version of the statement's format.");
        Add("subject_name", statement is { Subjects: [var first, ..] } ? first.Name : null, "Name of the artifact; proves nothing.");
        Add("subject_digest_sha256_hex", statement is { Subjects: [var digest, ..] } ? digest.Digests.GetValueOrDefault("sha256") : null, "SHA-256 of the artifact that the statement is about.");
        Add("cert_name", signer?.Name, "Who signed, as the certificate authority verified it.");
        Add("cert_oidc_issuer", signer?.Issuer, "Who vouched for the signer's identity.");
        Add("cert_workflow_ref", signer?.WorkflowRef, "Branch or tag that the signing workflow ran for.");
        Add("cert_workflow_repository", signer?.WorkflowRepository, "Repository whose workflow signed.");
        Add("cert_workflow_signer_uri", signer?.BuildSignerUri, "The workflow file that built and signed.");
        Add("cert_source_digest", signer?.SourceDigest, "Commit that was built.");
        Add("cert_runner_environment", signer?.RunnerEnvironment, "Whose machine built it.");
        if (!bundle.Entries.IsEmpty)
        {
            Add("rekor_log_id_hex", Convert.ToHexStringLower(bundle.Entries[0].LogId.Span), "Log that recorded the signature.");
            Add("rekor_integrated_time_unix", bundle.Entries[0].IntegratedTime?.ToString(CultureInfo.InvariantCulture), "When the log recorded it, seconds since 1970.");
        }

        Add("tlog_entry_count", bundle.Entries.Length.ToString(CultureInfo.InvariantCulture), "Log entries in the bundle.");
        Add("sct_count", scts.ToString(CultureInfo.InvariantCulture), "Certificate logs whose timestamp verifies.");
        return fields.ToImmutable();

        void Add(string name, string? value, string meaning)
        {
            if (value is not null)
            {
                fields.Add(new EvidenceField(name, value, meaning));
            }
        }
    }
}
