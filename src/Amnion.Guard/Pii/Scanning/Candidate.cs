namespace Amnion.Guard.Pii.Scanning;

/// <summary>What a recogniser proposes.</summary>
/// <param name="Type">The type's place in the scanner's table.</param>
/// <param name="Start">Its first code unit.</param>
/// <param name="End">The code unit after it.</param>
/// <param name="Score">How sure.</param>
/// <param name="Checked">Whether arithmetic holds.</param>
/// <param name="InContext">Whether a word nearby speaks for it.</param>
readonly record struct Candidate(int Type, int Start, int End, float Score, bool Checked, bool InContext);
