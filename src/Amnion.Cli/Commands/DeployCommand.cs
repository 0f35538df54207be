using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;
using Amnion.Attestation;
using Amnion.Cli.Enclaves;
using Amnion.Cli.Planning;
using Amnion.Host.Nitro;

namespace Amnion.Cli.Commands;

/// <summary>`amnion deploy nitro --plan`: what running an image on EC2 takes, to be reviewed and carried out by people. It changes nothing and asks nobody.</summary>
[SupportedOSPlatform("linux")]
static class DeployCommand
{
    const int FirstOwnRegister = 16, LastRegister = 31, RegisterLength = 48;

    public static Command Create()
    {
        var plan = new Option<bool>("--plan") { Description = "Print the plan; nothing is changed and no network is used" };
        var image = new Option<string>("--image") { Description = "The enclave image file (EIF)", HelpName = "FILE", Required = true };
        var name = new Option<string?>("--name") { Description = "The enclave's name (default: the file's)", HelpName = "NAME" };
        var key = new Option<string?>("--key-arn") { Description = "The KMS key that wraps the model's data key", HelpName = "ARN" };
        var role = new Option<string?>("--role") { Description = "The parent instance's role", HelpName = "ARN" };
        var admin = new Option<string[]>("--admin") { Description = "Who administers the key", HelpName = "ARN" };
        var owner = new Option<string?>("--owner") { Description = "Who seals models with the key", HelpName = "ARN" };
        var region = new Option<string?>("--region") { Description = "The region", HelpName = "NAME" };
        var register = new Option<string[]>("--register") { Description = "A register from 16 on that the key's policy asks for too", HelpName = "N=HEX" };
        var memory = new Option<long?>("--memory") { Description = "Memory in MiB (default: what image and model need)", HelpName = "MIB" };
        var cpus = new Option<int?>("--cpus") { Description = "Number of processors (default: 2)", HelpName = "N" };
        var sizing = new EnclaveSizing();
        var nitro = new Command("nitro", "Plan a deployment on EC2 with Nitro Enclaves") { Options = { plan, image, name, key, role, admin, owner, region, register, memory, cpus } };
        foreach (var option in sizing.All)
        {
            nitro.Options.Add(option);
        }

        nitro.Runs((parsed, output, _) =>
        {
            if (!parsed.GetValue(plan))
            {
                throw new CliException(ExitCode.Unsupported, "this command changes nothing by itself", "pass --plan, review what it prints and carry it out");
            }

            var facts = EnclaveImageFacts.Read(parsed.GetValue(image)!, TimeProvider.System.GetUtcNow());
            var request = Check(new NitroPlanRequest
            {
                Name = parsed.GetValue(name) ?? EnclaveRecords.NameOf(facts.Path),
                KeyArn = parsed.GetValue(key),
                RoleArn = parsed.GetValue(role),
                Administrators = [.. parsed.GetValue(admin) ?? []],
                OwnerArn = parsed.GetValue(owner),
                Region = parsed.GetValue(region),
                Registers = Registers(parsed.GetValue(register) ?? []),
                CountsModel = parsed.GetValue(sizing.Model) is not null,
            });
            var needed = sizing.RequestOf(parsed, AttestationPlatform.Nitro, facts);
            var resources = EnclaveResources.Compute(needed with { MemoryMebibytes = parsed.GetValue(memory) ?? needed.MemoryMebibytes, Cpus = parsed.GetValue(cpus) ?? needed.Cpus }, null);
            NitroPlanText.Write(output, new NitroPlan(request, facts, resources), facts);
            return Task.FromResult(ExitCode.Accepted);
        });
        return new Command("deploy", "Plan deployments") { Subcommands = { nitro } };
    }

    /// <summary>Refuses names that are none, and roles that should be apart and are not.</summary>
    /// <exception cref="CliException">One is refused.</exception>
    public static NitroPlanRequest Check(NitroPlanRequest request)
    {
        if (!EnclaveRecords.IsName(request.Name))
        {
            throw Refuse($"\"{request.Name}\" cannot be an enclave's name", $"use up to {EnclaveRecords.LongestName} letters, digits, '.', '_' and '-'");
        }

        if (request.RoleArn is { } role)
        {
            _ = AwsNames.RoleName(role);
        }

        foreach (var administrator in request.Administrators)
        {
            _ = AwsNames.CheckPrincipal("--admin", administrator);
        }

        if (request.OwnerArn is { } owner)
        {
            _ = AwsNames.CheckPrincipal("--owner", owner);
        }

        if (request.RoleArn is { } parent && (request.Administrators.Contains(parent) || request.OwnerArn == parent))
        {
            throw Refuse("the instance's role must neither administer the key nor seal with it", "name other roles: whoever runs the host must not be able to change who gets the key");
        }

        var region = request.Region is null ? null : AwsNames.CheckRegion(request.Region);
        if (request.KeyArn is { } key && AwsNames.KeyRegion(key) is var itsRegion && (region ??= itsRegion) != itsRegion)
        {
            throw Refuse($"the key is in {itsRegion} and --region says {region}", "leave --region out");
        }

        return request with { Region = region };
    }

    static ImmutableSortedDictionary<int, Measurement> Registers(string[] texts)
    {
        var registers = ImmutableSortedDictionary.CreateBuilder<int, Measurement>();
        foreach (var text in texts)
        {
            var parts = text.Split('=');
            if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < FirstOwnRegister or > LastRegister || !Measurement.TryFromHex(parts[1], out var value) || value.Length != RegisterLength || !registers.TryAdd(number, value))
            {
                throw Refuse($"--register \"{text}\" is not one", $"expected N=HEX, N from {FirstOwnRegister} to {LastRegister}, {2 * RegisterLength} hexadecimal digits, each register once");
            }
        }

        return registers.ToImmutable();
    }

    static CliException Refuse(string message, string hint) => new(ExitCode.Malformed, message, hint, CliCodes.PlanInput);
}
