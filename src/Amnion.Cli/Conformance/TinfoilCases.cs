namespace Amnion.Cli.Conformance;

/// <summary>Cases of the Tinfoil conformance suite about provenance, measurements and keys, by kind.</summary>
static class TinfoilCases
{
    public static CaseAnswer Run(ConformanceCase item) => item.Kind switch
    {
        "tinfoil_sigstore" => TinfoilSigstoreCases.Run(item),
        "tinfoil_measurement" => TinfoilMeasurementCases.Run(item),
        "tinfoil_hardware-measurements" => TinfoilHardwareMeasurementsCases.Run(item),
        "tinfoil_ehbp-key-binding" => TinfoilEhbpKeyBindingCases.Run(item),
        "tinfoil_verify-full" => TinfoilVerifyFullCases.Run(item),
        "json_schemas" => JsonSchemaCases.Run(item),
        _ => throw new FormatException($"nobody reads cases of the kind \"{item.Kind}\""),
    };
}
