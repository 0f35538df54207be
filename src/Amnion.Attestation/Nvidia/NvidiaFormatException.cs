using System.Globalization;

namespace Amnion.Attestation.Nvidia;

/// <summary>An NVIDIA report, manifest or container is not of the form that its specification and this reader's limits allow.</summary>
public sealed class NvidiaFormatException : FormatException
{
    internal NvidiaFormatException(int offset, string field, string problem, string code = NvidiaCodes.Malformed)
        : base(string.Create(CultureInfo.InvariantCulture, $"{field}: {problem} (byte offset {offset})"))
    {
        Offset = offset;
        Field = field;
        Code = code;
    }

    /// <summary>Byte offset in the input.</summary>
    public int Offset { get; }

    /// <summary>The refused field.</summary>
    public string Field { get; }

    /// <summary><see cref="NvidiaCodes.Malformed"/>, <see cref="NvidiaCodes.RimMalformed"/> or <see cref="NvidiaCodes.ResultMalformed"/>.</summary>
    public string Code { get; }
}
