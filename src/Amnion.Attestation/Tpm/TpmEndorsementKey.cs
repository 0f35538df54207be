using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.Tpm;

/// <summary>
/// Verifies the certificate of a TPM's endorsement key: TCG EK Credential Profile for TPM 2.0. It says that a genuine TPM holds that key. It
/// says nothing about an attestation key until the TPM has shown, by activating a credential, that it holds both; enrolment does that and then pins
/// the attestation key.
/// </summary>
public static class TpmEndorsementKey
{
    const string Manufacturer = "2.23.133.2.1";
    const string Model = "2.23.133.2.2";
    const string Version = "2.23.133.2.3";

    /// <summary>[4] of GeneralName, EXPLICIT since Name is a CHOICE: RFC 5280 §4.2.1.6.</summary>
    static readonly Asn1Tag s_directoryName = new(TagClass.ContextSpecific, 4, isConstructed: true);

    /// <summary>Runs every check and lists all of them.</summary>
    /// <param name="certificate">The endorsement key's certificate, DER.</param>
    /// <param name="verification">Anchors, time, further certificates and lists; the rest is not used.</param>
    public static ImmutableArray<AttestationCheck> Verify(ReadOnlyMemory<byte> certificate, TpmVerification verification)
    {
        ArgumentNullException.ThrowIfNull(verification);
        var checks = new CheckList(verification.MaySkip);
        var certificates = TpmKeyProvenance.Parse(verification.Certificates.Insert(0, certificate), verification.Cache, checks);
        var leaf = certificates.Find(candidate => candidate.Der.Span.SequenceEqual(certificate.Span));
        if (leaf is null)
        {
            return checks.ToImmutable();
        }

        checks.Add(TpmRules.EndorsementProfile, ProfileProblems(leaf), "purpose, key usage and TPM names as the profile has them");
        if (CertificatePath.Build(leaf, certificates, verification.At) is { } path)
        {
            checks.Add(TpmRules.EndorsementChain, CheckOutcome.Pass);
            CertificatePath.Verify(path, TpmKeyProvenance.Profile("EK chain", leafSigns: false), TpmKeyProvenance.Context(verification), checks);
        }
        else
        {
            checks.Skip(TpmRules.EndorsementChain, "issuers between the certificate and a root were not given", "a root among the trust anchors");
        }

        return checks.ToImmutable();
    }

    static List<string> ProfileProblems(Certificate leaf)
    {
        var problems = new List<string>();
        if (!TpmKeyProvenance.Purposes(leaf).Contains(TpmKeyProvenance.EndorsementPurpose))
        {
            problems.Add("extKeyUsage lacks tcg-kp-EKCertificate");
        }

        var wanted = Certificates.PublicKey.KindOf(leaf) == KeyKind.Rsa ? X509KeyUsageFlags.KeyEncipherment : X509KeyUsageFlags.KeyAgreement;
        if (!(leaf.KeyUsage ?? X509KeyUsageFlags.None).HasFlag(wanted))
        {
            problems.Add("keyUsage lacks " + (wanted == X509KeyUsageFlags.KeyEncipherment ? "keyEncipherment" : "keyAgreement"));
        }

        var names = leaf.Extensions.FirstOrDefault(extension => extension.Oid == TpmKeyProvenance.SubjectAlternativeName);
        var emptySubject = leaf.Subject.Span.SequenceEqual((ReadOnlySpan<byte>)[0x30, 0x00]);
        if (names.Oid is null)
        {
            problems.Add("no subjectAltName");
        }
        else
        {
            var found = TpmNames(names.Value);
            problems.AddRange(new[] { (Manufacturer, "manufacturer"), (Model, "model"), (Version, "version") }.Where(name => !found.Contains(name.Item1)).Select(name => "subjectAltName lacks the TPM's " + name.Item2));
            if (emptySubject && !names.Critical)
            {
                problems.Add("subjectAltName is not critical though the subject is empty");
            }
        }

        return problems;
    }

    /// <summary>Types of the attributes in the directory names: RFC 5280 §4.2.1.6.</summary>
    static HashSet<string> TpmNames(ReadOnlyMemory<byte> value)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            var reader = new AsnReader(value, AsnEncodingRules.DER);
            var names = reader.ReadSequence();
            while (names.HasData)
            {
                if (!names.PeekTag().HasSameClassAndValue(s_directoryName))
                {
                    _ = names.ReadEncodedValue();
                    continue;
                }

                ReadAttributes(names.ReadSequence(s_directoryName).ReadSequence(), types);
            }
        }
        catch (AsnContentException)
        {
            types.Clear();
        }

        return types;
    }

    static void ReadAttributes(AsnReader relative, HashSet<string> types)
    {
        while (relative.HasData)
        {
            var set = relative.ReadSetOf();
            while (set.HasData)
            {
                types.Add(set.ReadSequence().ReadObjectIdentifier());
            }
        }
    }
}
