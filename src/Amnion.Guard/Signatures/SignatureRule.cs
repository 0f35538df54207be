namespace Amnion.Guard.Signatures;

/// <summary>One rule: sets of phrases in order, each at most so many words after the one before.</summary>
/// <param name="Name">Reported with the finding.</param>
/// <param name="Code">Its family.</param>
/// <param name="Channels">Where it counts.</param>
/// <param name="Score">How sure it is, from 0 to 1.</param>
/// <param name="Sets">The sets, by index, in order.</param>
/// <param name="Gaps">The words allowed before each set; the first is 0.</param>
sealed record SignatureRule(string Name, string Code, SignatureChannels Channels, double Score, int[] Sets, int[] Gaps);
