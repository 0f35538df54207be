using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Amnion.Attestation;

namespace Amnion.Cli.Planning;

/// <summary>
/// Key policies that open a KMS key to one enclave image and to nobody else. Condition keys and their value's form: AWS KMS Developer Guide,
/// "Condition keys for Nitro Enclaves" (kms:RecipientAttestation:ImageSha384, which is register 0, and kms:RecipientAttestation:PCR&lt;n&gt;,
/// lower-case hexadecimal, with StringEqualsIgnoreCase).
/// </summary>
static class KmsKeyPolicy
{
    /// <summary>The policy language's version.</summary>
    public const string Version = "2012-10-17";

    const string Prefix = "kms:RecipientAttestation:";

    // All that is asked of KMS for an enclave: docs/specs/aws-kms.md §3.
    static readonly string[] s_enclave = ["kms:Decrypt"];

    // Everything that gives key material or plaintext to whoever asks. Those that carry no attestation document are refused to all.
    static readonly string[] s_revealing =
    [
        "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext", "kms:DeriveSharedSecret",
        "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant",
    ];

    // All but use of the key, and but CreateGrant, with which an administrator could hand out use.
    static readonly string[] s_administration =
    [
        "kms:DescribeKey", "kms:GetKeyPolicy", "kms:PutKeyPolicy", "kms:ListResourceTags", "kms:TagResource", "kms:UntagResource", "kms:UpdateKeyDescription", "kms:EnableKey", "kms:DisableKey",
        "kms:GetKeyRotationStatus", "kms:EnableKeyRotation", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion",
    ];

    /// <summary>The key's own policy.</summary>
    public static void Write(Utf8JsonWriter json, NitroPlanRequest request, ImmutableArray<(int Number, Measurement Value)> registers)
    {
        json.WriteStartObject();
        json.WriteString("Version", Version);
        json.WriteString("Id", "amnion-" + request.Name);
        json.WriteStartArray("Statement");
        Statement(json, "Administration", "Allow", request.Administrators.IsEmpty ? [AwsNames.NoAdministrator] : request.Administrators, s_administration, "*");
        json.WriteEndObject();
        Statement(json, "Sealing", "Allow", [request.OwnerArn ?? AwsNames.NoOwner], ["kms:Encrypt", "kms:DescribeKey"], "*");
        json.WriteEndObject();
        Statement(json, "ThisEnclaveOnly", "Allow", [request.RoleArn ?? AwsNames.NoRole], s_enclave, "*");
        Condition(json, "StringEqualsIgnoreCase", registers);
        json.WriteEndObject();

        // A condition key that a request does not have counts as not equal: without a document this denies.
        Statement(json, "NothingWithoutThisEnclave", "Deny", ["*"], s_revealing, "*");
        Condition(json, "StringNotEqualsIgnoreCase", registers[..1]);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The permissions of the instance's role.</summary>
    public static void WriteRole(Utf8JsonWriter json, NitroPlanRequest request, ImmutableArray<(int Number, Measurement Value)> registers)
    {
        json.WriteStartObject();
        json.WriteString("Version", Version);
        json.WriteStartArray("Statement");
        Statement(json, "ThisEnclaveOnly", "Allow", [], s_enclave, request.KeyArn ?? AwsNames.NoKey);
        Condition(json, "StringEqualsIgnoreCase", registers);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Statement(Utf8JsonWriter json, string id, string effect, ImmutableArray<string> principals, string[] actions, string resource)
    {
        json.WriteStartObject();
        json.WriteString("Sid", id);
        json.WriteString("Effect", effect);
        if (!principals.IsEmpty)
        {
            json.WriteStartObject("Principal");
            Values(json, "AWS", principals);
            json.WriteEndObject();
        }

        Values(json, "Action", actions);
        json.WriteString("Resource", resource);
    }

    static void Values(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values is [var only])
        {
            json.WriteString(name, only);
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    static void Condition(Utf8JsonWriter json, string comparison, ImmutableArray<(int Number, Measurement Value)> registers)
    {
        json.WriteStartObject("Condition");
        json.WriteStartObject(comparison);
        json.WriteString(Prefix + "ImageSha384", registers[0].Value.ToString());
        if (comparison == "StringEqualsIgnoreCase")
        {
            foreach (var (number, value) in registers)
            {
                json.WriteString(string.Create(CultureInfo.InvariantCulture, $"{Prefix}PCR{number}"), value.ToString());
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
