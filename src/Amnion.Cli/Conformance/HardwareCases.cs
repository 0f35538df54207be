using System.Collections.Immutable;
using Amnion.Attestation;
using Amnion.Attestation.Dcap;

namespace Amnion.Cli.Conformance;

/// <summary>What cases of quotes without collateral need, alone or inside composite Evidence.</summary>
static class HardwareCases
{
    /// <summary>What no case of composite Evidence brings: collateral and revocation lists. Signatures, chains and bindings are checked all the same.</summary>
    public static readonly ImmutableArray<string> WithoutCollateral = [DcapCodes.TcbInfoMissing, DcapCodes.QeIdentityMissing, PathCodes.RevocationListMissing];

    /// <summary>A quote verified without collateral, at the case's time or one at which its own certificate was valid.</summary>
    /// <exception cref="DcapFormatException">No quote; the case is then refused for that.</exception>
    public static (DcapQuote Quote, ImmutableArray<AttestationCheck> Checks) VerifyQuote(ConformanceCase item, ReadOnlySpan<byte> encoded, params ReadOnlySpan<string> maySkip)
    {
        var quote = DcapQuote.Parse(encoded);
        var verification = new DcapVerification { Anchors = [item.Anchor ?? DcapRoots.IntelSgxRootCa], At = CaseTime.Of(item, new Endorsements(), quote), MaySkip = [.. WithoutCollateral, .. maySkip], Cache = item.Cache };
        return (quote, DcapVerifier.Verify(quote, verification).Checks);
    }
}
