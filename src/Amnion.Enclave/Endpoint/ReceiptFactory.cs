using System.Collections.Immutable;
using Amnion.Enclave.Api;
using Amnion.Records;

namespace Amnion.Enclave.Endpoint;

/// <summary>Fills in receipts. Time is Evidence time at which the request was opened, so it lies within its keyset's validity however long the answer takes.</summary>
sealed class ReceiptFactory(Digest model, Digest logHead, bool emulated)
{
    public Receipt Create(SealedRequest request, ReceiptEvent returned, TokenUsage usage, ImmutableArray<ReceiptVerdict> verdicts, long configurationVersion) => new()
    {
        Id = request.Id,
        Events = [request.Received, returned],
        Model = model,
        Keyset = request.Keyset.Digest,
        LogHead = logHead,
        ConfigurationVersion = configurationVersion,
        Guard = verdicts,
        PromptTokens = usage.Prompt,
        CompletionTokens = usage.Completion,
        Time = request.Time,
        TimeSource = "evidence",
        Emulated = emulated,
    };
}
