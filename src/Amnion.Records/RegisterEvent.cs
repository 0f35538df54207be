namespace Amnion.Records;

/// <summary>One extension of a measurement register: the data extended is the digest's 48 bytes.</summary>
/// <param name="Register">Register number, 16 to 23.</param>
/// <param name="Name">What was measured, for example "model.manifest"; the key of its preimage in the evidence bundle.</param>
/// <param name="Digest">SHA-384 of the preimage.</param>
public sealed record RegisterEvent(int Register, string Name, Digest Digest);
