using Amnion.Attestation.Certificates;
using Amnion.Attestation.SevSnp;

namespace Amnion.Attestation.Tests.SevSnp;

/// <summary>No input makes a parser do anything but return or throw its own exception, and nothing changed is accepted.</summary>
public sealed class SnpFuzzTests
{
    static readonly SnpTestPlatform s_platform = SnpTestPlatform.Milan;

    static byte[] Table => SnpCertificateTableTests.Table(("63da758d-e664-4564-adc5-f4b93be8accd", s_platform.Vcek()), ("c0b406a4-a803-4952-9743-3fb6014cd0ae", s_platform.Ark.Der));

    [Fact]
    public void Reports() => Fuzz.Run(20, [s_platform.Report(2), s_platform.Report(5), SnpTestPlatform.Turin.Report(5), new byte[SnpReport.Length]], input =>
    {
        if (!SnpReport.TryParse(input, out var report))
        {
            return;
        }

        Assert.InRange(report.Version, 1, SnpReport.MaxVersion);
        Assert.Equal(input, report.Bytes.ToArray());
        Assert.Equal(report.Fields.Length, report.Fields.Select(field => field.Name).Distinct().Count());
        try
        {
            Assert.StartsWith(SnpEndorsementRequest.Service, SnpEndorsementRequest.For(report).CertificateChain, StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            Assert.Null(report.Product);
        }
    });

    [Fact]
    public void Certificate_tables() => Fuzz.Run(21, [Table], input =>
    {
        try
        {
            var table = SnpCertificateTable.Parse(input);
            Assert.True(table.Certificates.Length + table.RevocationLists.Length + table.Unknown.Length <= SnpCertificateTable.MaxEntries);
        }
        catch (SnpFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, input.Length);
        }
    });

    [Fact]
    public void Endorsement_keys() => Fuzz.Run(22, [s_platform.Vcek(), s_platform.Vlek(), SnpTestPlatform.Turin.Vcek()], input =>
    {
        try
        {
            var certificate = Certificate.Parse(input);
            if (SnpEndorsementKey.Has(certificate) && SnpEndorsementKey.Read(certificate) is { Problems.Count: 0 } key)
            {
                Assert.True(key.HardwareId is { Length: 8 or 64 } || key.CloudProvider is not null);
            }
        }
        catch (CertificateFormatException)
        {
        }
    });

    [Fact]
    public void Appraisals()
    {
        var report = s_platform.Report(5);
        byte[] original = [.. report, .. Table];
        var context = s_platform.Context with { Cache = new AppraisalCache() };
        Assert.True(SnpAppraiser.Appraise(original, s_platform.Policy, context).Accepted);
        var count = 0;
        Fuzz.Run(23, [original, report], input =>
        {
            // The full path is slow; a tenth of the inputs is enough beside the parsers' own tests. The table may change: it proves nothing.
            if (count++ % 10 == 0 && SnpAppraiser.Appraise(input, s_platform.Policy, context).Accepted)
            {
                Assert.Equal(report, input[..SnpReport.Length]);
            }
        });
    }
}
