namespace Amnion.Attestation.Certificates;

/// <summary>Who signed a response about an issuer's certificates.</summary>
/// <param name="Problem">Why nobody with the right to was found; null where somebody was.</param>
/// <param name="HasSigned">Whether that one's signature is on the response.</param>
sealed record OcspSigner(string? Problem, bool HasSigned);
