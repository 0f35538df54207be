using System.Collections.Immutable;

namespace Amnion.Inference.OpenAi;

/// <summary>What one event of an answer says.</summary>
/// <param name="Text">More of the answer; empty where there is none.</param>
/// <param name="Calls">More of tool calls.</param>
/// <param name="Finish">Why the answer ended, where this event says so.</param>
/// <param name="Usage">Tokens of prompt and answer, where this event says so.</param>
readonly record struct AnswerPart(string Text, ImmutableArray<CallPart> Calls, FinishReason? Finish, (int Prompt, int Completion)? Usage);
