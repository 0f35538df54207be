using System.Text;

namespace Amnion.Guard.Redaction;

/// <summary>Puts values back into an answer that arrives in pieces. It holds back less than 80 UTF-16 code units, and only while they can still become a surrogate; how the answer was cut makes no difference to what comes out. One answer each; not thread-safe.</summary>
public sealed class Restorer(SessionVault vault)
{
    readonly char[] _held = new char[SurrogateSyntax.MaxLength];
    readonly StringBuilder _out = new();
    int _heldLength;

    /// <summary>How many values were put back.</summary>
    public int Restored { get; private set; }

    /// <summary>How many surrogates of the vault's form had no value: the model made them up.</summary>
    public int Unknown { get; private set; }

    /// <summary>True while something is held back.</summary>
    internal bool IsHolding => _heldLength > 0;

    /// <summary>Takes the next piece and returns what can be passed on.</summary>
    public string Push(ReadOnlySpan<char> piece)
    {
        // What was held back is less than a surrogate; a copy with the piece behind it keeps the reading simple.
        var text = _heldLength == 0 ? piece : string.Concat(_held.AsSpan(0, _heldLength), piece);
        Array.Clear(_held);
        _heldLength = 0;
        var rest = Advance(text, complete: false);
        rest.CopyTo(_held);
        _heldLength = rest.Length;
        return Take();
    }

    /// <summary>Returns what was held back; the answer has ended.</summary>
    public string Finish()
    {
        Advance(_held.AsSpan(0, _heldLength), complete: true);
        Array.Clear(_held);
        _heldLength = 0;
        return Take();
    }

    /// <summary>Restores a whole text.</summary>
    public static string Restore(SessionVault vault, ReadOnlySpan<char> text)
    {
        var restorer = new Restorer(vault);
        return restorer.Push(text) + restorer.Finish();
    }

    ReadOnlySpan<char> Advance(ReadOnlySpan<char> text, bool complete)
    {
        while (text.Length > 0)
        {
            var start = SurrogateSyntax.NextStart(text);
            if (start < 0)
            {
                _out.Append(text);
                return [];
            }

            _out.Append(text[..start]);
            text = text[start..];
            switch (SurrogateSyntax.Read(text, complete, vault, out var type, out var number, out var length))
            {
                case SurrogateReading.Unfinished:
                    return text;
                case SurrogateReading.Whole when vault.TryRestore(type!, number, _out):
                    Restored++;
                    text = text[length..];
                    break;
                case SurrogateReading.Whole:
                    Unknown++;
                    _out.Append(text[..length]);
                    text = text[length..];
                    break;
                default:
                    _out.Append(text[0]);
                    text = text[1..];
                    break;
            }
        }

        return text;
    }

    string Take()
    {
        var text = _out.ToString();
        _out.Clear();
        return text;
    }
}
