namespace Amnion.Inference.OpenAi;

/// <summary>A piece of one tool call of an answer.</summary>
/// <param name="Index">Which call.</param>
/// <param name="Name">Its tool, in the first piece.</param>
/// <param name="Arguments">More of the arguments.</param>
readonly record struct CallPart(int Index, string? Name, string Arguments);
