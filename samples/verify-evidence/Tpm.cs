using Amnion.Attestation;

static class Tpm
{
    // evidence.json or .bin: quote, signature, register values and the attestation key's certificate; eventlog.bin: the firmware's log.
    public static AttestationResult Verify(string folder, byte[] nonce, DateTimeOffset now) => EvidenceAppraiser.Appraise(
        AttestationPlatform.Tpm,
        File.ReadAllBytes(Path.Combine(folder, "evidence.bin")),
        AppraisalPolicy.Parse(File.ReadAllBytes(Path.Combine(folder, "policy.json"))),
        new AppraisalContext { Now = now, Nonce = nonce, EventLog = File.ReadAllBytes(Path.Combine(folder, "eventlog.bin")) });
}
