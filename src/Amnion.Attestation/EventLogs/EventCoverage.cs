namespace Amnion.Attestation.EventLogs;

/// <summary>How much of an event's data its digest stands for. Only what a digest covers has been measured; the rest is a remark of whoever wrote the log.</summary>
public enum EventCoverage
{
    /// <summary>Nothing: the digest is of something else, which the data describes.</summary>
    None,

    /// <summary>All of it.</summary>
    Data,

    /// <summary>All but the last byte, as shim before 15.8 measured what it trusts.</summary>
    DataWithoutLastByte,

    /// <summary>The value of a firmware variable without its name and identifier, as EDK II measures boot entries.</summary>
    VariableValue,

    /// <summary>What follows ": ", as GRUB measures commands and command lines.</summary>
    TextAfterColon,
}
