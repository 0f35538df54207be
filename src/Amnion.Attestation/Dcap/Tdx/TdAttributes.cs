using System.Collections.Immutable;

namespace Amnion.Attestation.Dcap.Tdx;

/// <summary>TDATTRIBUTES and XFAM bits: Intel TDX Module Base Architecture Specification, "TD Attributes" and "Extended Features Allowed Mask".</summary>
static class TdAttributes
{
    /// <summary>Every processor feature that XFAM may have at all.</summary>
    public const ulong XfamKnown = 0x0006DBE7;

    /// <summary>x87 and SSE, which every trust domain has.</summary>
    public const ulong XfamRequired = 0x3;

    const ulong Debug = 1;

    /// <summary>The bits with a name, debug apart: whether a trust domain should have it, and the weakness a policy allows by accepting the other.</summary>
    public static readonly ImmutableArray<TdAttribute> Named =
    [
        new("sept_ve_disable", 1UL << 28, Expected: true, "no exceptions for pages the host takes away", "sept-ve", DcapRules.SeptVeDisable),
        new("migratable", 1UL << 29, Expected: false, "the trust domain may be moved to another machine", "migratable", DcapRules.Migratable),
        new("pks", 1UL << 30, Expected: false, "supervisor protection keys", "pks", DcapRules.ProtectionKeys),
        new("key_locker", 1UL << 31, Expected: false, "Key Locker", "key-locker", DcapRules.KeyLocker),
        new("perfmon", 1UL << 63, Expected: false, "performance counters", "perfmon", DcapRules.PerformanceMonitoring),
    ];

    static readonly ulong s_known = Named.Aggregate(Debug, (known, attribute) => known | attribute.Bit);

    /// <summary>Bits that neither are named nor mean debug.</summary>
    public static ulong Unknown(ulong attributes) => attributes & ~s_known;
}
