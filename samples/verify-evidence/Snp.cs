using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;

static class Snp
{
    // vek-ask-ark.pem: VCEK or VLEK, ASK and ARK from AMD's key distribution service; crl.der: the list of the same product.
    public static AttestationResult Verify(string folder, byte[] reportData, DateTimeOffset now)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(Path.Combine(folder, "vek-ask-ark.pem"));
        return EvidenceAppraiser.Appraise(AttestationPlatform.Snp, File.ReadAllBytes(Path.Combine(folder, "report.bin")), AppraisalPolicy.Parse(File.ReadAllBytes(Path.Combine(folder, "policy.json"))), new AppraisalContext
        {
            Now = now,
            ExpectedUserData = reportData,
            Endorsements = new Endorsements { Certificates = [.. chain.Select(certificate => (ReadOnlyMemory<byte>)certificate.RawData)], RevocationLists = [File.ReadAllBytes(Path.Combine(folder, "crl.der"))] },
        });
    }
}
