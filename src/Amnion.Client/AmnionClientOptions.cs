using System.Collections.Immutable;
using Amnion.Attestation;
using Amnion.Records;
using Amnion.Records.Telemetry;

namespace Amnion.Client;

/// <summary>Where the relay is and what the caller demands of the enclave behind it.</summary>
public sealed class AmnionClientOptions
{
    /// <summary>The relay's base URL. Never trusted: TLS to it adds nothing to the seal.</summary>
    public required Uri Relay { get; init; }

    /// <summary>The Appraisal Policy for Evidence.</summary>
    public required AppraisalPolicy Policy { get; init; }

    /// <summary>API key sent inside the seal where a request brings none of its own.</summary>
    public string? ApiKey { get; init; }

    /// <summary>DER revocation lists, each used for the certificates whose issuer it names. Nothing fetches them.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> RevocationLists { get; init; } = [];

    /// <summary>Called with every verified receipt.</summary>
    public Action<ReceiptFile>? OnReceipt { get; init; }

    /// <summary>Called with events of the closed telemetry schema.</summary>
    public Action<TelemetryEvent>? OnTelemetry { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The HTTP connection to the relay; tests replace it. It must not follow redirects.</summary>
    public HttpMessageHandler? Transport { get; init; }
}
