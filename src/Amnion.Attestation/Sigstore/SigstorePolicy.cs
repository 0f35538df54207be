using System.Collections.Immutable;

namespace Amnion.Attestation.Sigstore;

/// <summary>Whose signature a relying party accepts, about what. RFC 9334 §8.5. Absent means deny.</summary>
public sealed record SigstorePolicy
{
    /// <summary>Media type of in-toto statements.</summary>
    public const string InTotoPayload = "application/vnd.in-toto+json";

    /// <summary>The two published types of in-toto statements.</summary>
    public static readonly ImmutableArray<string> InTotoStatements = ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"];

    /// <summary>SubjectPublicKeyInfo (DER) of the only key accepted, for bundles without certificate. Excludes every other way of naming a signer.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>The OpenID Connect issuer that vouched for the signer, compared exactly.</summary>
    public string? Issuer { get; init; }

    /// <summary>The certificate's one subject alternative name, compared exactly; for GitHub the workflow's address with its ref.</summary>
    public string? Signer { get; init; }

    /// <summary>"owner/name" of the repository the workflow ran for, compared exactly.</summary>
    public string? WorkflowRepository { get; init; }

    /// <summary>What the workflow's ref must begin with, for example "refs/tags/". Null or empty accepts every ref.</summary>
    public string? WorkflowRefPrefix { get; init; }

    /// <summary>Media type of the envelope's payload.</summary>
    public string PayloadType { get; init; } = InTotoPayload;

    /// <summary>Accepted statement types; null accepts any, an empty list none.</summary>
    public ImmutableArray<string>? StatementTypes { get; init; } = InTotoStatements;

    /// <summary>Accepted predicate types, compared exactly; null accepts any, and a bare signature without a statement; an empty list none.</summary>
    public ImmutableArray<string>? PredicateTypes { get; init; } = ImmutableArray<string>.Empty;

    /// <summary>SHA-256 of the artifact that the statement must be about, or that a bare signature must be of; null takes that of the context's artifact.</summary>
    public Measurement? SubjectDigest { get; init; }

    /// <summary>Accepts a statement whose first subject is another artifact, as long as one of them is the right one.</summary>
    public bool AnySubject { get; init; }

    /// <summary>Fewest log entries. Every entry of the bundle must verify, however many there are.</summary>
    public int LogEntriesMin { get; init; } = 1;

    /// <summary>Most log entries; null for no limit but the format's.</summary>
    public int? LogEntriesMax { get; init; }

    /// <summary>Fewest verified signed certificate timestamps, each of another log.</summary>
    public int SctMin { get; init; } = 1;

    /// <summary>Fewest proven times: promised log entries and timestamp tokens. With 0 and none, the certificate must be valid now.</summary>
    public int ObserverTimestampsMin { get; init; } = 1;
}
