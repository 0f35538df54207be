using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Records;

namespace Amnion.KeyBroker.Audit;

/// <summary>One entry of the audit log. Its hash covers every member and the hash before it. docs/specs/key-broker.md §5.</summary>
public sealed record AuditRecord
{
    /// <summary>The format's name, part of what is hashed.</summary>
    public const string Format = "amnion/broker-audit/1";

    /// <summary>Position, from 1 without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>The broker's clock, to the millisecond.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The subject of records about tenants, the configuration signer and its releases. No key can have this name.</summary>
    public const string Configuration = "(configuration)";

    /// <summary>The key; <see cref="Configuration"/> for tenants and configuration releases; empty for the root key's replacement.</summary>
    public required string KeyId { get; init; }

    /// <summary>The version of the key or of the configuration at that moment; 0 where neither is meant.</summary>
    public required long KeyVersion { get; init; }

    /// <summary>What was decided.</summary>
    public required AuditDecision Decision { get; init; }

    /// <summary>Why a release was refused, one of <see cref="KeyBrokerCodes"/>; empty otherwise.</summary>
    public required string Code { get; init; }

    /// <summary>Codes of the failed checks, in their order, each once; of the configuration, which tenant and which API key's hash changed.</summary>
    public required ImmutableArray<string> Reasons { get; init; }

    /// <summary>SHA-256 of the policy that was in force, or of the configuration's content.</summary>
    public required Digest Policy { get; init; }

    /// <summary>SHA-256 of the platform's Evidence; empty where none was appraised.</summary>
    public required Digest Evidence { get; init; }

    /// <summary>SHA-256 of the challenge's 32 bytes; empty where none was presented.</summary>
    public required Digest Challenge { get; init; }

    /// <summary>The hash of the record before; 32 zero bytes for the first.</summary>
    public required Digest Previous { get; init; }

    /// <summary>SHA-256 of the canonical JSON of everything above.</summary>
    public required Digest Hash { get; init; }

    internal static Digest Start { get; } = Digest.FromBytes(new byte[SHA256.HashSizeInBytes]);

    internal Digest ComputeHash() => Digest.Sha256(CanonicalJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("seq", Sequence);
        json.WriteNumber("time", Time.ToUnixTimeMilliseconds());
        json.WriteString("key_id", KeyId);
        json.WriteNumber("version", KeyVersion);
        json.WriteString("decision", Decision.ToString());
        json.WriteString("code", Code);
        json.WriteString("reasons", string.Join(' ', Reasons));
        json.WriteDigest("policy", Policy);
        json.WriteDigest("evidence", Evidence);
        json.WriteDigest("challenge", Challenge);
        json.WriteDigest("prev", Previous);
        json.WriteEndObject();
    }));
}
