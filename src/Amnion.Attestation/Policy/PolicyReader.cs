using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Amnion.Attestation;

/// <summary>Reads "amnion/policy/1" from front to back in one pass, so that a repeated member cannot hide behind a later one.</summary>
ref struct PolicyReader
{
    const long MaxRelease = (1L << 53) - 1;
    const string DigestExpected = "must be \"sha256:\" and 64 lower-case hexadecimal characters";
    const string NameExpected = "must hold different names of 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'";

    readonly int _length;
    PolicyJson _json;

    public PolicyReader(ReadOnlySpan<byte> json)
    {
        _length = json.Length;
        _json = new PolicyJson(json);
    }

    public AppraisalPolicy Read()
    {
        if (_length > AppraisalPolicy.MaxLength)
        {
            throw _json.Refuse(string.Create(CultureInfo.InvariantCulture, $"is {_length} bytes; at most {AppraisalPolicy.MaxLength} are accepted"));
        }

        try
        {
            return ReadDocument();
        }
        catch (JsonException)
        {
            throw _json.RefuseSyntax();
        }
    }

    AppraisalPolicy ReadDocument()
    {
        string? platform = null;
        Measurement? anchor = null;
        var policy = new AppraisalPolicy { Platform = string.Empty, TrustAnchor = default };
        _json.Take(JsonTokenType.StartObject, "an object");
        while (_json.TryReadName("$", out var name))
        {
            switch (name)
            {
                case "format":
                    _ = _json.ReadText() == AppraisalPolicy.Format ? true : throw _json.Refuse($"must be \"{AppraisalPolicy.Format}\"");
                    break;
                case "platform":
                    platform = ReadPlatform();
                    break;
                case "trust_anchor":
                    anchor = ReadMeasurement(_json.ReadText(), 32);
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
                case "guard":
                    policy = policy with { Guard = ReadMeasurements() };
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
                    policy = policy with { DangerousAllowDebug = _json.ReadBoolean() };
                    break;
                default:
                    throw _json.Refuse("is not a member of this format");
            }
        }

        _json.Field = "$";
        if (_json.HasMore())
        {
            throw _json.Refuse("is followed by something else");
        }

        if (!policy.FurtherTrustAnchors.IsEmpty && platform is AttestationPlatform.Local or AttestationPlatform.Qemu or AttestationPlatform.Nitro)
        {
            throw _json.Refuse("has \"further_trust_anchors\", which these platforms do not take: emulated and real enclaves measure alike, and only the root tells them apart");
        }

        return policy with
        {
            Platform = (_json.HasSeen("$.format") ? platform : throw _json.Refuse("has no \"format\"")) ?? throw _json.Refuse("has no \"platform\""),
            TrustAnchor = anchor ?? throw _json.Refuse("has no \"trust_anchor\""),
        };
    }

    string ReadPlatform()
    {
        var platform = _json.ReadText();
        return AttestationPlatform.IsKnown(platform) ? platform : throw _json.Refuse("must be one of " + string.Join(", ", AttestationPlatform.All));
    }

    ImmutableSortedDictionary<int, ImmutableArray<Measurement>> ReadRegisters()
    {
        var registers = ImmutableSortedDictionary.CreateBuilder<int, ImmutableArray<Measurement>>();
        _json.Take(JsonTokenType.StartObject, "an object");
        while (_json.TryReadName("$.registers", out var name))
        {
            // Compared as text, so that "00" or "+1" cannot name a register a second time.
            var index = Enumerable.Range(0, AppraisalPolicy.RegisterCount).FirstOrDefault(i => i.ToString(CultureInfo.InvariantCulture) == name, -1);
            if (index < 0)
            {
                throw _json.Refuse("is not a register; expected \"0\" to \"31\"");
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
        _json.Take(JsonTokenType.StartObject, "an object");
        while (_json.TryReadName("$.release", out var name))
        {
            switch (name)
            {
                case "channel":
                    channel = _json.ReadText();
                    _ = IsToken(channel) ? true : throw _json.Refuse("must be 1 to 64 of a-z, 0-9, '.', '_' and '-'");
                    break;
                case "minimum":
                    minimum = _json.ReadInteger(0, MaxRelease);
                    break;
                default:
                    throw _json.Refuse("is not a member of this format");
            }
        }

        _json.Field = "$.release";
        return new ReleaseFloor(channel ?? throw _json.Refuse("has no \"channel\""), minimum ?? throw _json.Refuse("has no \"minimum\""));
    }

    ImmutableArray<Measurement> ReadMeasurements() => ReadList(AppraisalPolicy.MaxValues, static text =>
        Measurement.TryParse(text, out var value) && value.Length == 48 ? value : (Measurement?)null, "must be \"sha384:\" and 96 lower-case hexadecimal characters");

    ImmutableSortedDictionary<string, ImmutableArray<string>> ReadValues()
    {
        var values = AppraisalPolicy.NoValues.ToBuilder();
        _json.Take(JsonTokenType.StartObject, "an object");
        while (_json.TryReadName("$.values", out var name))
        {
            _ = IsName(name) && values.Count < AppraisalPolicy.MaxEntries ? true : throw _json.Refuse(NameExpected + ", at most 128 of them");
            var texts = ReadTexts();
            values.Add(name, texts.IsEmpty ? throw _json.Refuse("holds no value; leave the field out, or name what is accepted") : texts);
        }

        return values.ToImmutable();
    }

    ImmutableSortedDictionary<string, long> ReadFloors()
    {
        var floors = AppraisalPolicy.NoFloors.ToBuilder();
        _json.Take(JsonTokenType.StartObject, "an object");
        while (_json.TryReadName("$.floors", out var name))
        {
            _ = IsName(name) && floors.Count < AppraisalPolicy.MaxEntries ? true : throw _json.Refuse(NameExpected + ", at most 128 of them");
            floors.Add(name, _json.ReadInteger(0, MaxRelease));
        }

        return floors.ToImmutable();
    }

    BindingForm ReadBinding()
    {
        var text = _json.ReadText();
        return PolicyWriter.BindingNames.IndexOf(text) is >= 0 and var index ? (BindingForm)index : throw _json.Refuse("must be one of " + string.Join(", ", PolicyWriter.BindingNames));
    }

    ImmutableArray<string> ReadTexts() => ReadStrings(AppraisalPolicy.MaxEntries, AppraisalPolicy.MaxTextLength, s_textCharacters, "must hold different texts of 1 to 1024 printable ASCII characters without \" ' \\ & < > + `");

    ImmutableArray<string> ReadNames(int limit, bool upperCase = true) =>
        ReadStrings(limit, PolicyJson.MaxTokenLength, upperCase ? s_nameCharacters : s_tokenCharacters, upperCase ? NameExpected : "must hold different names of 1 to 64 of a-z, 0-9, '.', '_' and '-'");

    ImmutableArray<Measurement> ReadList(int limit, Func<string, Measurement?> parse, string expected)
    {
        _json.Take(JsonTokenType.StartArray, "an array");
        var values = ImmutableArray.CreateBuilder<Measurement>();
        while (_json.TryReadItem(values.Count, limit))
        {
            var value = parse(_json.CurrentText()) ?? throw _json.Refuse(expected);
            values.Add(values.Contains(value) ? throw _json.Refuse("holds the same value twice") : value);
        }

        return values.ToImmutable();
    }

    Measurement ReadMeasurement(string text, int length) =>
        Measurement.TryParse(text, out var value) && value.Length == length ? value : throw _json.Refuse(DigestExpected);

    TimeSpan ReadSeconds(long min, TimeSpan max) => TimeSpan.FromSeconds(_json.ReadInteger(min, (long)max.TotalSeconds));

    ImmutableArray<string> ReadStrings(int limit, int maxLength, System.Buffers.SearchValues<char> characters, string expected)
    {
        _json.Take(JsonTokenType.StartArray, "an array");
        var texts = ImmutableArray.CreateBuilder<string>();
        while (_json.TryReadItem(texts.Count, limit))
        {
            var text = _json.CurrentText();
            _ = text.Length > 0 && text.Length <= maxLength && !text.AsSpan().ContainsAnyExcept(characters) && !texts.Contains(text) ? true : throw _json.Refuse(expected);
            texts.Add(text);
        }

        return texts.ToImmutable();
    }

    static bool IsToken(string text) => text.Length is > 0 and <= PolicyJson.MaxTokenLength && !text.AsSpan().ContainsAnyExcept(s_tokenCharacters);

    static bool IsName(string text) => text.Length is > 0 and <= PolicyJson.MaxTokenLength && !text.AsSpan().ContainsAnyExcept(s_nameCharacters);

    static readonly System.Buffers.SearchValues<char> s_nameCharacters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>What the canonical writer writes without an escape, so that one policy has one spelling.</summary>
    static readonly System.Buffers.SearchValues<char> s_textCharacters = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Where(character => !"\"'\\&<>+`".Contains(character))]);

    static readonly System.Buffers.SearchValues<char> s_tokenCharacters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");
}
