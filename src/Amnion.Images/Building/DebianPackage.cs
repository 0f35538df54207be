namespace Amnion.Images.Building;

/// <summary>The Debian package that a file came from.</summary>
/// <param name="Name">Binary package, for example "libc6".</param>
/// <param name="Version">For example "2.36-9+deb12u13".</param>
/// <param name="Architecture">For example "amd64".</param>
public sealed record DebianPackage(string Name, string Version, string Architecture);
