namespace Amnion.Sealing;

/// <summary>One pair of symmetric algorithms of a key configuration (RFC 9458 §3.1). Unknown values are kept as they are.</summary>
/// <param name="KdfId">Key derivation function.</param>
/// <param name="AeadId">Authenticated cipher.</param>
public readonly record struct OhttpSymmetricSuite(HpkeKdf KdfId, HpkeAead AeadId);
