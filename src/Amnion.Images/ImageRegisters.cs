using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Images.Content;
using Amnion.Records;

namespace Amnion.Images;

/// <summary>The registers that an image fixes, SHA-384. AWS Nitro Enclaves, "Where to find an enclave's measurements".</summary>
public sealed record ImageRegisters
{
    /// <summary>What nitro-cli prints as the name of the hash.</summary>
    public const string HashAlgorithm = "Sha384 { ... }";

    /// <summary>PCR0: kernel, command line and all ramdisks.</summary>
    public required Digest Image { get; init; }

    /// <summary>PCR1: kernel, command line and the first ramdisk.</summary>
    public required Digest Bootstrap { get; init; }

    /// <summary>PCR2: the ramdisks from the second on.</summary>
    public required Digest Application { get; init; }

    /// <summary>PCR8: the signing certificate; null where the image is not signed (the register is then zero).</summary>
    public Digest? Certificate { get; init; }

    /// <summary>Register number → value.</summary>
    public ImmutableSortedDictionary<int, Digest> ByNumber
    {
        get
        {
            var registers = ImmutableSortedDictionary<int, Digest>.Empty.Add(0, Image).Add(1, Bootstrap).Add(2, Application);
            return Certificate is { } certificate ? registers.Add(8, certificate) : registers;
        }
    }

    /// <summary>SHA-384(0^48 ‖ SHA-384(content)): the value of registers 0, 1, 2 and 8 for that content.</summary>
    public static Digest OfContent(ImageContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Extend(content.Sha384().Bytes);
    }

    /// <summary>As <see cref="OfContent(ImageContent)"/>.</summary>
    public static Digest OfContent(ReadOnlySpan<byte> content) => Extend(SHA384.HashData(content));

    /// <summary>A zero register after one extension: SHA-384(0^48 ‖ data).</summary>
    internal static Digest Extend(ReadOnlySpan<byte> data) => Digest.Sha384([.. new byte[RegisterLog.RegisterLength], .. data]);
}
