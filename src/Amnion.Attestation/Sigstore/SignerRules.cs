using System.Collections.Immutable;

namespace Amnion.Attestation.Sigstore;

/// <summary>Compares who signed and what was said with the policy.</summary>
static class SignerRules
{
    /// <summary>The signer of a certificate.</summary>
    public static void CheckSigner(SignerIdentity? signer, SigstorePolicy policy, CheckList checks)
    {
        checks.Add(SigstoreRules.PolicyNamesSigner, policy.Issuer is not null && (policy.Signer is not null || policy.WorkflowRepository is not null), "an issuer, and a signer or repository");
        if (policy.Issuer is { } issuer)
        {
            checks.Add(SigstoreRules.Issuer, signer?.Issuer == issuer, issuer, signer?.Issuer ?? "none");
        }

        if (policy.Signer is { } name)
        {
            checks.Add(SigstoreRules.Signer, signer?.Name == name, name, signer?.Name ?? "none");
        }

        if (policy.WorkflowRepository is { } repository)
        {
            // The older claim has the name, the newer one the address. Where both are there both must say the same.
            var agrees = signer?.SourceRepository is not { } source || source.EndsWith("/" + repository, StringComparison.Ordinal);
            checks.Add(SigstoreRules.WorkflowRepository, signer?.WorkflowRepository == repository && agrees, repository, Both(signer?.WorkflowRepository, signer?.SourceRepository));
        }

        if (policy.WorkflowRefPrefix is { Length: > 0 } prefix)
        {
            // From the ref claims alone: the workflow's address ends in a ref too, but of the workflow's own file.
            var agrees = signer?.SourceRef is not { } source || source.StartsWith(prefix, StringComparison.Ordinal);
            checks.Add(SigstoreRules.WorkflowRef, signer?.WorkflowRef?.StartsWith(prefix, StringComparison.Ordinal) == true && agrees, prefix + "…", Both(signer?.WorkflowRef, signer?.SourceRef));
        }
    }

    /// <summary>The envelope's type and statement.</summary>
    public static void CheckStatement(DsseEnvelope envelope, InTotoStatement? statement, SigstorePolicy policy, ReadOnlyMemory<byte>? artifactDigest, CheckList checks)
    {
        checks.Add(SigstoreRules.PayloadType, envelope.PayloadType == policy.PayloadType, policy.PayloadType, envelope.PayloadType);
        if (statement is null)
        {
            return;
        }

        checks.Add(SigstoreRules.StatementType, Allows(policy.StatementTypes, statement.Type), Show(policy.StatementTypes), statement.Type);
        checks.Add(SigstoreRules.PredicateType, Allows(policy.PredicateTypes, statement.PredicateType), Show(policy.PredicateTypes), statement.PredicateType);
        checks.Add(SigstoreRules.SubjectMissing, !statement.Subjects.IsEmpty, "at least one");
        if (statement.Subjects.IsEmpty)
        {
            return;
        }

        if ((policy.SubjectDigest?.Bytes ?? artifactDigest) is not { Length: 32 } digest)
        {
            checks.Skip(SigstoreRules.SubjectDigest, "the policy names no SHA-256 digest, and there is no artifact");
            return;
        }

        var expected = Convert.ToHexStringLower(digest.Span);
        var subjects = policy.AnySubject ? statement.Subjects : [statement.Subjects[0]];
        checks.Add(SigstoreRules.SubjectDigest, subjects.Any(subject => subject.Digests.GetValueOrDefault("sha256") == expected), expected, string.Join(", ", subjects.Take(4).Select(subject => subject.Digests.GetValueOrDefault("sha256") ?? "none")));
    }

    /// <summary>A bare signature over an artifact: it makes no statement, so that only a policy that asks for none can be met.</summary>
    public static void CheckArtifact(SigstorePolicy policy, ReadOnlyMemory<byte>? artifactDigest, CheckList checks)
    {
        checks.Add(SigstoreRules.PredicateType, policy.PredicateTypes is null, Show(policy.PredicateTypes), "no statement: the bundle holds a bare signature");
        if (policy.SubjectDigest is not { } wanted)
        {
            return;
        }

        var expected = Convert.ToHexStringLower(wanted.Bytes.Span);
        if (artifactDigest is not { } digest)
        {
            checks.Skip(SigstoreRules.SubjectDigest, "not checked: no artifact", expected);
            return;
        }

        checks.Add(SigstoreRules.SubjectDigest, wanted.Bytes.Span.SequenceEqual(digest.Span), expected, Convert.ToHexStringLower(digest.Span));
    }

    static bool Allows(ImmutableArray<string>? allowed, string type) => allowed is not { } list || (!list.IsDefault && list.Contains(type, StringComparer.Ordinal));

    static string Show(ImmutableArray<string>? allowed) => allowed is not { } list ? "any" : list.IsDefaultOrEmpty ? "none" : string.Join(", ", list);

    static string Both(string? older, string? newer) => newer is null ? older ?? "none" : $"{older ?? "none"}, {newer}";
}
