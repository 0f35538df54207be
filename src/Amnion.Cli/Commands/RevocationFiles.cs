using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace Amnion.Cli.Commands;

/// <summary>`--revocation FILE`: certificate revocation lists that an appraisal goes by. Whether one can be relied on is a check of its own.</summary>
static class RevocationFiles
{
    // The library refuses longer lists; the rest is the text around one.
    const int MaxLength = 2 * 1024 * 1024;
    const string Label = "X509 CRL";

    public static Option<string[]> Create() => new("--revocation")
    {
        Description = "Certificate revocation list of a Nitro issuer, DER or PEM; repeatable",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static ImmutableArray<ReadOnlyMemory<byte>> Read(string[]? paths) => [.. (paths ?? []).Select(Read)];

    static ReadOnlyMemory<byte> Read(string path)
    {
        var bytes = BoundedFile.Read(path, MaxLength);
        if (!bytes.AsSpan().StartsWith("-----"u8))
        {
            return bytes;
        }

        var text = Encoding.ASCII.GetString(bytes);
        return PemEncoding.TryFind(text, out var fields) && text[fields.Label] == Label
            ? Convert.FromBase64String(text[fields.Base64Data])
            : throw new CliException(ExitCode.Malformed, $"\"{path}\" holds no \"{Label}\"", "pass the path of one list in DER or PEM", CliCodes.FileUnreadable);
    }
}
