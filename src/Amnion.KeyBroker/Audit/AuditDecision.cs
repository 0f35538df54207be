namespace Amnion.KeyBroker.Audit;

/// <summary>What was decided or done to a key.</summary>
public enum AuditDecision
{
    /// <summary>The key was created or brought in.</summary>
    Created,

    /// <summary>The key got another policy.</summary>
    Granted,

    /// <summary>The key was revoked and its wrapped form erased.</summary>
    Revoked,

    /// <summary>The root key was replaced and every active key wrapped anew.</summary>
    RootRotated,

    /// <summary>The key was released to Evidence that satisfied its policy.</summary>
    Released,

    /// <summary>A release was refused.</summary>
    Refused,

    /// <summary>The key that signs configuration releases was made.</summary>
    SignerCreated,

    /// <summary>A tenant was added or got another quota.</summary>
    TenantSet,

    /// <summary>A tenant was removed with all its API keys.</summary>
    TenantRemoved,

    /// <summary>The hash of an API key was added to a tenant.</summary>
    ApiKeyAdded,

    /// <summary>An API key was revoked.</summary>
    ApiKeyRevoked,

    /// <summary>A configuration release was signed.</summary>
    ConfigurationIssued,
}
