using System.Text;
using Amnion.Attestation.Certificates;
using Amnion.Attestation.ReferenceValues;
using Amnion.Attestation.Sigstore;

namespace Amnion.Attestation.Tests.Sigstore;

/// <summary>No input makes a parser of provenance do anything but return or throw its own exception.</summary>
public sealed class SigstoreFuzzTests
{
    static readonly TestSigstore s_test = new();
    static readonly byte[] s_bundle = Encoding.UTF8.GetBytes(s_test.Bundle().ToJsonString());
    static readonly byte[] s_root = s_test.Root();

    [Fact]
    public void Bundles() => Fuzz.Run(41, [s_bundle], input =>
    {
        var result = SigstoreVerifier.Verify(input, s_root, s_test.Policy, new SigstoreContext { Now = s_test.Now });

        // Accepted must mean the same bundle: at most its spelling changed, white space or escapes.
        Assert.True(!result.Accepted || result.Statement!.PredicateType == TestSigstore.Predicate);
    });

    [Fact]
    public void Trusted_roots() => Fuzz.Run(42, [s_root], input =>
    {
        try
        {
            _ = SigstoreTrustedRoot.Parse(input);
        }
        catch (SigstoreFormatException exception)
        {
            Assert.InRange(exception.Offset, -1, input.Length);
        }
    });

    [Fact]
    public void Checkpoints() => Fuzz.Run(43, [Encoding.UTF8.GetBytes(s_test.Bundle()["verificationMaterial"]!["tlogEntries"]![0]!["inclusionProof"]!["checkpoint"]!["envelope"]!.GetValue<string>())], input =>
    {
        var checkpoint = Checkpoint.Parse(Encoding.UTF8.GetString(input), out var problem);
        Assert.True(checkpoint is null == problem.Length > 0);
    });

    [Fact]
    public void Timestamp_tokens() => Fuzz.Run(44, [TimestampTokens.Sample], input => _ = TimestampToken.Parse(input));

    [Fact]
    public void Certificates() => Fuzz.Run(45, [Convert.FromBase64String(s_test.Bundle()["verificationMaterial"]!["certificate"]!["rawBytes"]!.GetValue<string>())], input =>
    {
        try
        {
            var certificate = Certificate.Parse(input);
            _ = SignedCertificateTimestamp.ReadEmbedded(certificate);
            _ = SignedCertificateTimestamp.ToPrecertificate(certificate);
            _ = SignerReader.ReadNames(certificate);
            _ = SignerReader.ReadClaims(certificate, []);
            _ = SignerReader.ReadUses(certificate);
        }
        catch (CertificateFormatException)
        {
        }
    });

    [Fact]
    public void Statements_and_predicates() => Fuzz.Run(46, [Encoding.UTF8.GetBytes(s_test.Statement)], input =>
    {
        try
        {
            var statement = InTotoStatement.Parse(input);
            _ = MeasurementPredicate.Read(statement.PredicateType, statement.Predicate.Span, out _);
            _ = MeasurementPredicate.ReadHardware(MeasurementTypes.Hardware, statement.Predicate.Span, "x", out _);
        }
        catch (SigstoreFormatException)
        {
        }
    });
}
