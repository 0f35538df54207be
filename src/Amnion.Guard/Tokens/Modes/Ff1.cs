using System.Buffers.Binary;
using System.Security.Cryptography;
using Amnion.Guard.Fields;

namespace Amnion.Guard.Tokens.Modes;

/// <summary>
/// FF1, format-preserving encryption of numeral strings: NIST SP 800-38G §5 (algorithms 7 and 8) with AES-128, -192 or -256 of the BCL. It has no
/// integrity: a wrong tweak or an altered token gives another value, not an error.
/// </summary>
/// <remarks>
/// FF3 and FF3-1 are not offered: the second draft of SP 800-38G Rev. 1 (February 2025) removes them. Memory is linear in the length; the radix
/// conversions are quadratic in it, which is why the length is bounded. Their running time depends on the values.
/// </remarks>
public sealed class Ff1 : IDisposable
{
    /// <summary>Fewest values a domain may have: radix^length, SP 800-38G Rev. 1 (second draft) §5.1.</summary>
    public const int MinimumDomain = 1_000_000;

    /// <summary>Most numerals in one string. Names, cards and identifiers have dozens; at 4096 numerals of the largest radix a call takes about a tenth of a second (FieldMeasurements, on a busy core).</summary>
    public const int MaxLength = 4096;

    /// <summary>Longest tweak, in bytes.</summary>
    public const int MaxTweakLength = 4096;

    /// <summary>Largest radix, SP 800-38G §4.1: 2^16.</summary>
    public const int MaxRadix = 65536;

    /// <summary>What the first edition of SP 800-38G asked for. Only published vectors still need it.</summary>
    internal const int LegacyMinimumDomain = 100;

    const int Block = 16;
    const int Rounds = 10;

    readonly Aes _aes;
    readonly RadixDigits _digits;

    /// <param name="key">16, 24 or 32 bytes; the caller zeroes its own.</param>
    /// <param name="radix">How many numerals there are, from 2 to <see cref="MaxRadix"/>.</param>
    /// <exception cref="ArgumentException">Another key length or radix.</exception>
    public Ff1(ReadOnlySpan<byte> key, int radix)
        : this(key, radix, MinimumDomain)
    {
    }

    internal Ff1(ReadOnlySpan<byte> key, int radix, int minimumDomain)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(radix, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(radix, MaxRadix);
        _digits = new RadixDigits(radix);
        MinLength = 2;
        for (var domain = (long)radix * radix; domain < minimumDomain; domain *= radix)
        {
            MinLength++;
        }

        _aes = AesKey.Create(key);
    }

    /// <summary>How many numerals there are.</summary>
    public int Radix => _digits.Radix;

    /// <summary>Fewest numerals in one string: the shortest whose domain has <see cref="MinimumDomain"/> values.</summary>
    public int MinLength { get; }

    /// <summary>Encrypts numerals, each below <see cref="Radix"/>.</summary>
    /// <param name="numerals">From <see cref="MinLength"/> to <see cref="MaxLength"/> of them.</param>
    /// <param name="tweak">What the value belongs to; not secret; at most <see cref="MaxTweakLength"/> bytes.</param>
    /// <param name="output">As long as the input; may be the input. Zeroed on failure.</param>
    /// <exception cref="FieldException"><see cref="FieldCodes.DomainTooSmall"/> or <see cref="FieldCodes.UnfitToken"/>.</exception>
    public void Encrypt(ReadOnlySpan<ushort> numerals, ReadOnlySpan<byte> tweak, Span<ushort> output) => Run(numerals, tweak, output, decrypt: false);

    /// <summary>Decrypts numerals; see <see cref="Encrypt"/>.</summary>
    public void Decrypt(ReadOnlySpan<ushort> numerals, ReadOnlySpan<byte> tweak, Span<ushort> output) => Run(numerals, tweak, output, decrypt: true);

    /// <summary>Releases the key.</summary>
    public void Dispose() => _aes.Dispose();

