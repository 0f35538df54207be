using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Dcap.Pck;

/// <summary>The certificates that were given besides the quote.</summary>
sealed class EndorsedCertificates
{
    readonly List<Certificate> _certificates = [];

    EndorsedCertificates()
    {
    }

    public IReadOnlyList<Certificate> All => _certificates;

    /// <summary>Reads all; one that cannot be read rejects, because nobody can say what it would have changed.</summary>
    public static EndorsedCertificates Read(Endorsements endorsements, AppraisalCache? cache, CheckList checks)
    {
        var read = new EndorsedCertificates();
        var problems = new List<string>();
        for (var i = 0; i < endorsements.Certificates.Length && i < Endorsements.MaxCount; i++)
        {
            var der = endorsements.Certificates[i];
            try
            {
                if (!read.Holds(der.Span))
                {
                    read._certificates.Add(Certificate.Parse(der, cache));
                }
            }
            catch (CertificateFormatException exception)
            {
                problems.Add(exception.Message);
            }
        }

        if (problems.Count > 0)
        {
            checks.Add(DcapRules.CertificateMalformed, problems, "strict DER, version 3", "endorsed " + DcapRules.CertificateMalformed.Name);
        }

        return read;
    }

    /// <summary>Whether a certificate of these bytes was given.</summary>
    public bool Holds(ReadOnlySpan<byte> der)
    {
        foreach (var known in _certificates)
        {
            if (known.Der.Span.SequenceEqual(der))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Every certificate with the name of one of Intel's signers must lead to a trust anchor. A forged one among good ones would not be
    /// used, but says that whoever gave the endorsements is not to be trusted, or that two issuers' answers were mixed up.
    /// </summary>
    public void CheckStray(IReadOnlyCollection<Certificate> pool, DcapVerification verification, CheckList checks)
    {
        List<string>? strays = null;
        foreach (var certificate in _certificates)
        {
            if (IntelNames.IsSigner(certificate.CommonName) && !Leads(certificate, pool, verification))
            {
                (strays ??= []).Add($"{certificate.CommonName}, serial number {Convert.ToHexStringLower(certificate.SerialNumber.Span)}");
            }
        }

        checks.Add(DcapRules.StrayCertificate, strays, "signed by the anchor, or by one it signed");
    }

    static bool Leads(Certificate certificate, IReadOnlyCollection<Certificate> pool, DcapVerification verification)
    {
        if (CertificatePath.Build(certificate, pool, verification.At) is not { } path)
        {
            return false;
        }

        var isSigned = path[0].IsSignedBy(path[0]);
        for (var i = 1; i < path.Count; i++)
        {
            isSigned = isSigned && path[i].IsSignedBy(path[i - 1]);
        }

        return isSigned && verification.Anchors.Any(anchor => anchor.KeyDigest == path[0].KeyDigest);
    }
}
