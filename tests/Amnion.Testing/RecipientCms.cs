using System.Security.Cryptography;

namespace Amnion.Testing;

/// <summary>
/// Writes CiphertextForRecipient as AWS KMS does: CMS EnvelopedData in BER with indefinite lengths, RSA-OAEP with SHA-256, AES-256-CBC. Written byte
/// by byte from published samples, apart from the product's reader.
/// </summary>
public static class RecipientCms
{
    static readonly byte[] s_oaep = Convert.FromHexString("303c06092a864886f70d010107302fa00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500");

    /// <summary>Encrypts to a SubjectPublicKeyInfo.</summary>
    /// <param name="publicKey">Of an RSA key.</param>
    /// <param name="content">The plaintext.</param>
    /// <param name="fragment">Bytes of one fragment of the content; zero for one piece.</param>
    public static byte[] Encrypt(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> content, int fragment = 0)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(publicKey, out _);
        using var aes = Aes.Create();
        aes.KeySize = 256;
        aes.GenerateKey();
        aes.GenerateIV();
        return Write(rsa.Encrypt(aes.Key, RSAEncryptionPadding.OaepSHA256), aes.IV, aes.EncryptCbc(content, aes.IV), fragment);
    }

    /// <summary>The structure around given parts.</summary>
    public static byte[] Write(byte[] encryptedKey, byte[] iv, byte[] ciphertext, int fragment = 0)
    {
        byte[] identifier = SHA256.HashData(encryptedKey);
        byte[] recipient = Value(0x31, Value(0x30, [2, 1, 2, .. Value(0x80, identifier), .. s_oaep, .. Value(0x04, encryptedKey)]));
        byte[] algorithm = Value(0x30, [.. Convert.FromHexString("060960864801650304012a"), .. Value(0x04, iv)]);
        byte[] content = fragment == 0
            ? Value(0x80, ciphertext)
            : [0xa0, 0x80, .. ciphertext.Chunk(fragment).SelectMany(part => Value(0x04, part)), 0, 0];
        return
        [
            0x30, 0x80, .. Convert.FromHexString("06092a864886f70d010703"), 0xa0, 0x80, 0x30, 0x80, 2, 1, 2, .. recipient,
            0x30, 0x80, .. Convert.FromHexString("06092a864886f70d010701"), .. algorithm, .. content, 0, 0,
            0, 0, 0, 0, 0, 0,
        ];
    }

    static byte[] Value(byte tag, byte[] content) => content.Length switch
    {
        < 0x80 => [tag, (byte)content.Length, .. content],
        < 0x100 => [tag, 0x81, (byte)content.Length, .. content],
        _ => [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content],
    };
}
