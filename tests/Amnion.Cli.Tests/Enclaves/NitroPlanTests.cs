using System.Collections.Immutable;
using System.Text.Json;
using Amnion.Attestation;
using Amnion.Cli.Commands;
using Amnion.Cli.Enclaves;
using Amnion.Cli.Planning;
using Amnion.Cli.Terminal;
using Amnion.Host.Nitro;
using Amnion.Records;

namespace Amnion.Cli.Tests.Enclaves;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class NitroPlanTests : IDisposable
{
    const string Role = "arn:aws:iam::111122223333:role/amnion/parent";
    const string Key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    readonly string _folder = Directory.CreateTempSubdirectory("amnion-plan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static NitroPlanRequest Full { get; } = DeployCommand.Check(new NitroPlanRequest
    {
        Name = "clinic",
        KeyArn = Key,
        RoleArn = Role,
        Administrators = ["arn:aws:iam::111122223333:role/keys", "arn:aws:iam::111122223333:user/second"],
        OwnerArn = "arn:aws:iam::111122223333:role/models",
        Registers = ImmutableSortedDictionary<int, Measurement>.Empty.Add(16, new Measurement(Digest.Sha384("manifest"u8).Bytes)).Add(17, new Measurement(Digest.Sha384("engine"u8).Bytes)),
        CountsModel = true,
    });

    NitroPlan Plan(NitroPlanRequest request, EnclaveImageFacts? image = null)
    {
        image ??= SampleImage.Facts(_folder);
        return new NitroPlan(request, image, EnclaveResources.Compute(new EnclaveResourceRequest { Platform = "nitro", ImageBytes = image.Bytes, RamdiskBytes = image.RamdiskBytes }, null));
    }

    string Shown(NitroPlanRequest request, bool json)
    {
        var shown = new StringWriter();
        NitroPlanText.Write(new Output(json, shown, TextWriter.Null), Plan(request), SampleImage.Facts(_folder));
        return shown.ToString();
    }

    [Fact]
    public void The_plan_is_the_one_that_was_reviewed()
    {
        SampleImage.Golden("nitro-plan/full.txt", Shown(Full, json: false));
        SampleImage.Golden("nitro-plan/full.json", Shown(Full, json: true));
        SampleImage.Golden("nitro-plan/bare.txt", Shown(new NitroPlanRequest { Name = "clinic" }, json: false));
    }

    [Fact]
    public void The_json_is_one_object_with_the_policies_in_it()
    {
        using var json = JsonDocument.Parse(Shown(Full, json: true));
        Assert.Equal("2012-10-17", json.RootElement.GetProperty("KeyPolicy").GetProperty("Version").GetString());
        Assert.Equal(Key, json.RootElement.GetProperty("RolePolicy").GetProperty("Statement")[0].GetProperty("Resource").GetString());
        Assert.Equal(["PCR0", "PCR1", "PCR2", "PCR3", "PCR16", "PCR17"], json.RootElement.GetProperty("Measurements").EnumerateObject().Skip(1).Select(member => member.Name));
    }

    [Fact]
    public void A_key_opens_only_under_the_condition_and_those_who_administer_it_cannot_use_it()
    {
        foreach (var request in (NitroPlanRequest[])[Full, new() { Name = "clinic" }])
        {
            var policy = Policy(Plan(request).WriteKeyPolicy);
            var statements = policy.GetProperty("Statement").EnumerateArray().ToDictionary(statement => statement.GetProperty("Sid").GetString()!);
            Assert.Equal(["Administration", "NothingWithoutThisEnclave", "Sealing", "ThisEnclaveOnly"], statements.Keys.Order(StringComparer.Ordinal));

            // Whatever uses the key and is allowed, is allowed under the condition, or can only encrypt.
            foreach (var (id, statement) in statements)
            {
                var actions = Texts(statement.GetProperty("Action"));
                Assert.DoesNotContain("kms:*", actions);
                Assert.All(actions, action => Assert.StartsWith("kms:", action, StringComparison.Ordinal));
                if (statement.GetProperty("Effect").GetString() == "Allow" && id != "ThisEnclaveOnly")
                {
                    Assert.DoesNotContain(actions, action => action.Contains("Decrypt", StringComparison.Ordinal) || action.Contains("Generate", StringComparison.Ordinal) || action.Contains("ReEncrypt", StringComparison.Ordinal) || action.Contains("Grant", StringComparison.Ordinal) || action.Contains("Derive", StringComparison.Ordinal));
                }
            }

            Assert.Equal(["kms:Decrypt"], Texts(statements["ThisEnclaveOnly"].GetProperty("Action")));
            Assert.Equal(["kms:Encrypt", "kms:DescribeKey"], Texts(statements["Sealing"].GetProperty("Action")));
            var asked = statements["ThisEnclaveOnly"].GetProperty("Condition").GetProperty("StringEqualsIgnoreCase");
            var image = SampleImage.Facts(_folder).Registers[0].Hex;
            Assert.Equal(image, asked.GetProperty("kms:RecipientAttestation:ImageSha384").GetString());
            Assert.Equal(image, asked.GetProperty("kms:RecipientAttestation:PCR0").GetString());
            Assert.All(asked.EnumerateObject(), member => Assert.Matches("^[0-9a-f]{96}$", member.Value.GetString()));

            // The denial reaches everybody, the account's own administrators and policies too.
            var denied = statements["NothingWithoutThisEnclave"];
            Assert.Equal(("Deny", "*"), (denied.GetProperty("Effect").GetString(), denied.GetProperty("Principal").GetProperty("AWS").GetString()));
            Assert.Equal(image, denied.GetProperty("Condition").GetProperty("StringNotEqualsIgnoreCase").GetProperty("kms:RecipientAttestation:ImageSha384").GetString());
            Assert.Superset(new HashSet<string> { "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair", "kms:ReEncryptFrom", "kms:CreateGrant", "kms:DeriveSharedSecret" }, Texts(denied.GetProperty("Action")).ToHashSet());
        }
    }

