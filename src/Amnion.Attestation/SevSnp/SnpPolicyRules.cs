namespace Amnion.Attestation.SevSnp;

/// <summary>What a relying party has to say yes to, and what it may demand, beyond the values that every format has. AMD 56860, POLICY and PLATFORM_INFO.</summary>
static class SnpPolicyRules
{
    public static void Check(SnpReport report, AppraisalPolicy policy, CheckList checks)
    {
        CheckVmpl(report, policy, checks);
        CheckWeaknesses(report, policy, checks);
        CheckAliases(report, policy, checks);
        CheckAuthorKey(report, policy, checks);
        CheckDemands(report.Policy, policy, checks);
    }

    static void CheckVmpl(SnpReport report, AppraisalPolicy policy, CheckList checks)
    {
        // Where the policy names levels, the comparison of values decides; the check is then made there.
        var named = policy.Values.ContainsKey("vmpl");
        var passes = named || report.Vmpl == 0;
        checks.Add(SnpRules.Vmpl, passes, named ? "as the policy's values say" : "0", report.Vmpl.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    static void CheckWeaknesses(SnpReport report, AppraisalPolicy policy, CheckList checks)
    {
        var guest = report.Policy;
        var platform = report.PlatformInfo;
        Weakness(SnpRules.MigrationAgent, SnpAllowance.MigrationAgent, guest.MigrationAgent ? "the guest's policy allows one" : null, policy, checks);
        Weakness(SnpRules.Smt, SnpAllowance.Smt, (guest.Smt, platform.Smt) switch
        {
            (_, true) => "it is on",
            (true, _) => "it is off now and the guest's policy allows it",
            _ => null,
        }, policy, checks);
        Weakness(SnpRules.Cxl, SnpAllowance.Cxl, guest.Cxl ? "the guest's policy allows them" : null, policy, checks);
        var provisional = report.CommittedTcb != report.CurrentTcb || report.CommittedFirmware != report.CurrentFirmware;
        Weakness(SnpRules.Provisional, SnpAllowance.ProvisionalFirmware,
            provisional ? $"runs {report.CurrentTcb}, firmware {report.CurrentFirmware}; committed to {report.CommittedTcb}, firmware {report.CommittedFirmware}" : null, policy, checks);
        Weakness(SnpRules.Tio, SnpAllowance.TrustedDevices, platform.Tio ? "SEV-TIO is on" : null, policy, checks);
        if (report is { LaunchMitigations: { } launch, CurrentMitigations: { } current })
        {
            Weakness(SnpRules.Mitigations, SnpAllowance.FewerMitigations, (launch & ~current) != 0 ? FormattableString.Invariant($"missing 0x{launch & ~current:x}") : null, policy, checks);
        }
        else
        {
            checks.Add(SnpRules.Mitigations, CheckOutcome.Skip, actual: "reports before version 5 state none", required: false);
        }
    }

    static void CheckAliases(SnpReport report, AppraisalPolicy policy, CheckList checks)
    {
        if (report.Version < 3 && !report.PlatformInfo.AliasCheckComplete)
        {
            checks.Add(SnpRules.AliasCheck, CheckOutcome.Skip, actual: "reports before version 3 do not state it", required: false);
            return;
        }

        Weakness(SnpRules.AliasCheck, SnpAllowance.NoAliasCheck, report.PlatformInfo.AliasCheckComplete ? null : "not since the last reset", policy, checks);
    }

    static void CheckAuthorKey(SnpReport report, AppraisalPolicy policy, CheckList checks)
    {
        // Without AUTHOR_KEY_EN nobody checked a signature of that key: the digest is then a number that the launcher chose. A zero digest names no
        // key, and a policy that pins zero asks for just that.
        if (policy.Values.ContainsKey("author_key_digest") && !report.AuthorKeyDigest.IsZero)
        {
            checks.Add(SnpRules.AuthorKey, report.AuthorKeyEnabled, "AUTHOR_KEY_EN set", report.AuthorKeyEnabled ? "set" : "clear");
        }
    }

    /// <summary>Restrictions the guest may have put on its platform. Few guests do; a policy that wants one says so with the field's value "1".</summary>
    static void CheckDemands(SnpGuestPolicy guest, AppraisalPolicy policy, CheckList checks)
    {
        Demand(SnpRules.SingleSocket, "policy_bits.single_socket", guest.SingleSocket, policy, checks);
        Demand(SnpRules.Aes256Xts, "policy_bits.mem_aes256_xts", guest.Aes256Xts, policy, checks);
        Demand(SnpRules.Rapl, "policy_bits.rapl_dis", guest.RaplDisabled, policy, checks);
        Demand(SnpRules.CiphertextHiding, "policy_bits.ciphertext_hiding", guest.CiphertextHiding, policy, checks);
        Demand(SnpRules.PageSwap, "policy_bits.page_swap_disable", guest.PageSwapDisabled, policy, checks);
    }

    static void Weakness(CheckRule rule, string name, string? found, AppraisalPolicy policy, CheckList checks) =>
        checks.AddUnlessAllowed(rule, found is null, name, policy, $"not so, or \"{name}\" allowed", found);

    static void Demand(CheckRule rule, string field, bool holds, AppraisalPolicy policy, CheckList checks)
    {
        var demanded = policy.Values.TryGetValue(field, out var values) && !values.Contains("0");
        var outcome = holds ? CheckOutcome.Pass : demanded ? CheckOutcome.Fail : CheckOutcome.Skip;
        checks.Add(rule, outcome, $"{field} is 1", holds ? null : demanded ? "0" : "0; the policy does not demand it", required: holds || demanded);
    }
}
