using System.Collections.Immutable;
using Amnion.Attestation;
using Amnion.Records;

namespace Amnion.Cli.Deployment;

/// <summary>The policy of callers and of the key: build-time Reference Values, the sealed model, and the one trust anchor it names.</summary>
static class Policies
{
    public static AppraisalPolicy For(string platform, ImmutableSortedDictionary<int, ImmutableArray<Measurement>> registers, Digest model, Digest engine, Digest guard, string anchor) => new()
    {
        Platform = platform,
        TrustAnchor = Measurement.FromHex(Digest.Parse(anchor).Hex),
        Registers = registers,
        Model = [new Measurement(model.Bytes)],
        Engine = [new Measurement(engine.Bytes)],
        Guard = [new Measurement(guard.Bytes)],
        Release = new ReleaseFloor(ReleaseVersion.Current.Channel, ReleaseVersion.Current.Version),
        Suites = EngineSettings.Suites.Offered,
    };
}
