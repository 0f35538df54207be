using System.Collections.Immutable;

namespace Amnion.Sealing;

/// <summary>
/// Reads a binary HTTP message of either framing as it arrives (RFC 9292 §3). Takes the next unit once all of it is there
/// and leaves its state alone otherwise. Nothing is allocated for a length before the bytes have arrived. After a failure
/// every later call fails alike.
/// </summary>
sealed class BinaryHttpParser(bool request, long maxContent)
{
    readonly ByteQueue _input = new();
    readonly long _maxContent = maxContent >= 0 ? maxContent : throw new ArgumentOutOfRangeException(nameof(maxContent));
    readonly ImmutableArray<HttpField>.Builder _fields = ImmutableArray.CreateBuilder<HttpField>();
    State _state;
    bool _indeterminate;
    bool _ended;
    BinaryHttpFormatException? _failure;
    long _offset;
    long _contentLeft;
    long _contentTotal;
    bool _contentStarted;
    int _sectionLength;
    int _padding;
    int _informational;
    int _status;
    BinaryHttpControl _control;

    enum State
    {
        Framing,
        Control,
        Headers,
        ContentLength,
        Content,
        Trailers,
        Padding,
        Finished,
    }

    public void Push(ReadOnlySpan<byte> bytes)
    {
        ThrowIfFailed();
        if (_ended)
        {
            throw new InvalidOperationException("The message was declared complete; nothing more can be pushed.");
        }

        _input.Append(bytes);
    }

    /// <summary>Says that the message ended. What that makes of it shows in the events still to read.</summary>
    public void Complete()
    {
        ThrowIfFailed();
        _ended = true;
    }

    /// <summary>The next event, or null where more bytes are needed.</summary>
    public BinaryHttpEvent? Read()
    {
        ThrowIfFailed();
        while (_state != State.Finished)
        {
            var before = (_state, _input.Length);
            var next = _state switch
            {
                State.Framing => ReadFraming(),
                State.Control => ReadControl(),
                State.Headers => ReadFields("Header Section"),
                State.ContentLength => ReadContentLength(),
                State.Content => ReadContent(),
                State.Trailers => ReadFields("Trailer Section"),
                _ => ReadPadding(),
            };
            if (next is not null)
            {
                return next;
            }

            if (before == (_state, _input.Length))
            {
                return _ended ? End() : null;
            }
        }

        return null;
    }

    BinaryHttpEvent? ReadFraming()
    {
        if (!TryPeek("Framing Indicator", 3, out var framing, out var length))
        {
            return null;
        }

        if ((framing & 1) != (request ? 0UL : 1UL))
        {
            throw Fail("Framing Indicator", request ? "a response; expected a request." : "a request; expected a response.");
        }

        _indeterminate = framing >= 2;
        Consume(length);
        _state = State.Control;
        return null;
    }

    BinaryHttpEvent? ReadControl()
    {
        if (!request)
        {
            if (!TryPeek("Status Code", 599, out var status, out var length))
            {
                return null;
            }

            if (status < 100)
            {
                throw Fail("Status Code", $"{status}; expected 100 to 599.");
            }

            if (status < 200 && _informational++ == BinaryHttpLimits.MaxInformational)
            {
                throw Fail("Status Code", $"more than {BinaryHttpLimits.MaxInformational} informational responses.");
            }

            _status = (int)status;
            Consume(length);
            _state = State.Headers;
            return null;
        }

        if (!BinaryHttpControl.TryRead(_input.Bytes, out _control, out var consumed, out var field, out var problem))
        {
            return problem is null ? null : throw Fail(field, problem);
        }

        Consume(consumed);
        _state = State.Headers;
        return null;
    }

    BinaryHttpEvent? ReadFields(string section)
    {
        if (_indeterminate)
        {
            return ReadFieldLine(section);
        }

        if (!TryPeek(section, BinaryHttpLimits.MaxFieldSection, out var sectionLength, out var prefix)
            || _input.Length - prefix < (int)sectionLength)
        {
            return null;
        }

        Consume(prefix);
        var left = (int)sectionLength;
        while (left > 0)
        {
            // A line that does not fit what is left of the section is malformed, however much follows the section.
            if (!TryFieldLine(section, left, out var line))
            {
                throw Fail(section, "a field line runs past its end.");
            }

            Consume(line);
            left -= line;
        }

        return FinishFields();
    }

