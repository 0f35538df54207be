namespace Amnion.Attestation.Dcap.Tdx;

/// <summary>Checks of a trust domain's report that need no Reference Value.</summary>
static class TdReportRules
{
    /// <summary>The policy's word that accepts reserved bits of TDATTRIBUTES, for a TDX module newer than this build.</summary>
    const string Reserved = "td-reserved";

    /// <summary>The policy's word that accepts any service trust domain; a value for "td.mrservicetd" accepts a certain one.</summary>
    const string ServiceTd = "service-td";

    static readonly string s_xfam = $"0x3 and no bit beyond 0x{TdAttributes.XfamKnown:x}";

    /// <summary>Every word for a trust domain.</summary>
    public static readonly string[] Words = [.. TdAttributes.Named.Select(attribute => attribute.Weakness), Reserved, ServiceTd];

    /// <summary>The module must be Intel's, whatever TCB info was given.</summary>
    public static void CheckModule(TdReport report, CheckList checks)
    {
        checks.Add(DcapRules.MrSignerSeam, IsZero(report.MrSignerSeam), "zero", DcapFields.Hex(report.MrSignerSeam));
        checks.Add(DcapRules.SeamAttributes, IsZero(report.SeamAttributes), "zero", DcapFields.Hex(report.SeamAttributes));
    }

    /// <summary>Attributes, features and service trust domains, each unless the policy allows it.</summary>
    public static void CheckPolicy(TdReport report, AppraisalPolicy policy, CheckList checks)
    {
        var attributes = report.Attributes;
        var unknown = TdAttributes.Unknown(attributes);
        checks.AddUnlessAllowed(DcapRules.TdAttributesReserved, unknown == 0, Reserved, policy, "no bit but those with a name", $"0x{unknown:x16}");
        foreach (ref readonly var attribute in TdAttributes.Named.AsSpan())
        {
            var actual = (attributes & attribute.Bit) != 0;
            checks.AddUnlessAllowed(attribute.Rule, actual == attribute.Expected, attribute.Weakness, policy, attribute.Expected ? "set" : "clear", actual ? "set" : "clear");
        }

        var xfam = report.XfamBits;
        checks.Add(DcapRules.Xfam, (xfam & TdAttributes.XfamRequired) == TdAttributes.XfamRequired && (xfam & ~TdAttributes.XfamKnown) == 0, s_xfam, $"0x{xfam:x}");
        if (report.MrServiceTd is { } service)
        {
            var isPinned = policy.Values.ContainsKey("td.mrservicetd");
            checks.AddUnlessAllowed(DcapRules.ServiceTd, isPinned || IsZero(service), ServiceTd, policy, isPinned ? "the policy's value" : "zero", DcapFields.Hex(service));
        }
    }

    static bool IsZero(ReadOnlyMemory<byte> value) => !value.Span.ContainsAnyExcept((byte)0);
}
