using System.Collections.Immutable;

namespace Amnion.Enclave.Api;

/// <summary>How the caller wants the answer drawn. Defaults are OpenAI's.</summary>
sealed record SamplingParameters
{
    /// <summary>Most stop sequences (OpenAI's limit).</summary>
    public const int MaxStops = 4;

    const int MaxStopLength = 256;

    public double Temperature { get; init; } = 1;

    public double TopP { get; init; } = 1;

    public double PresencePenalty { get; init; }

    public double FrequencyPenalty { get; init; }

    /// <summary>Null draws a fresh seed.</summary>
    public uint? Seed { get; init; }

    /// <summary>Null leaves the limit to the engine configuration and the context.</summary>
    public int? MaxTokens { get; init; }

    public ImmutableArray<string> Stop { get; init; } = [];

    /// <summary>Reads the members that chat and plain completions share.</summary>
    public static SamplingParameters Read(ApiObject request, int? maxTokens)
    {
        var seed = request.Integer("seed", long.MinValue, long.MaxValue);
        return new SamplingParameters
        {
            Temperature = request.Number("temperature", 0, 2) ?? 1,
            TopP = request.Number("top_p", 0, 1) ?? 1,
            PresencePenalty = request.Number("presence_penalty", -2, 2) ?? 0,
            FrequencyPenalty = request.Number("frequency_penalty", -2, 2) ?? 0,
            Seed = seed is { } value ? unchecked((uint)(value ^ (value >> 32))) : null,
            MaxTokens = maxTokens,
            Stop = ReadStop(request),
        };
    }

    static ImmutableArray<string> ReadStop(ApiObject request)
    {
        if (request.Any("stop") is not { } value)
        {
            return [];
        }

        ImmutableArray<string> stops = value.ValueKind == System.Text.Json.JsonValueKind.String
            ? [ApiObject.ReadText(value, "stop", MaxStopLength)]
            : [.. ApiObject.ReadItems(value, "stop", MaxStops).Select(item => ApiObject.ReadText(item.Value, item.Path, MaxStopLength))];
        return stops.All(stop => stop.Length > 0) ? stops : throw new ApiException(ApiError.Invalid("stop", "must not hold an empty string"));
    }
}