    void Run(ReadOnlySpan<ushort> numerals, ReadOnlySpan<byte> tweak, Span<ushort> output, bool decrypt)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, numerals.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tweak.Length, MaxTweakLength);
        try
        {
            Check(numerals);
        }
        catch (FieldException)
        {
            output.Clear();
            throw;
        }

        numerals.CopyTo(output);
        var left = output[..(output.Length / 2)];
        var right = output[left.Length..];

        // §5.1 step 3: the bytes of the longer half's number, and of what is added to it (step 4).
        var numberLength = _digits.ByteLength(right.Length);
        var sumLength = (4 * ((numberLength + 3) / 4)) + 4;
        var message = Message(tweak, numerals.Length, left.Length, numberLength);
        var mac = new byte[message.Length];
        var sum = new byte[(sumLength + Block - 1) / Block * Block];
        var limbs = new uint[sumLength / 4];
        for (var step = 0; step < Rounds; step++)
        {
            // No halves change places: even rounds change the left one by the right one, odd rounds the other way round.
            var round = decrypt ? Rounds - 1 - step : step;
            var target = round % 2 == 0 ? left : right;
            var source = round % 2 == 0 ? right : left;
            message[^(numberLength + 1)] = (byte)round;
            _digits.ToBytes(source, limbs, message.AsSpan(^numberLength..));
            Function(message, mac, sum);
            _digits.Add(target, sum.AsSpan(0, sumLength), limbs, subtract: decrypt);
        }

        CryptographicOperations.ZeroMemory(message);
        CryptographicOperations.ZeroMemory(mac);
        CryptographicOperations.ZeroMemory(sum);
        Array.Clear(limbs);
    }

    void Check(ReadOnlySpan<ushort> numerals)
    {
        if (numerals.Length > MaxLength)
        {
            throw new FieldException(FieldCodes.UnfitToken, $"A value has {numerals.Length} numerals; at most {MaxLength} are accepted.");
        }

        if (numerals.Length < MinLength)
        {
            throw new FieldException(FieldCodes.DomainTooSmall, $"A value has {numerals.Length} numerals of radix {Radix}; at least {MinLength} are needed for a domain of a million.");
        }

        foreach (var numeral in numerals)
        {
            if (numeral >= Radix)
            {
                throw new FieldException(FieldCodes.UnfitToken, $"A numeral is not below the radix {Radix}.");
            }
        }
    }

    // P || Q of steps 5 and 6i; the round number and the number of the half are filled in each round.
    byte[] Message(ReadOnlySpan<byte> tweak, int length, int leftLength, int numberLength)
    {
        var unpadded = tweak.Length + 1 + numberLength;
        var message = new byte[Block + ((unpadded + Block - 1) / Block * Block)];
        message[0] = 1;
        message[1] = 2;
        message[2] = 1;
        message[3] = (byte)(Radix >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), unchecked((ushort)Radix));
        message[6] = Rounds;
        message[7] = unchecked((byte)leftLength);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(8), length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(12), tweak.Length);
        tweak.CopyTo(message.AsSpan(Block));
        return message;
    }

    // Steps 6ii and 6iii: R = CBC-MAC(message), then R || AES(R xor 1) || AES(R xor 2) …
    void Function(ReadOnlySpan<byte> message, Span<byte> mac, Span<byte> sum)
    {
        Span<byte> zero = stackalloc byte[Block];
        zero.Clear();
        _aes.EncryptCbc(message, zero, mac, PaddingMode.None);
        var first = mac[^Block..];
        for (var i = 0; i < sum.Length; i += Block)
        {
            first.CopyTo(sum[i..]);
            var counter = sum.Slice(i + Block - 4, 4);
            BinaryPrimitives.WriteUInt32BigEndian(counter, BinaryPrimitives.ReadUInt32BigEndian(counter) ^ (uint)(i / Block));
        }

        if (sum.Length > Block)
        {
            _aes.EncryptEcb(sum[Block..], sum[Block..], PaddingMode.None);
        }
    }
}
