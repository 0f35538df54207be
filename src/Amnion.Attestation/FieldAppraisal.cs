using System.Globalization;
using System.Security.Cryptography;

namespace Amnion.Attestation;

/// <summary>Compares decoded fields with a policy, alike for every format: RFC 9334 §8.5.</summary>
static class FieldAppraisal
{
    const string Format = "Amnion policy format ";

    static readonly CheckRule s_platform = new(AttestationCodes.PlatformMismatch, "Evidence is for the policy's platform", Format + "§2", CheckKind.Policy);
    static readonly CheckRule s_pinsCode = new(AttestationCodes.PolicyPinsNoCode, "policy names the code that runs", Format + "§3", CheckKind.Policy);
    static readonly CheckRule s_value = new(AttestationCodes.FieldMismatch, "field has a Reference Value", "RFC 9334 §8.3", CheckKind.Policy);
    static readonly CheckRule s_missing = new(AttestationCodes.FieldMissing, "field is in the Evidence", Format + "§3", CheckKind.Policy);
    static readonly CheckRule s_floor = new(AttestationCodes.BelowFloor, "field is not below the floor", Format + "§3", CheckKind.Policy);
    static readonly CheckRule s_machine = new(AttestationCodes.Machine, "machine is one the policy names", Format + "§3", CheckKind.Policy);
    static readonly CheckRule s_binding = new(AttestationCodes.Binding, "Evidence binds the expected value", Format + "§4", CheckKind.Policy);
    static readonly CheckRule s_nonce = new(AttestationCodes.Nonce, "Evidence carries the relying party's nonce", Format + "§4", CheckKind.Policy);
    static readonly CheckRule s_debug = new(AttestationCodes.Debug, "attester cannot be debugged", Format + "§3", CheckKind.Policy);
    static readonly CheckRule s_endorsements = new(AttestationCodes.TooManyEndorsements, "number of endorsements is bounded", "RFC 9334 §8.3");

    /// <summary>What an appraisal starts with: the platform asked for, and no more endorsements than it looks at.</summary>
    /// <returns>The context to go on with: without any endorsements where there were too many, so that none of them cost work.</returns>
    public static AppraisalContext Begin(string platform, AppraisalPolicy policy, AppraisalContext context, CheckList checks)
    {
        CheckPlatform(platform, policy, checks);
        var given = context.Endorsements;
        var most = Math.Max(Math.Max(given.Certificates.Length, given.RevocationLists.Length), Math.Max(given.TcbInfos.Length, given.EnclaveIdentities.Length));
        most = Math.Max(most, Math.Max(given.Rims.Length, given.OcspResponses.Length));
        if (most <= Endorsements.MaxCount)
        {
            return context;
        }

        checks.Add(s_endorsements, CheckOutcome.Fail, Number(Endorsements.MaxCount) + " of a kind", Number(most));
        return context with { Endorsements = new Endorsements() };
    }

    /// <summary>The platform that the Evidence is of, or was presented for.</summary>
    public static void CheckPlatform(string platform, AppraisalPolicy policy, CheckList checks) => checks.Add(s_platform, platform == policy.Platform, policy.Platform, platform);

    /// <summary>All comparisons that need nothing but fields.</summary>
    /// <param name="fields">As decoded.</param>
    /// <param name="spec">Which of them carry what.</param>
    /// <param name="debug">Why the attester counts as one that can be debugged; null where it does not.</param>
    /// <param name="policy">The relying party's policy.</param>
    /// <param name="context">Nonce and expected value of this appraisal.</param>
    /// <param name="checks">Gets the results.</param>
    /// <param name="isDebugKnown">False where <paramref name="debug"/> only says why nothing shows the state: the check is then not made, which rejects too.</param>
    public static void Check(IReadOnlyList<EvidenceField> fields, FormatSpec spec, string? debug, AppraisalPolicy policy, AppraisalContext context, CheckList checks, bool isDebugKnown = true)
    {
        CheckDebug(debug, isDebugKnown, policy, checks);
        CheckPins(spec, policy, checks);
        CheckValues(fields, policy, checks);
        CheckMachine(fields, spec, policy, checks);
        CheckBound(fields, spec, policy, context, checks);
    }

    /// <summary>Values and floors alone, for formats that compare the rest themselves.</summary>
    public static void CheckValues(IReadOnlyList<EvidenceField> fields, AppraisalPolicy policy, CheckList checks)
    {
        foreach (var (name, accepted, expected) in policy.Words.Values)
        {
            if (Required(fields, name, expected, checks) is { } actual)
            {
                checks.Add(s_value, accepted.Contains(actual), expected, actual, name);
            }
        }

        foreach (var (name, least, expected) in policy.Words.Floors)
        {
            if (Required(fields, name, expected, checks) is { } actual)
            {
                checks.Add(s_floor, TryNumber(actual, out var number) && number >= (UInt128)least, expected, actual, name);
            }
        }
    }

