namespace Amnion.Guard.Classifier;

/// <summary>A file that the weights were trained on. The weights are derived from it, and its licence goes with them.</summary>
/// <param name="Name">The file's name, 1 to 255 printable ASCII characters.</param>
/// <param name="Licence">Its licence, 1 to 255 printable ASCII characters.</param>
/// <param name="Sha256">SHA-256 of the file, 32 bytes as lower-case hex.</param>
public sealed record TrainingSource(string Name, string Licence, string Sha256);
