namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Words of statuses, and how Intel combines them.</summary>
static class TcbStatuses
{
    public static string Word(this TcbStatus status) => s_words[(int)status];

    static readonly string[] s_words = [.. Enum.GetValues<TcbStatus>().Select(status => status switch
    {
        TcbStatus.SwHardeningNeeded => "SWHardeningNeeded",
        TcbStatus.ConfigurationAndSwHardeningNeeded => "ConfigurationAndSWHardeningNeeded",
        _ => status.ToString(),
    })];

    /// <summary>A status as collateral spells it. The two about relaunching are results only; no collateral has them.</summary>
    public static TcbStatus? Read(string word) => word switch
    {
        "UpToDate" => TcbStatus.UpToDate,
        "SWHardeningNeeded" => TcbStatus.SwHardeningNeeded,
        "ConfigurationNeeded" => TcbStatus.ConfigurationNeeded,
        "ConfigurationAndSWHardeningNeeded" => TcbStatus.ConfigurationAndSwHardeningNeeded,
        "OutOfDate" => TcbStatus.OutOfDate,
        "OutOfDateConfigurationNeeded" => TcbStatus.OutOfDateConfigurationNeeded,
        "Revoked" => TcbStatus.Revoked,
        _ => null,
    };

    /// <summary>The status of a platform whose part (quoting enclave or TDX module) has a status of its own. Intel PCS API, "Enclave Identity" and "TDX Module".</summary>
    public static TcbStatus With(this TcbStatus platform, TcbStatus part) => (part, platform) switch
    {
        (TcbStatus.Revoked, _) => TcbStatus.Revoked,
        (TcbStatus.UpToDate, _) => platform,
        (_, TcbStatus.UpToDate or TcbStatus.SwHardeningNeeded) => TcbStatus.OutOfDate,
        (_, TcbStatus.ConfigurationNeeded or TcbStatus.ConfigurationAndSwHardeningNeeded) => TcbStatus.OutOfDateConfigurationNeeded,
        _ => platform,
    };

    public static bool NeedsConfiguration(this TcbStatus status) =>
        status is TcbStatus.ConfigurationNeeded or TcbStatus.OutOfDateConfigurationNeeded or TcbStatus.ConfigurationAndSwHardeningNeeded;
}
