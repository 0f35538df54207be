using System.Text;

namespace Amnion.Inference.OpenAi;

/// <summary>Puts the tool calls of one answer together from their pieces.</summary>
sealed class CallAssembly(Conversation? conversation)
{
    readonly List<(string? Name, StringBuilder Arguments)> _calls = [];
    long _bytes;

    /// <summary>Takes pieces in the order they came.</summary>
    /// <exception cref="WorkloadException">Calls out of order, of a tool that was not offered, or more than the limits.</exception>
    public void Add(IEnumerable<CallPart> parts)
    {
        foreach (var part in parts)
        {
            if (part.Index > _calls.Count)
            {
                throw WorkloadException.Violation();
            }

            if (part.Index == _calls.Count)
            {
                _calls.Add((null, new StringBuilder()));
            }

            var (name, arguments) = _calls[part.Index];
            _calls[part.Index] = (Named(name, part.Name), arguments.Append(part.Arguments));
            _bytes += Encoding.UTF8.GetByteCount(part.Arguments);
            if (_bytes > OpenAiLimits.CallBytes)
            {
                throw WorkloadException.Violation();
            }
        }
    }

    /// <summary>The whole calls.</summary>
    /// <exception cref="WorkloadException">One has no name.</exception>
    public IEnumerable<GenerationEvent.ToolCall> Complete() =>
        _calls.Select(call => new GenerationEvent.ToolCall(call.Name ?? throw WorkloadException.Violation(), call.Arguments.ToString()));

    string? Named(string? before, string? now)
    {
        if (string.IsNullOrEmpty(now) || now == before)
        {
            return before;
        }

        return before is null && conversation is not null && conversation.Tools.Any(tool => tool.Name == now) ? now : throw WorkloadException.Violation();
    }
}
