namespace Amnion.Attestation.Tokens;

/// <summary>Profiles of EAT (RFC 9711 §6) under which Attestation Results are issued.</summary>
public static class EarProfiles
{
    /// <summary>draft-ietf-rats-ear-04, 26 May 2026: what Amnion issues unless told otherwise.</summary>
    public const string Draft04 = "tag:ietf.org,2026:rats/ear#04";

    /// <summary>draft-ietf-rats-ear-03, which differs in nothing that is used here.</summary>
    public const string Draft03 = "tag:ietf.org,2026:rats/ear#03";

    /// <summary>Project Veraison: claims spelled with dots.</summary>
    public const string Veraison = "tag:github.com,2023:veraison/ear";

    /// <summary>Confidential Containers' Trustee: claims spelled with dots.</summary>
    public const string Trustee = "tag:github.com,2024:confidential-containers/Trustee";

    /// <summary>True for profiles older than the drafts' renaming of "ear.status" to "ear_status".</summary>
    internal static bool Dotted(string profile) => profile is Veraison or Trustee;
}
