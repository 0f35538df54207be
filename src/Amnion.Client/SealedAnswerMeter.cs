using System.Security.Cryptography;
using Amnion.Records;

namespace Amnion.Client;

/// <summary>
/// Follows the framing of a sealed answer (nonce, then chunks with a variable-length integer before each) and hashes what stands
/// before the final chunk: the bytes the receipt in that chunk speaks about.
/// </summary>
sealed class SealedAnswerMeter(int nonceLength) : IDisposable
{
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    readonly byte[] _prefix = new byte[8];
    int _prefixHave;
    long _skip = nonceLength;

    /// <summary>True once the marker of the final chunk was seen.</summary>
    public bool FinalSeen { get; private set; }

    /// <summary>Bytes hashed.</summary>
    public long Length { get; private set; }

    /// <summary>Takes the next bytes of the stream.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !FinalSeen)
        {
            if (_skip > 0)
            {
                var take = (int)Math.Min(_skip, bytes.Length);
                Hash(bytes[..take]);
                bytes = bytes[take..];
                _skip -= take;
                continue;
            }

            _prefix[_prefixHave++] = bytes[0];
            bytes = bytes[1..];
            var length = 1 << (_prefix[0] >> 6);
            if (_prefixHave < length)
            {
                continue;
            }

            // RFC 9000 §16: the two high bits give the length of the integer.
            long value = _prefix[0] & 0x3f;
            for (var i = 1; i < length; i++)
            {
                value = (value << 8) | _prefix[i];
            }

            if (value == 0)
            {
                FinalSeen = true;
            }
            else
            {
                Hash(_prefix.AsSpan(0, length));
                _skip = value;
            }

            _prefixHave = 0;
        }
    }

    /// <summary>SHA-256 over everything before the final chunk.</summary>
    public Digest ComputeDigest() => Digest.FromBytes(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();

    void Hash(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        Length += bytes.Length;
    }
}
