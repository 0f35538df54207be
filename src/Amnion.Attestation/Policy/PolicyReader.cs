using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Amnion.Attestation;

/// <summary>Reads "amnion/policy/1" from front to back in one pass, so that a repeated member cannot hide behind a later one.</summary>
ref struct PolicyReader
{
    const int MaxNesting = 4;
    const int MaxTokenLength = 64;
    const long MaxRelease = (1L << 53) - 1;
    const string DigestExpected = "must be \"sha256:\" and 64 lower-case hexadecimal characters";
    const string NameExpected = "must hold different names of 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'";

    readonly int _length;
    readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    Utf8JsonReader _json;
    string _field = "$";

    public PolicyReader(ReadOnlySpan<byte> json)
    {
        _length = json.Length;
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxNesting, CommentHandling = JsonCommentHandling.Disallow });
    }

    public AppraisalPolicy Read()
    {
        if (_length > AppraisalPolicy.MaxLength)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"is {_length} bytes; at most {AppraisalPolicy.MaxLength} are accepted"));
        }

        try
        {
            return ReadDocument();
        }
        catch (JsonException)
        {
            throw new PolicyFormatException(_field, "is not valid JSON, or nested too deep", _json.BytesConsumed);
        }
    }

    AppraisalPolicy ReadDocument()
    {
        string? platform = null;
        Measurement? anchor = null;
        var policy = new AppraisalPolicy { Platform = string.Empty, TrustAnchor = default };
        Take(JsonTokenType.StartObject, "an object");
        while (TryReadName("$", out var name))
        {
            switch (name)
            {
                case "format":
                    _ = ReadText() == AppraisalPolicy.Format ? true : throw Refuse($"must be \"{AppraisalPolicy.Format}\"");
                    break;
                case "platform":
                    platform = ReadPlatform();
                    break;
                case "trust_anchor":
                    anchor = ReadMeasurement(ReadText(), 32);
                    break;
                case "further_trust_anchors":
                    policy = policy with { FurtherTrustAnchors = ReadList(AppraisalPolicy.MaxFurtherAnchors, static text => Measurement.TryParse(text, out var value) && value.Length == 32 ? value : (Measurement?)null, DigestExpected) };
                    break;
                case "values":
                    policy = policy with { Values = ReadValues() };
                    break;
                case "floors":
                    policy = policy with { Floors = ReadFloors() };
                    break;
                case "allow":
                    policy = policy with { Allow = ReadNames(AppraisalPolicy.MaxEntries) };
                    break;
                case "tcb_statuses":
                    policy = policy with { TcbStatuses = ReadNames(AppraisalPolicy.MaxEntries) };
                    break;
                case "advisories":
                    policy = policy with { Advisories = ReadNames(AppraisalPolicy.MaxEntries) };
                    break;
                case "machines":
                    policy = policy with { Machines = ReadTexts() };
                    break;
                case "may_skip":
                    policy = policy with { MaySkip = ReadNames(AppraisalPolicy.MaxEntries) };
                    break;
                case "binding":
                    policy = policy with { Binding = ReadBinding() };
                    break;
                case "registers":
                    policy = policy with { Registers = ReadRegisters() };
                    break;
                case "model":
                    policy = policy with { Model = ReadMeasurements() };
                    break;
                case "engine":
                    policy = policy with { Engine = ReadMeasurements() };
                    break;
                case "release":
                    policy = policy with { Release = ReadRelease() };
                    break;
                case "suites":
                    policy = policy with { Suites = ReadNames(AppraisalPolicy.MaxSuites, upperCase: false) };
                    break;
                case "max_age_seconds":
                    policy = policy with { MaxAge = ReadSeconds(1, AppraisalPolicy.LongestMaxAge) };
                    break;
                case "clock_skew_seconds":
                    policy = policy with { ClockSkew = ReadSeconds(0, AppraisalPolicy.LongestClockSkew) };
                    break;
                case "dangerous_allow_debug":
                    policy = policy with { DangerousAllowDebug = ReadBoolean() };
                    break;
                default:
                    throw Refuse("is not a member of this format");
            }
        }

        _field = "$";
        if (_json.Read())
        {
            throw Refuse("is followed by something else");
        }

        if (!policy.FurtherTrustAnchors.IsEmpty && platform is AttestationPlatform.Local or AttestationPlatform.Qemu or AttestationPlatform.Nitro)
        {
            throw Refuse("has \"further_trust_anchors\", which these platforms do not take: emulated and real enclaves measure alike, and only the root tells them apart");
        }

        return policy with
        {
            Platform = (_seen.Contains("$.format") ? platform : throw Refuse("has no \"format\"")) ?? throw Refuse("has no \"platform\""),
            TrustAnchor = anchor ?? throw Refuse("has no \"trust_anchor\""),
        };
    }

    string ReadPlatform()
    {
        var platform = ReadText();
        return AttestationPlatform.IsKnown(platform) ? platform : throw Refuse("must be one of " + string.Join(", ", AttestationPlatform.All));
    }

    ImmutableSortedDictionary<int, ImmutableArray<Measurement>> ReadRegisters()
    {
        var registers = ImmutableSortedDictionary.CreateBuilder<int, ImmutableArray<Measurement>>();
        Take(JsonTokenType.StartObject, "an object");
        while (TryReadName("$.registers", out var name))
        {
            // Compared as text, so that "00" or "+1" cannot name a register a second time.
            var index = Enumerable.Range(0, AppraisalPolicy.RegisterCount).FirstOrDefault(i => i.ToString(CultureInfo.InvariantCulture) == name, -1);
            if (index < 0)
            {
                throw Refuse("is not a register; expected \"0\" to \"31\"");
            }

            registers.Add(index, ReadList(AppraisalPolicy.MaxValues, static text =>
                text.Length == 96 && !text.AsSpan().ContainsAnyInRange('A', 'F') && Measurement.TryFromHex(text, out var value) ? value : null,
                "must be 96 lower-case hexadecimal characters"));
        }

        return registers.ToImmutable();
    }

    ReleaseFloor ReadRelease()
    {
        string? channel = null;
        long? minimum = null;
        Take(JsonTokenType.StartObject, "an object");
        while (TryReadName("$.release", out var name))
        {
            switch (name)
            {
                case "channel":
                    channel = ReadText();
                    _ = IsToken(channel) ? true : throw Refuse("must be 1 to 64 of a-z, 0-9, '.', '_' and '-'");
                    break;
                case "minimum":
                    minimum = ReadInteger(0, MaxRelease);
                    break;
                default:
                    throw Refuse("is not a member of this format");
            }
        }

        _field = "$.release";
        return new ReleaseFloor(channel ?? throw Refuse("has no \"channel\""), minimum ?? throw Refuse("has no \"minimum\""));
    }

    ImmutableArray<Measurement> ReadMeasurements() => ReadList(AppraisalPolicy.MaxValues, static text =>
        Measurement.TryParse(text, out var value) && value.Length == 48 ? value : (Measurement?)null, "must be \"sha384:\" and 96 lower-case hexadecimal characters");

    ImmutableSortedDictionary<string, ImmutableArray<string>> ReadValues()
    {
        var values = AppraisalPolicy.NoValues.ToBuilder();
        Take(JsonTokenType.StartObject, "an object");
        while (TryReadName("$.values", out var name))
        {
            _ = IsName(name) && values.Count < AppraisalPolicy.MaxEntries ? true : throw Refuse(NameExpected + ", at most 128 of them");
            var texts = ReadTexts();
            values.Add(name, texts.IsEmpty ? throw Refuse("holds no value; leave the field out, or name what is accepted") : texts);
        }

        return values.ToImmutable();
    }

    ImmutableSortedDictionary<string, long> ReadFloors()
    {
        var floors = AppraisalPolicy.NoFloors.ToBuilder();
        Take(JsonTokenType.StartObject, "an object");
        while (TryReadName("$.floors", out var name))
        {
            _ = IsName(name) && floors.Count < AppraisalPolicy.MaxEntries ? true : throw Refuse(NameExpected + ", at most 128 of them");
            floors.Add(name, ReadInteger(0, MaxRelease));
        }

        return floors.ToImmutable();
    }

    BindingForm ReadBinding()
    {
        var text = ReadText();
        return PolicyWriter.BindingNames.IndexOf(text) is >= 0 and var index ? (BindingForm)index : throw Refuse("must be one of " + string.Join(", ", PolicyWriter.BindingNames));
    }

    ImmutableArray<string> ReadTexts() => ReadStrings(AppraisalPolicy.MaxEntries, AppraisalPolicy.MaxTextLength, s_textCharacters, "must hold different texts of 1 to 1024 printable ASCII characters without \" ' \\ & < > + `");

    ImmutableArray<string> ReadNames(int limit, bool upperCase = true) =>
        ReadStrings(limit, MaxTokenLength, upperCase ? s_nameCharacters : s_tokenCharacters, upperCase ? NameExpected : "must hold different names of 1 to 64 of a-z, 0-9, '.', '_' and '-'");

    ImmutableArray<string> ReadStrings(int limit, int maxLength, System.Buffers.SearchValues<char> characters, string expected)
    {
        Take(JsonTokenType.StartArray, "an array");
        var texts = ImmutableArray.CreateBuilder<string>();
        while (TryReadItem(texts.Count, limit))
        {
            var text = CurrentText();
            _ = text.Length > 0 && text.Length <= maxLength && !text.AsSpan().ContainsAnyExcept(characters) && !texts.Contains(text) ? true : throw Refuse(expected);
            texts.Add(text);
        }

        return texts.ToImmutable();
    }

    ImmutableArray<Measurement> ReadList(int limit, Func<string, Measurement?> parse, string expected)
    {
        Take(JsonTokenType.StartArray, "an array");
        var values = ImmutableArray.CreateBuilder<Measurement>();
        while (TryReadItem(values.Count, limit))
        {
            var value = parse(CurrentText()) ?? throw Refuse(expected);
            values.Add(values.Contains(value) ? throw Refuse("holds the same value twice") : value);
        }

        return values.ToImmutable();
    }

    Measurement ReadMeasurement(string text, int length) =>
        Measurement.TryParse(text, out var value) && value.Length == length ? value : throw Refuse(DigestExpected);

    TimeSpan ReadSeconds(long min, TimeSpan max) => TimeSpan.FromSeconds(ReadInteger(min, (long)max.TotalSeconds));

    long ReadInteger(long min, long max)
    {
        Take(JsonTokenType.Number, "a number");
        // Only plain digits: 1e2 and 1.0 are spellings of integers that RFC 8785 does not write.
        return !_json.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9') && _json.TryGetInt64(out var value) && value >= min && value <= max
            ? value
            : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"must be an integer from {min} to {max}"));
    }

    bool ReadBoolean()
    {
        _ = _json.Read();
        return _json.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw Refuse("must be true or false"),
        };
    }

    string ReadText()
    {
        _ = _json.Read();
        return CurrentText();
    }

    string CurrentText()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            throw Refuse("must be a string");
        }

        return Ascii();
    }

    /// <summary>Every text of the format is printable ASCII, so an escape or another character is never right.</summary>
    readonly string Ascii() => !_json.ValueIsEscaped && !_json.ValueSpan.ContainsAnyExceptInRange((byte)' ', (byte)'~')
        ? Encoding.ASCII.GetString(_json.ValueSpan)
        : throw Refuse("holds an escape sequence or a character outside printable ASCII");

    bool TryReadName(string parent, out string name)
    {
        _ = _json.Read();
        name = string.Empty;
        _field = parent;
        if (_json.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        name = _json.ValueSpan.Length <= MaxTokenLength ? Ascii() : throw Refuse("has a member with a name longer than 64 bytes");
        _field = $"{parent}.{name}";
        return _seen.Add(_field) ? true : throw Refuse("stands here twice");
    }

    bool TryReadItem(int count, int limit)
    {
        _ = _json.Read();
        if (_json.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        return count < limit ? true : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"has more than {limit} values"));
    }

    void Take(JsonTokenType type, string what)
    {
        _ = _json.Read();
        if (_json.TokenType != type)
        {
            throw Refuse($"must be {what}");
        }
    }

    static bool IsToken(string text) => text.Length is > 0 and <= MaxTokenLength && !text.AsSpan().ContainsAnyExcept(s_tokenCharacters);

    static bool IsName(string text) => text.Length is > 0 and <= MaxTokenLength && !text.AsSpan().ContainsAnyExcept(s_nameCharacters);

    static readonly System.Buffers.SearchValues<char> s_nameCharacters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>What the canonical writer writes without an escape, so that one policy has one spelling.</summary>
    static readonly System.Buffers.SearchValues<char> s_textCharacters = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Where(character => !"\"'\\&<>+`".Contains(character))]);

    static readonly System.Buffers.SearchValues<char> s_tokenCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    readonly PolicyFormatException Refuse(string problem) => new(_field, problem, _json.TokenStartIndex);
}
