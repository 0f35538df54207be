using System.Collections.Immutable;

namespace Amnion.Attestation.Dcap.Collateral;

/// <summary>What collateral says of one platform. Null where it could not be said.</summary>
sealed record TcbFindings
{
    /// <summary>Of platform, TDX module and quoting enclave together.</summary>
    public TcbStatus? Status { get; set; }

    public TcbStatus? QeStatus { get; set; }

    /// <summary>Of platform and TDX module, without the quoting enclave.</summary>
    public TcbStatus? PlatformStatus { get; set; }

    /// <summary>Null for SGX and for the first TDX modules too.</summary>
    public TcbStatus? ModuleStatus { get; set; }

    /// <summary>Date of the platform's level.</summary>
    public DateTimeOffset? Date { get; set; }

    public long? EvaluationDataNumber { get; set; }

    public long? QeEvaluationDataNumber { get; set; }

    /// <summary>Advisories of all levels that were matched, sorted, none twice.</summary>
    public ImmutableSortedSet<string> Advisories { get; private set; } = s_none;

    static readonly ImmutableSortedSet<string> s_none = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Adds a level's.</summary>
    public void Advise(ImmutableArray<string> advisories) => Advisories = advisories.IsEmpty ? Advisories : Advisories.Union(advisories);

    /// <summary>As fields, for policies and people.</summary>
    public void AddFields(List<EvidenceField> fields)
    {
        if (Status is { } status)
        {
            fields.Add(new("tcb_status", status.Word(), "how up to date the platform is, by Intel's word"));
        }

        if (QeStatus is { } qe)
        {
            fields.Add(new("qe_status", qe.Word(), "how up to date the quoting enclave is"));
        }

        if (ModuleStatus is { } module)
        {
            fields.Add(new("tdx_module_status", module.Word(), "how up to date the TDX module is"));
        }

        if (Date is { } date)
        {
            fields.Add(new("tcb_date", DcapFields.Time(date), "advisories up to here are mitigated, those listed apart"));
            fields.Add(new("tcb_date_days", DcapFields.Number(date.ToUnixTimeSeconds() / (24 * 60 * 60)), "the same in days since 1970-01-01"));
        }

        if (EvaluationDataNumber is { } number)
        {
            fields.Add(new("tcb_evaluation_data_number", DcapFields.Number(number), "number of Intel's TCB recovery that the TCB info knows"));
        }

        if (QeEvaluationDataNumber is { } qeNumber)
        {
            fields.Add(new("qe_evaluation_data_number", DcapFields.Number(qeNumber), "number of Intel's TCB recovery that the QE identity knows"));
        }

        if (Status is not null)
        {
            fields.Add(new("advisory_ids", Advisories.IsEmpty ? string.Empty : string.Join(',', Advisories), "Intel's advisories that apply to the platform"));
        }
    }
}
