using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Amnion.Guard.Tokens;
using Amnion.Guard.Tokens.Modes;

namespace Amnion.Guard.Fields;

/// <summary>The key of one rule, by HKDF of tenant key, pointer and version, and what is done with it.</summary>
sealed class FieldKeys : IDisposable
{
    const string RandomPrefix = "enc1.";
    const string DeterministicPrefix = "det1.";
    const int SaltLength = 16;
    const int NonceLength = 12;
    const int TagLength = 16;
    const int Overhead = SaltLength + NonceLength + TagLength;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    readonly TenantKey _tenant;
    readonly FieldRule _rule;
    readonly string _policy;
    readonly byte[] _random = GC.AllocateArray<byte>(32, pinned: true);
    readonly AesSiv? _deterministic;
    readonly FormatPreservingTokens? _tokens;

    public FieldKeys(TenantKey tenant, FieldRule rule, string policy)
    {
        _tenant = tenant;
        _rule = rule;
        _policy = policy;
        switch (rule.Action)
        {
            case FieldAction.Encrypt:
                tenant.Derive("amnion/fields/encrypt/1", _random, rule.Pointer.Text);
                break;
            case FieldAction.EncryptDeterministic:
                Span<byte> key = stackalloc byte[64];
                tenant.Derive("amnion/fields/deterministic/1", key, rule.Pointer.Text);
                _deterministic = new AesSiv(key);
                CryptographicOperations.ZeroMemory(key);
                break;
            case FieldAction.Tokenize:
                _tokens = new FormatPreservingTokens(tenant, rule.Shape!);
                break;
            default:
                break;
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_random);
        _deterministic?.Dispose();
        _tokens?.Dispose();
    }

    /// <summary>What stands in the place of a value.</summary>
    public string Seal(ReadOnlySpan<byte> json, FieldNode node, string document, FieldPath path) => _rule.Action switch
    {
        FieldAction.Encrypt => SealRandom(json[node.Start..node.End], Binding(document, path)),
        FieldAction.EncryptDeterministic => SealDeterministic(FieldText.Compact(json, node)),
        _ => _tokens!.Create(_rule.Pointer.Text, "", node.Text ?? throw new FieldException(FieldCodes.UnfitValue, $"The field of the rule \"{_rule.Pointer}\" is no string; only strings are tokenised.")),
    };

    /// <summary>The JSON text of the value that a token stands for, or null where it does not open.</summary>
    public byte[]? Open(string token, string document, FieldPath path)
    {
        switch (_rule.Action)
        {
            case FieldAction.Encrypt:
                return TokenText.TryRead(RandomPrefix, token, FieldLimits.MaxSealedLength, out var random) ? OpenRandom(random, Binding(document, path)) : null;
            case FieldAction.EncryptDeterministic:
                if (!TokenText.TryRead(DeterministicPrefix, token, FieldLimits.MaxSealedLength, out var bytes) || bytes.Length < AesSiv.TagLength)
                {
                    return null;
                }

                var plaintext = new byte[bytes.Length - AesSiv.TagLength];
                return _deterministic!.TryOpen(bytes, plaintext, DeterministicBinding()) ? plaintext : null;
            default:
                return Restore(token);
        }
    }

    byte[]? Restore(string token)
    {
        try
        {
            return FieldText.Quote(_tokens!.Restore(_rule.Pointer.Text, "", token));
        }
        catch (FieldException)
        {
            return null;
        }
    }

    string SealRandom(ReadOnlySpan<byte> plaintext, byte[] binding)
    {
        var bytes = new byte[plaintext.Length + Overhead];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, SaltLength + NonceLength));
        using var cipher = ValueCipher(bytes);
        var body = bytes.AsSpan(SaltLength + NonceLength);
        cipher.Encrypt(bytes.AsSpan(SaltLength, NonceLength), plaintext, body[..plaintext.Length], body[plaintext.Length..], binding);
        return TokenText.Write(RandomPrefix, bytes);
    }

    byte[]? OpenRandom(byte[] bytes, byte[] binding)
    {
        if (bytes.Length < Overhead)
        {
            return null;
        }

        var plaintext = new byte[bytes.Length - Overhead];
        using var cipher = ValueCipher(bytes);
        var body = bytes.AsSpan(SaltLength + NonceLength);
        try
        {
            cipher.Decrypt(bytes.AsSpan(SaltLength, NonceLength), body[..plaintext.Length], body[plaintext.Length..], plaintext, binding);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    // Every value has a key of its own, from a random salt: a field's key then serves any number of values, where random nonces alone end at 2^32 (SP 800-38D §8.3).
    AesGcm ValueCipher(byte[] bytes)
    {
        Span<byte> key = stackalloc byte[32];
        HKDF.Expand(HashAlgorithmName.SHA256, _random, key, bytes.AsSpan(0, SaltLength));
        var cipher = new AesGcm(key, TagLength);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    string SealDeterministic(byte[] plaintext)
    {
        var bytes = new byte[plaintext.Length + AesSiv.TagLength];
        _deterministic!.Seal(plaintext, bytes, DeterministicBinding());
        CryptographicOperations.ZeroMemory(plaintext);
        return TokenText.Write(DeterministicPrefix, bytes);
    }

    byte[] Binding(string document, FieldPath path) => _tenant.Bind("amnion/fields/encrypt/1", document, path.ToString(), _policy);

    // Neither document nor place: equal values of a field are to look equal everywhere. The signature binds the token to its document.
    ReadOnlyMemory<byte>[] DeterministicBinding()
    {
        var version = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(version, _tenant.Version);
        return [s_strict.GetBytes(_tenant.Tenant), s_strict.GetBytes(_rule.Pointer.Text), version];
    }
}
