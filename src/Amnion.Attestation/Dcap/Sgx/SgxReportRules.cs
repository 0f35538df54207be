namespace Amnion.Attestation.Dcap.Sgx;

/// <summary>Checks of an enclave's report that need no Reference Value. Intel SDM volume 3D, "ATTRIBUTES".</summary>
static class SgxReportRules
{
    /// <summary>INIT, DEBUG, MODE64BIT, PROVISIONKEY, EINITTOKENKEY, CET, KSS and AEXNOTIFY.</summary>
    const ulong Known = 0x4f7;

    /// <summary>PROVISIONKEY and EINITTOKENKEY.</summary>
    const ulong Provisioning = 0x30;

    /// <summary>The policy's word that accepts an enclave with provisioning or launch keys, for Intel's own enclaves.</summary>
    const string ProvisioningKeys = "provisioning-keys";

    /// <summary>The policy's word that accepts reserved bits of ATTRIBUTES, for a processor newer than this build.</summary>
    const string Reserved = "sgx-reserved";

    /// <summary>Every word for an enclave.</summary>
    public static readonly string[] Words = [ProvisioningKeys, Reserved];

    public static void CheckInitialised(SgxReport report, CheckList checks) => checks.Add(DcapRules.NotInitialised, report.IsInitialised, "INIT set", report.IsInitialised ? null : "INIT clear");

    public static void CheckPolicy(SgxReport report, AppraisalPolicy policy, CheckList checks)
    {
        var unknown = report.Flags & ~Known;
        checks.AddUnlessAllowed(DcapRules.SgxAttributesReserved, unknown == 0, Reserved, policy, "no bit but those with a name", $"0x{unknown:x16}");
        checks.AddUnlessAllowed(DcapRules.ProvisioningKeys, (report.Flags & Provisioning) == 0, ProvisioningKeys, policy, "PROVISIONKEY and EINITTOKENKEY clear", $"0x{report.Flags:x16}");
    }
}
