using System.Collections.Immutable;

namespace Amnion.Attestation.Sigstore;

/// <summary>
/// The keys that everything else rests on, as the relying party has them: certificate authorities (Fulcio), certificate logs,
/// signature logs (Rekor), timestamp authorities, each with the period the root vouches for. Sigstore trusted root, versions 0.1 and 0.2.
/// It is an input: this library fetches nothing and has no built-in copy.
/// </summary>
public sealed class SigstoreTrustedRoot
{
    /// <summary>Most bytes of the document; the public instance's has some 7 KiB.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>Most logs or authorities of one kind; the public instance has two of each after five years.</summary>
    public const int MaxInstances = 32;

    internal SigstoreTrustedRoot(ImmutableArray<LogInstance> logs, ImmutableArray<AuthorityInstance> authorities, ImmutableArray<LogInstance> certificateLogs, ImmutableArray<AuthorityInstance> timestampAuthorities)
    {
        Logs = logs;
        Authorities = authorities;
        CertificateLogs = certificateLogs;
        TimestampAuthorities = timestampAuthorities;
    }

    internal ImmutableArray<LogInstance> Logs { get; }

    internal ImmutableArray<AuthorityInstance> Authorities { get; }

    internal ImmutableArray<LogInstance> CertificateLogs { get; }

    internal ImmutableArray<AuthorityInstance> TimestampAuthorities { get; }

    /// <summary>Parses strictly: no unknown or repeated member, every period with its start, every certificate strict DER.</summary>
    /// <exception cref="SigstoreFormatException">Anything else, with <see cref="SigstoreCodes.TrustedRootMalformed"/>.</exception>
    public static SigstoreTrustedRoot Parse(ReadOnlySpan<byte> json) =>
        SigstoreJson.Read(json, MaxLength, "trusted root", SigstoreCodes.TrustedRootMalformed, TrustedRootReader.Read);
}
