using System.Collections.Immutable;
using Amnion.Attestation.Nvidia;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>A device with everything an appraisal needs, all of it right; each test changes one thing.</summary>
sealed class NvidiaScene
{
    List<OcspSpec>? _answers;

    public NvidiaScene(bool isSwitch = false)
    {
        Pki = new NvidiaPki(isSwitch);
        Report = isSwitch ? ReportSpec.Switch() : new ReportSpec();
        Rims = isSwitch ? [RimSpec.Of("96.10.55.00.01", [.. Enumerable.Range(0, 31)])] : [RimSpec.Driver(), RimSpec.Vbios()];
        if (isSwitch)
        {
            Rims[0].Product = "LS10";
            Rims[0].Edition = "SWITCH";
        }
    }

    public NvidiaPki Pki { get; }

    public ReportSpec Report { get; }

    public List<RimSpec> Rims { get; }

    public List<OcspSpec> Answers => _answers ??= Pki.Answers;

    public byte[] Encoded => Report.Make(Pki.Leaf.Key);

    public NvidiaEvidence Evidence => new() { Report = NvidiaReport.Parse(Encoded), Chain = Pki.Chain };

    public Endorsements Endorsements => new()
    {
        Certificates = [.. Pki.Device.Select(der => (ReadOnlyMemory<byte>)der)],
        Rims = [.. Rims.Select(rim => (ReadOnlyMemory<byte>)rim.Make(Pki))],
        OcspResponses = [.. Answers.Select(answer => (ReadOnlyMemory<byte>)answer.Make())],
    };

    public NvidiaVerification Verification => new()
    {
        DeviceAnchors = Pki.DeviceAnchors,
        RimAnchors = Pki.RimAnchors,
        At = TestChain.Epoch,
        Nonce = ReportSpec.Nonce,
        Endorsements = Endorsements,
    };

    public AppraisalPolicy Policy => new()
    {
        Platform = AttestationPlatform.Nvidia,
        TrustAnchor = Pki.DeviceAnchors[0].KeyDigest,
        FurtherTrustAnchors = [Pki.RimAnchors[0].KeyDigest],
        Values = ImmutableSortedDictionary.CreateRange<string, ImmutableArray<string>>(StringComparer.Ordinal, [new("opaque.DRIVER_VERSION", ["550.90.07"]), new("opaque.VBIOS_VERSION", ["009f009601000000"])]),
    };

    public AppraisalContext Context => new() { Now = TestChain.Epoch, Nonce = ReportSpec.Nonce, Endorsements = Endorsements };

    public NvidiaVerified Verify(Func<NvidiaVerification, NvidiaVerification>? change = null) => NvidiaVerifier.Verify(Evidence, change?.Invoke(Verification) ?? Verification);
}
