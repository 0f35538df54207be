using System.Text;
using Microsoft.Extensions.AI;

namespace Amnion.Client;

/// <summary>Puts together tool calls whose pieces arrive in several events.</summary>
sealed class StreamedToolCalls
{
    readonly SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)> _calls = [];

    public void Add(int index, string? id, string? name, string? arguments)
    {
        if (!_calls.TryGetValue(index, out var call))
        {
            call = (id ?? string.Empty, name ?? string.Empty, new StringBuilder());
            _calls[index] = call;
        }

        call.Arguments.Append(arguments);
    }

    /// <summary>The calls, once the answer's finish reason has come; then none.</summary>
    public IReadOnlyList<AIContent> Take()
    {
        var calls = _calls.Values.Select(call => (AIContent)ChatCompletionReading.Call(call.Id, call.Name, call.Arguments.ToString())).ToArray();
        _calls.Clear();
        return calls;
    }
}
