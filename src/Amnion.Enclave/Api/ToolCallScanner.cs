using System.Text;
using Amnion.Models.Chat;

namespace Amnion.Enclave.Api;

/// <summary>
/// Splits a model's output, as it comes, into text and calls of the offered tools, written as <see cref="ToolText"/> reads them. Text
/// that may still become a call is held back until it is decided; what looks like a call and is none comes out as text.
/// </summary>
sealed class ToolCallScanner(IReadOnlySet<string> tools)
{
    const string Open = "<tool_call>";
    const string Close = "</tool_call>";

    // A call beyond this is no call: it is given back as text rather than held in memory.
    const int MaxCallLength = 64 * 1024;

    readonly StringBuilder _held = new();
    bool _inCall;
    bool _sawCall;

    // Nothing but white space since the start or the last call: the layout of calls, held back until it is decided.
    bool _blank = true;

    /// <summary>Takes a piece of output; appends the decided items in order.</summary>
    public void Push(string piece, List<ScannedOutput> items)
    {
        _held.Append(piece);
        while (_inCall ? ReadCall(items) : ReadText(items))
        {
        }
    }

    /// <summary>The output ended: everything held back is decided.</summary>
    public void End(List<ScannedOutput> items)
    {
        if (_held.Length == 0)
        {
            return;
        }

        // The engine may stop at the end-of-turn token before the closing marker; a whole JSON object is a call all the same.
        var text = _held.ToString();
        _held.Clear();
        if (_inCall && Parse(text + Close) is { } call)
        {
            items.Add(call);
        }
        else if (!_sawCall || !string.IsNullOrWhiteSpace(text))
        {
            items.Add(new ScannedOutput(text));
        }

        _inCall = false;
    }

    bool ReadText(List<ScannedOutput> items)
    {
        var text = _held.ToString();
        var open = text.IndexOf(Open, StringComparison.Ordinal);
        var decided = open >= 0 ? open : text.Length - PartialMarker(text);
        _blank &= string.IsNullOrWhiteSpace(text[..decided]);
        if (!_blank && decided > 0)
        {
            items.Add(new ScannedOutput(text[..decided]));
            _held.Remove(0, decided);
        }
        else if (open > 0)
        {
            _held.Remove(0, open);
        }

        _inCall = open >= 0;
        return _inCall;
    }

    bool ReadCall(List<ScannedOutput> items)
    {
        var text = _held.ToString();
        var close = text.IndexOf(Close, Open.Length, StringComparison.Ordinal);
        if (close < 0 && text.Length <= MaxCallLength)
        {
            return false;
        }

        var end = close < 0 ? text.Length : close + Close.Length;
        var call = Parse(text[..end]);
        items.Add(call ?? new ScannedOutput(text[..end]));
        _held.Remove(0, end);
        _inCall = false;
        _blank = call is not null;
        _sawCall |= _blank;
        return _held.Length > 0;
    }

    ScannedOutput? Parse(string text) => ToolText.Parse(text) is { Calls: [var call] } parsed && parsed.Text.Length == 0 && tools.Contains(call.Name)
        ? new ScannedOutput("", call.Name, call.ArgumentsJson)
        : null;

    /// <summary>Length of the text's end that may be the beginning of a marker.</summary>
    static int PartialMarker(string text)
    {
        for (var length = Math.Min(Open.Length - 1, text.Length); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(Open.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}
