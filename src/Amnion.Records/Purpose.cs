namespace Amnion.Records;

/// <summary>What Evidence is for. It is part of the bound value, so Evidence made for one purpose is refused for the other.</summary>
public enum Purpose
{
    /// <summary>Callers seal requests to the keyset.</summary>
    Serve,

    /// <summary>The key broker wraps a data key to the keyset's one-time key.</summary>
    Release,
}
