using System.Text.RegularExpressions;

namespace Amnion.Cli.Planning;

/// <summary>AWS's names for things, as far as a plan names them. A name that is not given is a mark in angle brackets: no AWS service takes it.</summary>
static partial class AwsNames
{
    /// <summary>Stands for the parent instance's role.</summary>
    public const string NoRole = "<ROLE-ARN>";

    /// <summary>Stands for who administers the key.</summary>
    public const string NoAdministrator = "<KEY-ADMINISTRATOR-ARN>";

    /// <summary>Stands for who seals models.</summary>
    public const string NoOwner = "<MODEL-OWNER-ARN>";

    /// <summary>Stands for the key.</summary>
    public const string NoKey = "<KEY-ARN>";

    /// <summary>Stands for the region.</summary>
    public const string NoRegion = "<REGION>";

    [GeneratedRegex(@"^arn:aws(?:-cn|-us-gov)?:iam::[0-9]{12}:role/((?:[A-Za-z0-9_+=,.@-]{1,64}/)*)([A-Za-z0-9_+=,.@-]{1,64})\z")]
    private static partial Regex Role();

    [GeneratedRegex(@"^arn:aws(?:-cn|-us-gov)?:iam::[0-9]{12}:(?:role|user)/[A-Za-z0-9_+=,.@/-]{1,512}\z")]
    private static partial Regex Principal();

    [GeneratedRegex(@"^arn:aws(?:-cn|-us-gov)?:kms:([a-z0-9-]{5,32}):[0-9]{12}:key/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"^[a-z]{2}(?:-[a-z]+){1,3}-[0-9]{1,2}\z")]
    private static partial Regex Region();

    /// <summary>A role; returns its name, the last part, and its path, "/" for none.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static (string Name, string Path) RoleName(string arn) => Role().Match(arn) is { Success: true } match ? (match.Groups[2].Value, "/" + match.Groups[1].Value) : throw Refuse("--role", arn, "arn:aws:iam::ACCOUNT:role/NAME");

    /// <summary>A role or user.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static string CheckPrincipal(string option, string arn) => Principal().IsMatch(arn) ? arn : throw Refuse(option, arn, "arn:aws:iam::ACCOUNT:role/NAME (an account's root is no separate person)");

    /// <summary>A KMS key; returns its region.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static string KeyRegion(string arn) => Key().Match(arn) is { Success: true } match ? match.Groups[1].Value : throw Refuse("--key-arn", arn, "arn:aws:kms:REGION:ACCOUNT:key/ID (no alias: an alias can be pointed elsewhere)");

    /// <summary>A region.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static string CheckRegion(string region) => Region().IsMatch(region) ? region : throw Refuse("--region", region, "for example eu-central-1");

    static CliException Refuse(string option, string value, string expected) => new(ExitCode.Malformed, $"{option} \"{value}\" is not one", $"expected {expected}", CliCodes.PlanInput);
}
