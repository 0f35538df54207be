namespace Amnion.Sealing;

/// <summary>Limits of a binary HTTP message, in bytes unless said otherwise. What exceeds one is malformed.</summary>
public static class BinaryHttpLimits
{
    /// <summary>Default limit of a message's content.</summary>
    public const int DefaultMaxContent = 8 << 20;

    /// <summary>Most field lines in one section.</summary>
    public const int MaxFields = 128;

    /// <summary>Longest field section as encoded.</summary>
    public const int MaxFieldSection = 1 << 16;

    /// <summary>Longest method; the longest registered one has 17 characters.</summary>
    public const int MaxMethod = 32;

    /// <summary>Longest scheme.</summary>
    public const int MaxScheme = 32;

    /// <summary>Longest authority: a host name of 255, a port, and room.</summary>
    public const int MaxAuthority = 512;

    /// <summary>Longest path with query; what common servers take.</summary>
    public const int MaxPath = 8192;

    /// <summary>Most informational (1xx) responses before the final one.</summary>
    public const int MaxInformational = 8;

    /// <summary>Longest padding.</summary>
    public const int MaxPadding = 1 << 20;
}
