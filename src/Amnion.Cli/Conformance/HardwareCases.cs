using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;

namespace Amnion.Cli.Conformance;

/// <summary>What cases of composite Evidence need of the hardware under it.</summary>
static class HardwareCases
{
    /// <summary>What no case of composite Evidence brings: collateral and revocation lists. Signatures, chains and bindings are checked all the same.</summary>
    public static readonly ImmutableArray<string> WithoutCollateral = [DcapCodes.TcbInfoMissing, DcapCodes.QeIdentityMissing, PathCodes.RevocationListMissing];

    /// <summary>A quote verified without collateral, at the case's time or one at which its own certificate was valid.</summary>
    public static (DcapQuote Quote, ImmutableArray<AttestationCheck> Checks) VerifyQuote(ReadOnlySpan<byte> encoded, DateTimeOffset? at)
    {
        var quote = DcapQuote.Parse(encoded);
        var verification = new DcapVerification { Anchors = [DcapRoots.IntelSgxRootCa], At = at ?? Time(quote), MaySkip = WithoutCollateral };
        return (quote, DcapVerifier.Verify(quote, verification).Checks);
    }

    /// <summary>A day after the PCK certificate began.</summary>
    public static DateTimeOffset Time(DcapQuote quote) => quote.Fields.FirstOrDefault(field => field.Name == "not_before") is { } start
        ? DateTimeOffset.Parse(start.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).AddDays(1)
        : DateTimeOffset.UnixEpoch;

    /// <summary>A day after a certificate began.</summary>
    public static DateTimeOffset Time(ReadOnlySpan<byte> der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return certificate.NotBefore.ToUniversalTime().AddDays(1);
    }
}
