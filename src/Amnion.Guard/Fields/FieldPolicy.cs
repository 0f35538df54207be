using System.Collections.Immutable;
using Amnion.Records;

namespace Amnion.Guard.Fields;

/// <summary>
/// Which fields of a kind of document are encrypted, tokenised, signed or left alone. Its digest is bound to every field and every document that is
/// sealed under it, so that nothing opens under another policy.
/// </summary>
public sealed class FieldPolicy
{
    /// <summary>The policy's format name.</summary>
    public const string Format = "amnion/field-policy/1";

    internal FieldPolicy(ImmutableArray<FieldRule> rules, FieldAction otherwise, byte[] canonical)
    {
        Rules = rules;
        Otherwise = otherwise;
        Digest = Digest.Sha256(canonical);
    }

    /// <summary>The rules; no two name the same place.</summary>
    public ImmutableArray<FieldRule> Rules { get; }

    /// <summary>What is done to every field without a rule: <see cref="FieldAction.Sign"/> unless the policy says <see cref="FieldAction.None"/>.</summary>
    public FieldAction Otherwise { get; }

    /// <summary>SHA-256 of the policy's canonical form (RFC 8785).</summary>
    public Digest Digest { get; }

    /// <summary>Reads a policy, docs/specs/guard-fields.md §2.</summary>
    /// <exception cref="FieldFormatException"><see cref="FieldCodes.MalformedPolicy"/>: not such a policy, or two rules contradict each other.</exception>
    public static FieldPolicy Parse(ReadOnlySpan<byte> json) => FieldPolicyReader.Read(json);
}
