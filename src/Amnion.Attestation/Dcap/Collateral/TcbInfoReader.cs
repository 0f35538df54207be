using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Amnion.Attestation.Dcap.Pck;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>Reads TCB info of versions 2 (SGX only) and 3.</summary>
static class TcbInfoReader
{
    public const string SgxId = "SGX";
    public const string TdxId = "TDX";

    public static TcbInfo Read(ReadOnlyMemory<byte> json) => new CollateralInput(json, DcapCodes.TcbInfoMalformed).Open("tcbInfo", Read);

    static TcbInfo Read(CollateralInput input, JsonElement info, ReadOnlyMemory<byte> signature)
    {
        var version = input.Number(info, "version", int.MaxValue);
        var id = version switch
        {
            2 => SgxId,
            3 => input.Text(info, "id"),
            _ => throw input.Fail(info, "version", "2 or 3 expected"),
        };
        var isTdx = id switch
        {
            SgxId => false,
            TdxId => true,
            _ => throw input.Fail(info, "id", "\"SGX\" or \"TDX\" expected"),
        };
        return new TcbInfo
        {
            Signed = input.Raw(info),
            Signature = signature,
            Id = id,
            Version = version,
            IssueDate = input.Time(info, "issueDate"),
            NextUpdate = input.Time(info, "nextUpdate"),
            EvaluationDataNumber = input.Number(info, "tcbEvaluationDataNumber", int.MaxValue),
            Fmspc = input.Hex(info, "fmspc", 6),
            PceId = input.Hex(info, "pceId", 2),
            TcbType = input.Number(info, "tcbType", int.MaxValue),
            Module = isTdx ? ReadModule(input, input.Member(info, "tdxModule", JsonValueKind.Object), string.Empty, []) : null,
            Modules = isTdx && input.Find(info, "tdxModuleIdentities", JsonValueKind.Array) is not null ? input.List(info, "tdxModuleIdentities", module => ReadIdentity(input, module)) : [],
            Levels = input.List(info, "tcbLevels", level => ReadLevel(input, level, version, isTdx)),
        };
    }

    static TdxModule ReadIdentity(CollateralInput input, JsonElement module) =>
        ReadModule(input, module, input.Text(module, "id"), input.List(module, "tcbLevels", input.SvnLevel));

    static TdxModule ReadModule(CollateralInput input, JsonElement module, string id, ImmutableArray<SvnLevel> levels) => new()
    {
        Id = id,
        MrSigner = input.Hex(module, "mrsigner", 48),
        Attributes = input.Hex(module, "attributes", 8),
        AttributesMask = input.Hex(module, "attributesMask", 8),
        Levels = levels,
    };

    static TcbLevel ReadLevel(CollateralInput input, JsonElement level, int version, bool isTdx)
    {
        var tcb = input.Member(level, "tcb", JsonValueKind.Object);
        return new TcbLevel
        {
            SgxComponents = version == 2
                ? [.. Enumerable.Range(1, PckExtension.ComponentCount).Select(i => (byte)input.Number(tcb, string.Create(CultureInfo.InvariantCulture, $"sgxtcbcomp{i:D2}svn"), byte.MaxValue))]
                : ReadComponents(input, tcb, "sgxtcbcomponents"),
            TdxComponents = isTdx ? ReadComponents(input, tcb, "tdxtcbcomponents") : [],
            PceSvn = input.Number(tcb, "pcesvn", ushort.MaxValue),
            Status = input.Status(level),
        };
    }

    static ImmutableArray<byte> ReadComponents(CollateralInput input, JsonElement tcb, string name)
    {
        var components = input.List(tcb, name, component => (byte)input.Number(component, "svn", byte.MaxValue));
        return components.Length == PckExtension.ComponentCount ? components : throw input.Fail(tcb, name, "16 components expected");
    }
}
