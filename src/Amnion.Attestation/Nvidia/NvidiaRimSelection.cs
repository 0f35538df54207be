using System.Collections.Immutable;

namespace Amnion.Attestation.Nvidia;

/// <summary>The manifests that a report is compared with, of all that were given.</summary>
sealed record NvidiaRimSelection
{
    public NvidiaRim? Driver { get; init; }

    public NvidiaRim? Vbios { get; init; }

    /// <summary>Those that are there, with the words that checks begin with.</summary>
    public IEnumerable<(string Name, NvidiaRim Rim)> Named
    {
        get
        {
            if (Driver is not null)
            {
                yield return ("driver manifest", Driver);
            }

            if (Vbios is not null)
            {
                yield return ("VBIOS manifest", Vbios);
            }
        }
    }

    /// <summary>Parses what was given and picks by version; where none has the report's version, the first of the kind, whose check then says so.</summary>
    public static NvidiaRimSelection Select(NvidiaReport report, ImmutableArray<ReadOnlyMemory<byte>> given, AppraisalCache? cache, CheckList checks)
    {
        var rims = new List<NvidiaRim>();
        var malformed = new List<string>();
        foreach (var xml in given.IsDefault ? [] : given)
        {
            try
            {
                rims.Add(AppraisalCache.Read(cache, nameof(NvidiaRim), xml, static bytes => NvidiaRim.Parse(bytes.Span)));
            }
            catch (NvidiaFormatException exception)
            {
                malformed.Add(exception.Message);
            }
        }

        if (!given.IsDefaultOrEmpty)
        {
            checks.Add(NvidiaRules.RimForm, malformed, "SWID tags of NVIDIA's profile");
        }

        var isGpu = report.Kind == NvidiaDeviceKind.Gpu;
        var selection = new NvidiaRimSelection
        {
            Driver = isGpu ? Pick(rims, NvidiaRimKind.Driver, report.DriverVersion) : null,
            Vbios = Pick(rims, NvidiaRimKind.Vbios, report.VbiosVersion),
        };
        if (isGpu)
        {
            CheckGiven(NvidiaRules.DriverRimMissing, selection.Driver, NvidiaServices.DriverRimId(report), checks);
        }

        CheckGiven(NvidiaRules.VbiosRimMissing, selection.Vbios, NvidiaServices.VbiosRimId(report), checks);
        return selection;
    }

    static NvidiaRim? Pick(List<NvidiaRim> rims, NvidiaRimKind kind, string? version)
    {
        var fitting = rims.Where(rim => rim.Kind == kind).ToList();
        return fitting.Find(rim => rim.Version == version) ?? fitting.FirstOrDefault();
    }

    static void CheckGiven(CheckRule rule, NvidiaRim? rim, string? identifier, CheckList checks)
    {
        if (rim is null)
        {
            checks.Skip(rule, "none was given", identifier ?? "a manifest; the report does not name its version");
        }
        else
        {
            checks.Add(rule, CheckOutcome.Pass);
        }
    }
}
