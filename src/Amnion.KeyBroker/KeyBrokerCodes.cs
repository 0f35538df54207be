namespace Amnion.KeyBroker;

/// <summary>Stable codes of the key broker; catalogued in docs/diagnostics.md. Codes are never reused or renumbered.</summary>
public static class KeyBrokerCodes
{
    /// <summary>The options are not valid; every problem is listed.</summary>
    public const string OptionsInvalid = "AMN-KEY-0001";

    /// <summary>SQLite's shared library is not installed.</summary>
    public const string SqliteMissing = "AMN-KEY-0002";

    /// <summary>The database cannot be read or written, is damaged, or was written by another version.</summary>
    public const string StorageFailed = "AMN-KEY-0003";

    /// <summary>The directory or a file in it can be read by other users of the machine.</summary>
    public const string PermissionsTooWide = "AMN-KEY-0004";

    /// <summary>The root key's file is absent although the database needs it, or was named and does not exist.</summary>
    public const string RootKeyMissing = "AMN-KEY-0005";

    /// <summary>The root key is not the one the database was written under, or its file is not 32 bytes.</summary>
    public const string RootKeyMismatch = "AMN-KEY-0006";

    /// <summary>The audit log was altered or cut; nothing is released until that is resolved.</summary>
    public const string AuditBroken = "AMN-KEY-0007";

    /// <summary>A stored key does not open under the root key: its row was altered.</summary>
    public const string KeyDamaged = "AMN-KEY-0008";

    /// <summary>A key of that name exists already.</summary>
    public const string KeyExists = "AMN-KEY-0009";

    /// <summary>The name is not 1 to 128 characters of [A-Za-z0-9._-], starting with a letter or digit.</summary>
    public const string KeyNameInvalid = "AMN-KEY-0010";

    /// <summary>A tenant's name or quota is outside its limits, or there are more tenants or API keys than a release holds.</summary>
    public const string TenantInvalid = "AMN-KEY-0011";

    /// <summary>There is no such tenant, or no tenant has that API key.</summary>
    public const string TenantUnknown = "AMN-KEY-0012";

    /// <summary>The API key is some tenant's already, or was revoked; a revoked key never comes back.</summary>
    public const string ApiKeyExists = "AMN-KEY-0013";

    /// <summary>There is no key of that name.</summary>
    public const string KeyUnknown = "AMN-KEY-0101";

    /// <summary>The key was revoked; its wrapped form is erased.</summary>
    public const string KeyRevoked = "AMN-KEY-0102";

    /// <summary>The request is not the JSON that the protocol asks for, or is too long.</summary>
    public const string RequestMalformed = "AMN-KEY-0103";

    /// <summary>The challenge is not outstanding: never issued, used already, or issued before a restart.</summary>
    public const string ChallengeUnknown = "AMN-KEY-0104";

    /// <summary>The challenge is past its time.</summary>
    public const string ChallengeExpired = "AMN-KEY-0105";

    /// <summary>The challenge was issued for another key or by another broker, or its members were altered.</summary>
    public const string ChallengeMismatch = "AMN-KEY-0106";

    /// <summary>Too many challenges are outstanding.</summary>
    public const string TooManyChallenges = "AMN-KEY-0107";

    /// <summary>Too many release requests at once or within a minute.</summary>
    public const string TooManyRequests = "AMN-KEY-0108";

    /// <summary>The broker failed; nothing was released.</summary>
    public const string InternalError = "AMN-KEY-0109";

    /// <summary>The key was granted another policy while the request was being decided; ask again.</summary>
    public const string KeyChanged = "AMN-KEY-0110";

    /// <summary>The key's policy names no register that fixes which code runs; absent means deny.</summary>
    public const string PolicyNamesNoCode = "AMN-KEY-0201";

    /// <summary>The key's policy names no model; absent means deny.</summary>
    public const string PolicyNamesNoModel = "AMN-KEY-0202";

    /// <summary>The Evidence does not satisfy the key's policy; the failed checks are listed.</summary>
    public const string EvidenceRefused = "AMN-KEY-0203";

    /// <summary>The keyset does not hold exactly one sealing key, or none of its suites may be used for release.</summary>
    public const string SuiteNotAllowed = "AMN-KEY-0204";

    /// <summary>The key's policy names no engine configuration, which says whose configuration releases admit callers; absent means deny.</summary>
    public const string PolicyNamesNoEngine = "AMN-KEY-0206";

    /// <summary>The keyset's public key is not a valid key of its suite.</summary>
    public const string SealingKeyInvalid = "AMN-KEY-0205";
}
