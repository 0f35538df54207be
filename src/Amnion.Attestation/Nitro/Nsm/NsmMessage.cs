using System.Globalization;
using System.Text;
using Amnion.Attestation.Cbor;

namespace Amnion.Attestation.Nitro;

/// <summary>
/// Reads one message as serde writes an enum: the bare name of a case without members, or a map of one pair, name and members.
/// Collects what it finds; the codecs say what must be there.
/// </summary>
ref struct NsmMessage
{
    const int MaxMembers = 8;
    const int MaxNameLength = 32;

    readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    CborInput _input;
    CborItems _members;
    string _member = string.Empty;

    public NsmMessage(ReadOnlySpan<byte> message, int maxLength)
    {
        if (message.Length > maxLength)
        {
            throw new NsmFormatException(maxLength, "message", string.Create(CultureInfo.InvariantCulture, $"{message.Length} bytes; at most {maxLength} are accepted"));
        }

        _input = new CborInput(message);
        var isMap = _input.PeekMajor() == 5;
        if (isMap)
        {
            var outer = _input.BeginMap(1, allowIndefinite: false);
            if (!_input.Next(ref outer))
            {
                throw _input.Refuse("an empty map");
            }
        }

        Name = ReadName();
        HasBody = isMap;
    }

    /// <summary>The case's name.</summary>
    public string Name { get; }

    /// <summary>Whether the case has a body.</summary>
    public bool HasBody { get; }

    /// <summary>The member being read, for messages.</summary>
    public readonly string Field => Name is null ? "message" : string.IsNullOrEmpty(_member) ? Name : $"{Name}.{_member}";

    /// <summary>Starts the body's map.</summary>
    public void BeginMembers() => _members = _input.BeginMap(MaxMembers, allowIndefinite: false);

    /// <summary>Moves to the next member.</summary>
    public bool NextMember(out string name)
    {
        name = string.Empty;
        if (!_input.Next(ref _members))
        {
            _member = string.Empty;
            return false;
        }

        _member = name = ReadName();
        return _seen.Add(name) ? true : throw _input.Refuse("the same member twice");
    }

    public ushort ReadUInt16()
    {
        var value = _input.ReadUnsigned();
        return value <= ushort.MaxValue ? (ushort)value : throw _input.Refuse("above 65535");
    }

    public bool ReadBoolean() => _input.ReadBoolean();

    public string ReadName(int max = MaxNameLength)
    {
        var text = _input.ReadText(1, max);
        return text.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? throw _input.Refuse("a character outside printable ASCII") : Encoding.ASCII.GetString(text);
    }

    public byte[] ReadBytes(int min, int max) => _input.ReadBytes(min, max).ToArray();

    // A bare null would convert to an empty byte[] and so to an empty memory, not to no memory.
    public ReadOnlyMemory<byte>? ReadOptionalBytes(int max) => _input.TryReadNull() ? default(ReadOnlyMemory<byte>?) : ReadBytes(0, max);

    public List<int> ReadIndexes()
    {
        var indexes = new List<int>();
        var array = _input.BeginArray(PcrBank.Count, allowIndefinite: false);
        while (_input.Next(ref array))
        {
            int index = ReadUInt16();
            _ = indexes.Count == 0 || index > indexes[^1] ? true : throw _input.Refuse("not ascending");
            indexes.Add(index);
        }

        return indexes;
    }

    /// <summary>Refuses a body with fewer members, and anything after the message.</summary>
    public readonly void End(params ReadOnlySpan<string> required)
    {
        foreach (var name in required)
        {
            _ = _seen.Contains(name) ? true : throw _input.Refuse($"\"{name}\" is missing");
        }

        _input.ExpectEnd();
    }

    public readonly CborFormatException Unknown() => _input.Refuse("not known");
}
