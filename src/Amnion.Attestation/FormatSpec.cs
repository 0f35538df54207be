namespace Amnion.Attestation;

/// <summary>What the common comparison with a policy must know of a format: which fields carry what.</summary>
sealed record FormatSpec
{
    /// <summary>Groups of fields; a policy that pins every field of one group fixes the code that runs.</summary>
    public required string[][] CodeFields
    {
        get;
        init
        {
            field = value;
            CodeText = string.Join(", or ", value.Select(group => string.Join(" and ", group))) + ", not zero";
        }
    }

    /// <summary><see cref="CodeFields"/> in words.</summary>
    public string CodeText { get; private init; } = string.Empty;

    /// <summary>The field that names the machine; null where the format has none.</summary>
    public string? MachineField { get; init; }

    /// <summary>The field that carries the attester's own value (REPORT_DATA, user_data, qualifying data); null where the format has none.</summary>
    public string? BindingField { get; init; }

    /// <summary>The field that carries the relying party's nonce; the binding field where both share one, null where only the binding can hold it.</summary>
    public string? NonceField { get; init; }

    /// <summary>Fields that a policy drafted from good Evidence pins besides the first group of <see cref="CodeFields"/>, where they are there and not zero.</summary>
    public string[] PinFields { get; init; } = [];

    /// <summary>Fields that a drafted policy takes as floors, where they are there.</summary>
    public string[] FloorFields { get; init; } = [];

    /// <summary>Names of weaknesses that a policy for this format may allow.</summary>
    public string[] AllowNames { get; init; } = [];

    /// <summary>Whether Evidence needs a second root for another chain (NVIDIA's manifests), so that a drafted policy keeps all of them.</summary>
    public bool HasSecondRoot { get; init; }
}
