using System.CommandLine;
using Amnion.Cli.Deployment;
using Amnion.Host.Aws;

namespace Amnion.Cli.Commands;

/// <summary>The options that say where weights and data key come from, shared by `amnion up` and the daemon behind it.</summary>
sealed class SourceOptions
{
    const string Broker = "broker";
    const string AwsKms = "aws-kms";

    readonly Option<string?> _weights = new("--weights") { Description = "Where the sealed files are: s3://BUCKET/PREFIX, http(s)://… or a folder (default: the sealed model's folder)", HelpName = "URL" };
    readonly Option<string> _style = new("--s3-style") { Description = "How a bucket is addressed: automatic, path or virtual-host", DefaultValueFactory = _ => "automatic" };
    readonly Option<bool> _unsigned = new("--no-sign-request") { Description = "Ask for a public bucket without credentials" };
    readonly Option<string> _keys = new("--keys") { Description = "Who gives the data key: broker or aws-kms", DefaultValueFactory = _ => Broker };
    readonly Option<string?> _kmsFile = new("--kms-file") { Description = "The data key as AWS KMS encrypted it (default: beside the sealed model)", HelpName = "FILE" };

    public SourceOptions()
    {
        _style.AcceptOnlyFromAmong("automatic", "path", "virtual-host");
        _keys.AcceptOnlyFromAmong(Broker, AwsKms);
    }

    /// <summary>Adds them to a command.</summary>
    public Command AddTo(Command command)
    {
        foreach (var option in (Option[])[_weights, _style, _unsigned, _keys, _kmsFile])
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <summary>What they say.</summary>
    public ModelSources Read(ParseResult parsed) => new(
        parsed.GetValue(_weights),
        parsed.GetValue(_style) switch { "path" => S3Style.Path, "virtual-host" => S3Style.VirtualHost, _ => S3Style.Automatic },
        parsed.GetValue(_unsigned),
        parsed.GetValue(_keys) == AwsKms,
        parsed.GetValue(_kmsFile));

    /// <summary>The same again as arguments. Credentials are not among them: daemons inherit the environment.</summary>
    public static IEnumerable<string> Arguments(ModelSources sources) =>
    [
        .. sources.Weights is { } weights ? (string[])["--weights", weights] : [],
        .. sources.S3Style switch { S3Style.Path => (string[])["--s3-style", "path"], S3Style.VirtualHost => ["--s3-style", "virtual-host"], _ => [] },
        .. sources.Unsigned ? (string[])["--no-sign-request"] : [],
        .. sources.Kms ? (string[])["--keys", AwsKms] : [],
        .. sources.KmsFile is { } file ? (string[])["--kms-file", Path.GetFullPath(file)] : [],
    ];
}
