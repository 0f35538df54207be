using Amnion.Attestation;

static class Nitro
{
    // A Nitro document brings its own chain; the policy names AWS's root.
    public static AttestationResult Verify(string folder, byte[] nonce, byte[]? userData, DateTimeOffset now) => EvidenceAppraiser.Appraise(
        AttestationPlatform.Nitro,
        File.ReadAllBytes(Path.Combine(folder, "document.cbor")),
        AppraisalPolicy.Parse(File.ReadAllBytes(Path.Combine(folder, "policy.json"))),
        new AppraisalContext { Now = now, Nonce = nonce, ExpectedUserData = userData is null ? (ReadOnlyMemory<byte>?)null : userData });
}
