using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Cli.Enclaves;
using Amnion.Host.Nitro;

namespace Amnion.Cli.Planning;

/// <summary>
/// Everything that running an image on EC2 needs, as text to review and to carry out by hand: worked out from the image alone, without
/// credentials and without a network.
/// </summary>
sealed class NitroPlan
{
    /// <summary>Where images are put on the instance.</summary>
    public const string ImageFolder = StateFolder + "/images";

    const string StateFolder = "/var/lib/amnion";

    const int RoleRegister = 3, CertificateRegister = 8, ModelRegister = 16, EngineRegister = 17;

    readonly NitroPlanRequest _request;
    readonly EnclaveImageFacts _image;

    /// <exception cref="CliException">A register is zero: that is what a debug enclave has, and a policy that asks for it protects nothing.</exception>
    public NitroPlan(NitroPlanRequest request, EnclaveImageFacts image, EnclaveResources resources)
    {
        _request = request;
        _image = image;
        Resources = resources;
        Registers = [.. Expected(request, image)];
        if (Registers.FirstOrDefault(register => register.Value.IsZero) is { Value.Length: > 0 } zero)
        {
            throw new CliException(ExitCode.Rejected, string.Create(CultureInfo.InvariantCulture, $"register {zero.Number} is zero, as all registers of a debug enclave are: anybody's debug enclave would get the key"), "plan with an image of your own, and with registers read from an enclave in production mode", CliCodes.PlanZeroRegister);
        }
    }

    /// <summary>Registers that the key's policy asks for, by number.</summary>
    public ImmutableArray<(int Number, Measurement Value)> Registers { get; }

    /// <summary>Memory and processors.</summary>
    public EnclaveResources Resources { get; }

    /// <summary>The image's path on the instance.</summary>
    public string ImagePath => $"{ImageFolder}/{_request.Name}.eif";

    /// <summary>The KMS key's policy.</summary>
    public void WriteKeyPolicy(Utf8JsonWriter json) => KmsKeyPolicy.Write(json, _request, Registers);

    /// <summary>The instance role's permissions: the same condition once more, so that neither document alone opens the key.</summary>
    public void WriteRolePolicy(Utf8JsonWriter json) => KmsKeyPolicy.WriteRole(json, _request, Registers);

