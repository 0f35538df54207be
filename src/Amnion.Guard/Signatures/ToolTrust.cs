namespace Amnion.Guard.Signatures;

/// <summary>When a tool may be called.</summary>
public enum ToolTrust
{
    /// <summary>Always: it harms nobody, whatever its arguments.</summary>
    Always,

    /// <summary>Where the user's own words ask for it and no argument comes from an untrusted text.</summary>
    UserArguments,

    /// <summary>Only while no untrusted text has been read.</summary>
    NeverAfterUntrusted,
}
