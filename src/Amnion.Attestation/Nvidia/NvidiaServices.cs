namespace Amnion.Attestation.Nvidia;

/// <summary>Where NVIDIA serves what an appraisal needs. Text only: this library never goes there.</summary>
public static class NvidiaServices
{
    /// <summary>NVIDIA's OCSP responder, for POST of an OCSP request about every certificate between leaf and root.</summary>
    public const string OcspResponder = "https://ocsp.ndis.nvidia.com";

    /// <summary>NVIDIA's service of Reference Integrity Manifests; identifiers follow.</summary>
    public const string RimService = "https://rim.attestation.nvidia.com/v1/rim/";

    /// <summary>Project, variant and chip of LS10 switches, which their reports do not carry.</summary>
    const string Ls10 = "5612_0002_890";

    /// <summary>For example "NV_GPU_DRIVER_GH100_550.90.07"; null for a switch. Without a chain the chip is told from the VBIOS version: Hopper's begin with 96, Blackwell's with 97.</summary>
    public static string? DriverRimId(NvidiaReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.DriverVersion is not { } version
            ? null
            : (report.VbiosVersion?.StartsWith("96.", StringComparison.Ordinal) == false ? "NV_GPU_CC_DRIVER_GB100_" : "NV_GPU_DRIVER_GH100_") + version;
    }

    /// <summary>For example "NV_GPU_VBIOS_1010_0200_882_96009F0001"; null where the report lacks a part of it.</summary>
    public static string? VbiosRimId(NvidiaReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.VbiosVersion?.Replace(".", string.Empty, StringComparison.Ordinal) is not { } version)
        {
            return null;
        }

        if (report.Kind == NvidiaDeviceKind.Switch)
        {
            return $"NV_SWITCH_BIOS_{Ls10}_{version}";
        }

        var parts = new[] { NvidiaOpaqueType.Project, NvidiaOpaqueType.ProjectSku, NvidiaOpaqueType.ChipSku }.Select(type => report.Find(type)?.Text).ToList();
        return parts.Contains(null) ? null : $"NV_GPU_VBIOS_{string.Join('_', parts)}_{version}";
    }

    /// <summary>URLs of the manifests that an appraisal of this report needs.</summary>
    public static IReadOnlyList<string> RimUrls(NvidiaReport report) => [.. new[] { DriverRimId(report), VbiosRimId(report) }.OfType<string>().Select(id => RimService + Uri.EscapeDataString(id))];
}
