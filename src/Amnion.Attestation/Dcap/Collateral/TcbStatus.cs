namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>How up to date a platform is, by Intel's words: Intel PCS API version 4, "tcbStatus". Sorted as they stand in the API's description.</summary>
enum TcbStatus
{
    UpToDate,
    SwHardeningNeeded,
    ConfigurationNeeded,
    ConfigurationAndSwHardeningNeeded,
    OutOfDate,
    OutOfDateConfigurationNeeded,
    Revoked,

    /// <summary>The TDX module that runs now is up to date, but the trust domain was launched under an older one.</summary>
    RelaunchAdvised,

    RelaunchAdvisedConfigurationNeeded,
}
