namespace Amnion.Bench;

/// <summary>A measurement could not be made; the message says why.</summary>
sealed class BenchException(string message) : Exception(message);
