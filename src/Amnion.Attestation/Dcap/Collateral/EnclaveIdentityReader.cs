using System.Text.Json;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Reads the identity of a quoting enclave. Any version and id is read, so that a wrong one is a check's answer and not a failure to read.</summary>
static class EnclaveIdentityReader
{
    public static EnclaveIdentity Read(ReadOnlyMemory<byte> json) => new CollateralInput(json, DcapCodes.QeIdentityMalformed).Open("enclaveIdentity", Read);

    static EnclaveIdentity Read(CollateralInput input, JsonElement identity, ReadOnlyMemory<byte> signature) => new()
    {
        Signed = input.Raw(identity),
        Signature = signature,
        Id = input.Text(identity, "id"),
        Version = input.Number(identity, "version", int.MaxValue),
        IssueDate = input.Time(identity, "issueDate"),
        NextUpdate = input.Time(identity, "nextUpdate"),
        EvaluationDataNumber = input.Number(identity, "tcbEvaluationDataNumber", int.MaxValue),
        MiscSelect = input.Hex(identity, "miscselect", 4),
        MiscSelectMask = input.Hex(identity, "miscselectMask", 4),
        Attributes = input.Hex(identity, "attributes", 16),
        AttributesMask = input.Hex(identity, "attributesMask", 16),
        MrSigner = input.Hex(identity, "mrsigner", 32),
        IsvProdId = input.Number(identity, "isvprodid", ushort.MaxValue),
        Levels = input.List(identity, "tcbLevels", input.SvnLevel),
    };
}
