namespace Amnion.Images.Building;

/// <summary>A shared library of this system that a program needs.</summary>
/// <param name="File">The file, links resolved.</param>
/// <param name="Interpreter">For the dynamic loader the absolute path at which programs ask for it; otherwise null.</param>
public sealed record RuntimeLibrary(string File, string? Interpreter);
