using Amnion.Host;
using Amnion.Host.Aws;
using Amnion.Models.Sealed;
using Microsoft.Extensions.Logging;

namespace Amnion.Cli.Deployment;

/// <summary>Where an enclave's weights and data key come from, as options say it: the package's own folder or an address, the key broker or AWS KMS.</summary>
/// <param name="Weights">Address of the folder that holds "files/": s3://, http://, https:// or a path; null for the package's own folder.</param>
/// <param name="S3Style">How buckets are addressed.</param>
/// <param name="Unsigned">True for buckets that anybody may read.</param>
/// <param name="Kms">True where AWS KMS gives the data key.</param>
/// <param name="KmsFile">The data key as KMS encrypted it; null for the file beside the package.</param>
sealed record ModelSources(string? Weights, S3Style S3Style, bool Unsigned, bool Kms, string? KmsFile)
{
    /// <summary>Everything on this machine.</summary>
    public static ModelSources Local { get; } = new(null, S3Style.Automatic, Unsigned: false, Kms: false, null);

    /// <summary>What progress calls the key's source.</summary>
    public string KeySourceName => Kms ? "AWS KMS" : "the broker";

    /// <summary>Where sealing writes the data key as KMS encrypted it, and where it is looked for.</summary>
    public static string KmsFileOf(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + ".kms.json";

    /// <summary>Every sealed file of a package with its source.</summary>
    /// <exception cref="CliException">The address is none.</exception>
    public IEnumerable<Host.SealedFile> FilesOf(SealedModelPackage package, ILoggerFactory loggers)
    {
        if (Weights is null)
        {
            return package.Files.Select(file => new Host.SealedFile(file.Name, file.SealedLength, new FileWeights(file.Path)));
        }

        var open = Opener(loggers.CreateLogger<HttpWeights>());
        return package.Files.Select(file => new Host.SealedFile(file.Name, file.SealedLength, open(SealedModelPackage.RelativePathOf(file.Name))));
    }

    /// <summary>AWS KMS with the package's wrapped key, or null for the key broker.</summary>
    public IKeySource? KeySource(string folder)
    {
        if (!Kms)
        {
            return null;
        }

        var path = KmsFile ?? KmsFileOf(folder);
        if (!File.Exists(path))
        {
            throw new CliException(ExitCode.Malformed, $"the data key as AWS KMS encrypted it, \"{path}\", is missing", "seal the model with amnion model seal --kms-key ARN, or pass --kms-file FILE", CliCodes.FileUnreadable);
        }

        var key = KmsDataKey.Parse(File.ReadAllBytes(path));
        return new KmsKeySource(AwsEnvironment.Kms(key.Region), key);
    }

    Func<string, IWeightsSource> Opener(ILogger logger)
    {
        var options = new WeightsTransferOptions();
        if (Weights!.StartsWith("s3://", StringComparison.Ordinal))
        {
            var location = S3Address() with { Region = AwsEnvironment.Region, Endpoint = AwsEnvironment.Endpoint("S3"), Style = S3Style };
            var (http, credentials) = (HttpWeights.CreateClient(), Unsigned ? null : AwsCredentialSource.OfThisProcess());
            return name => S3Weights.Open(http, location, name, credentials, options, TimeProvider.System, logger);
        }

        if (Uri.TryCreate(Weights, UriKind.Absolute, out var url) && !url.IsFile)
        {
            if (url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            {
                throw Malformed("pass s3://BUCKET/PREFIX, a folder, or http:// or https:// without user name and query");
            }

            var http = HttpWeights.CreateClient();
            var root = url.AbsoluteUri.TrimEnd('/');
            return name => new HttpWeights(http, new Uri($"{root}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}"), options, TimeProvider.System, logger);
        }

        var folder = url is null ? Path.GetFullPath(Weights) : url.LocalPath;
        return name => new FileWeights(Path.Combine(folder, name.Replace('/', Path.DirectorySeparatorChar)));
    }

    S3Location S3Address()
    {
        try
        {
            return S3Location.Parse(Weights!);
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message, e);
        }
    }

    CliException Malformed(string hint, Exception? inner = null) => new(ExitCode.Malformed, $"\"{Weights!.Split('?')[0]}\" is no address of weights", Commands.CommandFrame.Lower(hint), CliCodes.UrlMalformed, inner);
}
