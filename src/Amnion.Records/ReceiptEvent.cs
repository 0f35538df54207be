namespace Amnion.Records;

/// <summary>One event of a receipt, named as in ACI aci/1. The digest is over sealed bytes: a bare hash of a short answer is guessable.</summary>
/// <param name="Type">"request.received" or "response.returned".</param>
/// <param name="Digest">SHA-256 over the sealed request, or over the sealed answer up to the chunk that carries the receipt.</param>
/// <param name="Length">Sealed bytes hashed.</param>
public sealed record ReceiptEvent(string Type, Digest Digest, long Length);