    [Fact]
    public void Registers_3_and_8_are_asked_for_where_they_are_known()
    {
        var bare = Plan(new NitroPlanRequest { Name = "clinic" });
        Assert.Equal([0, 1, 2], bare.Registers.Select(register => register.Number));
        var signed = Plan(Full, EnclaveImageFacts.Read(SampleImage.WriteSigned(_folder, SampleImage.Now.AddDays(1)), SampleImage.Now));
        Assert.Equal([0, 1, 2, 3, 8, 16, 17], signed.Registers.Select(register => register.Number));

        // AWS Nitro Enclaves, "Where to find an enclave's measurements": PCR3 is over the role's name as text.
        Assert.Equal(Digest.Sha384([.. new byte[48], .. System.Text.Encoding.ASCII.GetBytes(Role)]).Hex, signed.Registers[3].Value.ToString());
        Assert.Contains("kms:RecipientAttestation:PCR8", Policy(signed.WriteKeyPolicy).GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(signed.Review, item => item.Contains("not signed", StringComparison.Ordinal) || item.Contains("register 16", StringComparison.Ordinal) || item.Contains("register 17", StringComparison.Ordinal));
        Assert.Contains(bare.Review, item => item.Contains("register 16", StringComparison.Ordinal));
        Assert.Contains(bare.Review, item => item.Contains("register 17", StringComparison.Ordinal));
        Assert.Contains(signed.Commands, command => command.StartsWith("aws iam create-role --path /amnion/ --role-name parent ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_register_of_zeros_is_refused()
    {
        var facts = SampleImage.Facts(_folder);
        var zero = Digest.FromBytes(new byte[48]);
        foreach (var number in (int[])[0, 1, 2, 8])
        {
            var refused = Assert.Throws<CliException>(() => Plan(Full, facts with { Registers = facts.Registers.SetItem(number, zero) }));
            Assert.Equal((ExitCode.Rejected, CliCodes.PlanZeroRegister), (refused.ExitCode, refused.Code));
        }

        Assert.Equal(CliCodes.PlanZeroRegister, Assert.Throws<CliException>(() => Plan(Full with { Registers = Full.Registers.Add(18, Measurement.Zero(48)) })).Code);
    }

    [Fact]
    public void No_debug_mode_and_no_secret_is_in_a_plan()
    {
        var text = Shown(Full, json: false);
        Assert.DoesNotContain("debug-console", text, StringComparison.Ordinal);
        Assert.DoesNotContain("AWS_", text, StringComparison.Ordinal);
        Assert.DoesNotContain('<', text.Replace("<AMI-ID>", "", StringComparison.Ordinal).Replace("<INSTANCE-TYPE>", "", StringComparison.Ordinal).Replace("<MODEL>", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("arn:aws:iam::111122223333:user/x", null, null, null)]
    [InlineData("arn:aws:iam::1:role/x", null, null, null)]
    [InlineData("arn:aws:iam::111122223333:role/x\n", null, null, null)]
    [InlineData("arn:aws:iam::111122223333:role/x; rm -rf", null, null, null)]
    [InlineData(null, "arn:aws:kms:eu-central-1:111122223333:alias/x", null, null)]
    [InlineData(null, "arn:aws:kms:eu-central-1:111122223333:key/../x", null, null)]
    [InlineData(null, Key, "us-east-1", null)]
    [InlineData(null, null, "somewhere", null)]
    [InlineData(null, null, "eu-central-1;reboot", null)]
    [InlineData(null, null, null, "arn:aws:iam::111122223333:root")]
    [InlineData(Role, null, null, Role)]
    public void Names_that_are_none_and_roles_that_are_not_apart_are_refused(string? role, string? key, string? region, string? admin)
    {
        var refused = Assert.Throws<CliException>(() => DeployCommand.Check(new NitroPlanRequest { Name = "x", RoleArn = role, KeyArn = key, Region = region, Administrators = admin is null ? [] : [admin] }));
        Assert.Equal((ExitCode.Malformed, CliCodes.PlanInput), (refused.ExitCode, refused.Code));
    }

    [Fact]
    public void The_instances_role_does_not_seal() =>
        Assert.Throws<CliException>(() => DeployCommand.Check(new NitroPlanRequest { Name = "x", RoleArn = Role, OwnerArn = Role }));

    [Theory]
    [InlineData("arn:aws-us-gov:iam::111122223333:role/a/b/c", "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef", null, "us-gov-west-1")]
    [InlineData(Role, Key, "eu-central-1", "eu-central-1")]
    public void Good_names_pass_and_the_keys_region_is_taken(string role, string key, string? region, string expected) =>
        Assert.Equal(expected, DeployCommand.Check(new NitroPlanRequest { Name = "x", RoleArn = role, KeyArn = key, Region = region }).Region);

    static JsonElement Policy(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        return document.RootElement.Clone();
    }

    static string[] Texts(JsonElement value) => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : [value.GetString()!];
}