    /// <summary>The list of accepted machines, where the policy has one.</summary>
    public static void CheckMachine(IReadOnlyList<EvidenceField> fields, FormatSpec spec, AppraisalPolicy policy, CheckList checks)
    {
        if (policy.Machines.IsDefaultOrEmpty)
        {
            checks.Add(s_machine, CheckOutcome.Skip, "the policy names none", Find(fields, spec.MachineField), required: false);
            return;
        }

        var actual = Find(fields, spec.MachineField);
        checks.Add(s_machine, actual is not null && policy.Machines.Contains(actual), policy.Words.Machines, actual ?? "the Evidence names no machine");
    }

    static void CheckDebug(string? debug, bool isKnown, AppraisalPolicy policy, CheckList checks)
    {
        var allowed = debug is not null && policy.DangerousAllowDebug;
        if (debug is not null && !isKnown && !allowed)
        {
            checks.Skip(s_debug, debug, "debugging is off");
            return;
        }

        var outcome = debug is null ? CheckOutcome.Pass : allowed ? CheckOutcome.Skip : CheckOutcome.Fail;
        checks.Add(s_debug, outcome, "debugging is off", allowed ? debug + "; the policy allows it" : debug, required: !allowed);
    }

    static void CheckPins(FormatSpec spec, AppraisalPolicy policy, CheckList checks)
    {
        var pins = Array.Exists(spec.CodeFields, group => Array.TrueForAll(group, name => policy.Values.TryGetValue(name, out var values) && !values.IsDefaultOrEmpty && !values.Any(IsZero)));
        checks.Add(s_pinsCode, pins, spec.CodeText, policy.Words.Names);
    }

    static void CheckBound(IReadOnlyList<EvidenceField> fields, FormatSpec spec, AppraisalPolicy policy, AppraisalContext context, CheckList checks)
    {
        var ownNonce = spec.NonceField is not null && spec.NonceField != spec.BindingField;
        if (ownNonce)
        {
            CompareNonce(Find(fields, spec.NonceField), context, checks);
        }

        if (context.ExpectedUserData is { IsEmpty: true })
        {
            checks.Add(s_binding, CheckOutcome.Fail, "a value", "an empty one, which binds nothing");
        }
        else if (context.ExpectedUserData is { } expected)
        {
            Compare(s_binding, Bound(expected.Span, policy.Binding), Find(fields, spec.BindingField), policy.Binding != BindingForm.Exact, checks);
        }
        else if (spec.NonceField is not null && !ownNonce)
        {
            CompareNonce(Find(fields, spec.BindingField), context, checks);
        }
        else if (context.AtDocumentTime || ownNonce)
        {
            checks.Add(s_binding, CheckOutcome.Skip, actual: "no expected value was given", required: false);
        }
        else
        {
            // The format has no field for a nonce: only the bound value, which covers the nonce, shows that the Evidence is fresh.
            checks.Add(s_binding, CheckOutcome.Fail, "the value that binds nonce and keys, from the relying party", "none was given");
        }
    }

    static void CompareNonce(string? actual, AppraisalContext context, CheckList checks)
    {
        var expected = context.Nonce.Span;
        if (expected.IsEmpty && context.AtDocumentTime)
        {
            checks.Add(s_nonce, CheckOutcome.Skip, actual: "no nonce was given", required: false);
        }
        else if (expected.Length is < Nonce.MinLength or > Nonce.MaxLength)
        {
            checks.Add(s_nonce, CheckOutcome.Fail, "16 to 64 bytes from the relying party", string.Create(CultureInfo.InvariantCulture, $"{expected.Length} bytes given"));
        }
        else
        {
            Compare(s_nonce, expected, actual, padded: false, checks);
        }
    }

    static void Compare(CheckRule rule, ReadOnlySpan<byte> expected, string? actual, bool padded, CheckList checks)
    {
        var text = Convert.ToHexStringLower(expected);
        var wanted = padded && actual is not null ? text.PadRight(actual.Length, '0') : text;
        checks.Add(rule, actual == wanted, wanted, actual ?? "absent");
    }

    static ReadOnlySpan<byte> Bound(ReadOnlySpan<byte> expected, BindingForm form) => form switch
    {
        BindingForm.Sha256 => SHA256.HashData(expected),
        BindingForm.Sha384 => SHA384.HashData(expected),
        BindingForm.Sha512 => SHA512.HashData(expected),
        _ => expected,
    };

    static string? Required(IReadOnlyList<EvidenceField> fields, string name, string expected, CheckList checks)
    {
        var actual = Find(fields, name);
        if (actual is null)
        {
            checks.Add(s_missing, CheckOutcome.Fail, expected, "absent", name: name);
        }

        return actual;
    }

    static string? Find(IReadOnlyList<EvidenceField> fields, string? name)
    {
        // Logs have thousands of fields, and an enumerator through an interface is most of the cost.
        for (var i = 0; name is not null && i < fields.Count; i++)
        {
            if (fields[i].Name == name && !fields[i].IsRemark)
            {
                return fields[i].Value;
            }
        }

        return null;
    }

    /// <summary>A hash of zeros measures nothing; a short zero is a number like any other (ISVPRODID).</summary>
    static bool IsZero(string value) => value.Length >= 2 * 16 && !value.AsSpan().ContainsAnyExcept('0');

    static bool TryNumber(string text, out UInt128 number) => text.StartsWith("0x", StringComparison.Ordinal)
        ? UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
