using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;

static class Quote
{
    // The same for TDX and SGX. signers.pem: the issuer chains that Intel's service sends in headers beside TCB info and identity.
    public static AttestationResult Verify(string platform, string folder, byte[] reportData, DateTimeOffset now)
    {
        byte[] Read(string name) => File.ReadAllBytes(Path.Combine(folder, name));
        var signers = new X509Certificate2Collection();
        signers.ImportFromPemFile(Path.Combine(folder, "signers.pem"));
        return EvidenceAppraiser.Appraise(platform, Read("quote.bin"), AppraisalPolicy.Parse(Read("policy.json")), new AppraisalContext
        {
            Now = now,
            ExpectedUserData = reportData,
            Endorsements = new Endorsements
            {
                Certificates = [.. signers.Select(certificate => (ReadOnlyMemory<byte>)certificate.RawData)],
                RevocationLists = [Read("pck.crl"), Read("root.crl")],
                TcbInfos = [Read("tcb-info.json")],
                EnclaveIdentities = [Read("qe-identity.json")],
            },
        });
    }
}
