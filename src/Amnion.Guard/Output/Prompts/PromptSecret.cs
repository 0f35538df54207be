namespace Amnion.Guard.Output.Prompts;

/// <summary>A phrase of a prompt that no answer may hold.</summary>
/// <param name="Phrase">The phrase.</param>
/// <param name="IsWeak">True for everyday words: they count only where the answer speaks of a code or puts them in quotes.</param>
readonly record struct PromptSecret(string Phrase, bool IsWeak);
