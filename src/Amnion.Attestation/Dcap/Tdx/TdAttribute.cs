namespace Amnion.Attestation.Dcap.Tdx;

/// <summary>One bit of TDATTRIBUTES.</summary>
/// <param name="Name">Last part of its field's name.</param>
/// <param name="Bit">The bit.</param>
/// <param name="Expected">The value a trust domain should have.</param>
/// <param name="Meaning">What the bit says where it is set.</param>
/// <param name="Weakness">The policy's word that accepts the other value.</param>
/// <param name="Rule">The check.</param>
readonly record struct TdAttribute(string Name, ulong Bit, bool Expected, string Meaning, string Weakness, CheckRule Rule)
{
    /// <summary>The field's whole name.</summary>
    public string Field { get; } = "td.attributes." + Name;
}
