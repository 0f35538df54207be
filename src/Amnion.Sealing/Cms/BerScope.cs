namespace Amnion.Sealing;

/// <summary>What to go back to when a constructed value ends.</summary>
/// <param name="OuterEnd">Where the value around it ends at the latest.</param>
/// <param name="Indefinite">True where an end mark closes it.</param>
readonly record struct BerScope(int OuterEnd, bool Indefinite);