    BinaryHttpEvent? ReadFieldLine(string section)
    {
        if (_input.Length > 0 && _input.Bytes[0] == 0)
        {
            Consume(1);
            return FinishFields();
        }

        var room = BinaryHttpLimits.MaxFieldSection - _sectionLength;
        if (!TryFieldLine(section, _input.Length, out var line))
        {
            return _input.Length > room ? throw Fail(section, BinaryHttpFieldLine.TooLong) : null;
        }

        if (line > room)
        {
            throw Fail(section, BinaryHttpFieldLine.TooLong);
        }

        _sectionLength += line;
        Consume(line);
        return null;
    }

    /// <summary>Adds the field line at the front of the first <paramref name="available"/> bytes; false where it does not end there.</summary>
    bool TryFieldLine(string section, int available, out int length)
    {
        if (!BinaryHttpFieldLine.TryRead(_input.Bytes[..available], out var field, out length, out var problem))
        {
            return problem is null ? false : throw Fail(section, problem);
        }

        if (_fields.Count == BinaryHttpLimits.MaxFields)
        {
            throw Fail(section, $"more than {BinaryHttpLimits.MaxFields} fields.");
        }

        _fields.Add(field);
        return true;
    }

    BinaryHttpEvent? FinishFields()
    {
        var fields = _fields.DrainToImmutable();
        _sectionLength = 0;
        if (_state == State.Trailers)
        {
            _state = State.Padding;
            return fields.IsEmpty ? null : new BinaryHttpEvent.Trailers(fields);
        }

        if (!request && _status < 200)
        {
            _state = State.Control;
            return new BinaryHttpEvent.Informational(_status, fields);
        }

        _state = State.ContentLength;
        return request
            ? new BinaryHttpEvent.RequestHead(_control.Method, _control.Scheme, _control.Authority, _control.Path, fields)
            : new BinaryHttpEvent.Head(_status, fields);
    }

    BinaryHttpEvent? ReadContentLength()
    {
        var room = (ulong)(_maxContent - _contentTotal);
        if (!TryPeek("Content", room, out var length, out var prefix))
        {
            return null;
        }

        Consume(prefix);
        _contentStarted = true;
        _contentLeft = (long)length;
        _contentTotal += (long)length;
        _state = length == 0 ? State.Trailers : State.Content;
        return null;
    }

    BinaryHttpEvent.Content? ReadContent()
    {
        var count = (int)Math.Min(_contentLeft, _input.Length);
        if (count == 0)
        {
            return null;
        }

        var piece = _input.Bytes[..count].ToArray();
        Consume(count);
        _contentLeft -= count;
        if (_contentLeft == 0)
        {
            _state = _indeterminate ? State.ContentLength : State.Trailers;
        }

        return new BinaryHttpEvent.Content(piece);
    }

    BinaryHttpEvent? ReadPadding()
    {
        if (_input.Bytes.ContainsAnyExcept((byte)0))
        {
            throw Fail("Padding", "not all zero.");
        }

        if (_input.Length > BinaryHttpLimits.MaxPadding - _padding)
        {
            throw Fail("Padding", $"longer than {BinaryHttpLimits.MaxPadding} bytes.");
        }

        _padding += _input.Length;
        Consume(_input.Length);
        return null;
    }

    /// <summary>
    /// The stream ended where no further unit could be read. A message may leave out its last sections where they are empty
    /// (RFC 9292 §3.8): the end is valid exactly where a section would start.
    /// </summary>
    BinaryHttpEvent End()
    {
        var atSection = _input.Length == 0 && _state switch
        {
            State.Headers => _fields.Count == 0 && (request || _status >= 200),
            State.ContentLength => !_indeterminate || !_contentStarted,
            State.Trailers => _fields.Count == 0,
            State.Padding => true,
            _ => false,
        };
        if (!atSection)
        {
            throw Fail(_state.ToString(), "the message ends inside it.");
        }

        if (_state == State.Headers)
        {
            return FinishFields()!;
        }

        _state = State.Finished;
        return new BinaryHttpEvent.End();
    }

    /// <summary>A whole integer of at most <paramref name="max"/> at the front of the input, not consumed.</summary>
    bool TryPeek(string field, ulong max, out ulong value, out int length)
    {
        if (!VarInt.TryRead(_input.Bytes, out value, out length))
        {
            return false;
        }

        return value <= max ? true : throw Fail(field, $"{value}; expected at most {max}.");
    }

    void Consume(int count)
    {
        _input.Consume(count);
        _offset += count;
    }

    BinaryHttpFormatException Fail(string field, string problem)
    {
        _failure = new BinaryHttpFormatException(field, _offset, problem);
        _input.Clear();
        return _failure;
    }

    void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new BinaryHttpFormatException(_failure.Field, _failure.Offset, "the message was already refused.");
        }
    }
}
