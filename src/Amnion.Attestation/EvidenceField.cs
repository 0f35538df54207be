namespace Amnion.Attestation;

/// <summary>
/// One decoded value of Evidence. Being decoded says nothing about being authentic: see <see cref="AttestationClaims.Fields"/> for values
/// that are. Policies pin fields by name.
/// </summary>
/// <param name="Name">Stable name, nested names joined with dots, for example "policy_bits.debug".</param>
/// <param name="Value">Lower-case hexadecimal for bytes, decimal or 0x-prefixed for numbers, otherwise printable text; never a secret.</param>
/// <param name="Meaning">What the field says, in words for a person who does not know the format.</param>
public sealed record EvidenceField(string Name, string Value, string Meaning)
{
    /// <summary>
    /// True for text that stands beside what was measured and that nothing vouches for, as most texts of event logs. It is shown to people, is never among an
    /// authentic result's claims, and a policy that names it refuses.
    /// </summary>
    public bool IsRemark { get; init; }
}