    /// <summary>Who may take the instance's role: EC2.</summary>
    public static void WriteTrustPolicy(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("Version", KmsKeyPolicy.Version);
        json.WriteStartArray("Statement");
        json.WriteStartObject();
        json.WriteString("Effect", "Allow");
        json.WriteStartObject("Principal");
        json.WriteString("Service", "ec2.amazonaws.com");
        json.WriteEndObject();
        json.WriteString("Action", "sts:AssumeRole");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>/etc/nitro_enclaves/allocator.yaml.</summary>
    public string Allocator => string.Create(CultureInfo.InvariantCulture, $"---\nmemory_mib: {Resources.MemoryBytes >> 20}\ncpu_count: {Resources.Cpus}\n");

    /// <summary>/etc/systemd/system/amnion.service.</summary>
    public string Unit => $"""
        [Unit]
        Description=Amnion: {_request.Name} in a Nitro Enclave
        Requires=nitro-enclaves-allocator.service
        After=nitro-enclaves-allocator.service network-online.target
        Wants=network-online.target

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        User=amnion
        Group=ne
        StateDirectory=amnion
        StateDirectoryMode=0700
        Environment=AMNION_HOME=/var/lib/amnion/home
        ExecStart=/usr/local/bin/amnion up --platform nitro --image {ImagePath} --model {StateFolder}/model --keys aws-kms
        ExecStop=/usr/local/bin/amnion down
        TimeoutStartSec=900
        NoNewPrivileges=yes
        ProtectSystem=strict
        ProtectHome=yes
        PrivateTmp=yes
        ReadWritePaths=/var/lib/amnion

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>What to type, in order. Lines that begin with '#' say where.</summary>
    public ImmutableArray<string> Commands
    {
        get
        {
            var region = _request.Region ?? AwsNames.NoRegion;
            var (role, path) = _request.RoleArn is { } arn ? AwsNames.RoleName(arn) : ("<ROLE-NAME>", "/");
            var key = _request.KeyArn ?? AwsNames.NoKey;
            var lines = ImmutableArray.CreateBuilder<string>();
            lines.AddRange(
                "# key administrator, anywhere",
                $"aws iam create-role --path {path} --role-name {role} --assume-role-policy-document file://trust-policy.json",
                $"aws iam put-role-policy --role-name {role} --policy-name amnion-enclave-key --policy-document file://role-policy.json",
                $"aws iam create-instance-profile --instance-profile-name {role}",
                $"aws iam add-role-to-instance-profile --instance-profile-name {role} --role-name {role}",
                _request.KeyArn is null
                    ? $"aws kms create-key --region {region} --description \"amnion {_request.Name}\" --policy file://key-policy.json"
                    : $"aws kms put-key-policy --region {region} --key-id {key} --policy-name default --policy file://key-policy.json",
                $"aws kms enable-key-rotation --region {region} --key-id {key}",
                "# model owner, with credentials that may encrypt",
                $"amnion model seal <MODEL>.gguf --out model --kms-key {key}",
                $"# operator: an {_image.ArchitectureName} instance with at least {Resources.Cpus + 2} vCPUs and {(Resources.MemoryBytes >> 20) + ParentMebibytes} MiB of memory",
                $"aws ec2 run-instances --region {region} --image-id <AMI-ID> --instance-type <INSTANCE-TYPE> --iam-instance-profile Name={role} --enclave-options Enabled=true --metadata-options HttpTokens=required",
                "# operator, on the instance (Amazon Linux 2023), as root",
                "dnf install --assumeyes aws-nitro-enclaves-cli",
                "useradd --system --groups ne --home-dir /var/lib/amnion amnion",
                $"install -D --mode=0644 {Path.GetFileName(_image.Path)} {ImagePath}",
                $"cp --recursive model model.kms.json {StateFolder}",
                $"chown --recursive amnion: {StateFolder}",
                "install --mode=0644 allocator.yaml /etc/nitro_enclaves/allocator.yaml",
                "install --mode=0644 amnion.service /etc/systemd/system/amnion.service",
                "systemctl daemon-reload",
                "systemctl enable --now nitro-enclaves-allocator.service",
                "# a trial, before the service takes processors and memory",
                $"amnion enclave run {ImagePath} --platform nitro --memory {(Resources.MemoryBytes >> 20).ToString(CultureInfo.InvariantCulture)} --cpus {Resources.Cpus.ToString(CultureInfo.InvariantCulture)} --name trial",
                "amnion enclave list --json",
                "amnion enclave stop trial",
                "systemctl enable --now amnion.service");
            return lines.ToImmutable();
        }
    }

    /// <summary>What a person has to look at before carrying it out.</summary>
    public ImmutableArray<string> Review
    {
        get
        {
            var items = ImmutableArray.CreateBuilder<string>();
            items.AddRange(Missing());
            items.Add("whoever may change the key's policy (PutKeyPolicy) can open the key: keep administrators apart from operators, require MFA, and alarm on PutKeyPolicy, CreateGrant and ScheduleKeyDeletion in CloudTrail");
            items.Add("compare registers 0, 1 and 2 with those of an image you built yourself: the file was measured, not judged");
            if (!_image.IsSigned)
            {
                items.Add("the image is not signed: the policy cannot ask for register 8, so every new image needs a new policy");
            }

            if (!_request.Registers.ContainsKey(ModelRegister))
            {
                items.Add("register 16 (the model manifest) is not asked for: the key opens for this image whatever model it is told to load; give --register 16=HEX from an enclave in production mode");
            }

            if (!_request.Registers.ContainsKey(EngineRegister))
            {
                items.Add("register 17 (the engine configuration, with who signs models and who admits callers) is not asked for: the key opens under a host that admits callers of its own; give --register 17=HEX");
            }

            items.Add("AWS shows conditions by register number without saying up to which: try the policy with a wrong value of each register, and with another image, before you rely on it");

            if (!_request.CountsModel)
            {
                items.Add("no model was counted into the memory: give --model FILE");
            }

            items.Add("the policy allows exactly one image: to change images, allow the old and the new one for a while by listing both values, then remove the old");
            items.Add("not proved on hardware: this was worked out from AWS's documentation and the driver's source, and no instance has run it yet");
            return items.ToImmutable();
        }
    }

    // What the parent instance keeps for itself: its system, the relay and buffers of ciphertext.
    const long ParentMebibytes = 2048;

    static IEnumerable<(int Number, Measurement Value)> Expected(NitroPlanRequest request, EnclaveImageFacts image)
    {
        foreach (var (number, value) in image.Registers.Where(register => register.Key < RoleRegister))
        {
            yield return (number, new Measurement(value.Bytes));
        }

        if (request.RoleArn is { } role)
        {
            // AWS: SHA-384 over 48 zero bytes and the role's name, without an inner hash.
            yield return (RoleRegister, new Measurement(SHA384.HashData([.. new byte[48], .. Encoding.ASCII.GetBytes(role)])));
        }

        if (image.Registers.TryGetValue(CertificateRegister, out var certificate))
        {
            yield return (CertificateRegister, new Measurement(certificate.Bytes));
        }

        foreach (var (number, value) in request.Registers)
        {
            yield return (number, value);
        }
    }

    IEnumerable<string> Missing()
    {
        if (_request.RoleArn is null)
        {
            yield return $"replace {AwsNames.NoRole} and <ROLE-NAME> (--role): without it register 3, which ties the key to the instance's role, is not asked for";
        }

        if (_request.Administrators.IsEmpty)
        {
            yield return $"replace {AwsNames.NoAdministrator} (--admin): somebody other than the instance's role";
        }

        if (_request.OwnerArn is null)
        {
            yield return $"replace {AwsNames.NoOwner} (--owner): who seals models, and may encrypt only";
        }

        if (_request.KeyArn is null)
        {
            yield return $"replace {AwsNames.NoKey} (--key-arn) once the key is made; plan again with it";
        }

        if (_request.Region is null)
        {
            yield return $"replace {AwsNames.NoRegion} (--region)";
        }

        yield return "replace <AMI-ID> and <INSTANCE-TYPE>";
    }
}
