using Amnion.Attestation;

static class Nvidia
{
    // device.json: what NVIDIA's tools write, report and chain; rims: driver and VBIOS manifests; ocsp: answers about the chains.
    public static AttestationResult Verify(string folder, byte[] nonce, DateTimeOffset now)
    {
        ReadOnlyMemory<byte>[] All(string name) => [.. Directory.GetFiles(Path.Combine(folder, name)).Select(path => (ReadOnlyMemory<byte>)File.ReadAllBytes(path))];
        return EvidenceAppraiser.Appraise(AttestationPlatform.Nvidia, File.ReadAllBytes(Path.Combine(folder, "device.json")), AppraisalPolicy.Parse(File.ReadAllBytes(Path.Combine(folder, "policy.json"))), new AppraisalContext
        {
            Now = now,
            Nonce = nonce,
            Endorsements = new Endorsements { Rims = [.. All("rims")], OcspResponses = [.. All("ocsp")] },
        });
    }
}
