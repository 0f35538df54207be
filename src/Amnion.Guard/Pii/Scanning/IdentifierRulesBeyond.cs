using System.Buffers;
using System.Collections.Immutable;
using Amnion.Guard.Pii.Validators;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>Identifiers of South America, Asia and Africa, plates, and numbers that only their label gives away.</summary>
static class IdentifierRulesBeyond
{
    public static readonly ImmutableArray<IdentifierRule> All = [.. Brazil(), .. India(), .. Asia(), .. Africa(), .. Plates(), .. Labelled()];

    static readonly SearchValues<char> s_notInward = SearchValues.Create("CIKMOV");

    static IEnumerable<IdentifierRule> Brazil() =>
    [
        new(PiiTypes.BrCpf, "ddd.ddd.ddd-dd", AmericanNumbers.Cpf, 0.9f, 0.98f),
        new(PiiTypes.BrCpf, "ddddddddddd", AmericanNumbers.Cpf, 0.61f, 0.97f),
        new(PiiTypes.BrCnpj, "dd.ddd.ddd/dddd-dd", AmericanNumbers.Cnpj, 0.9f, 0.98f),
        new(PiiTypes.BrCnpj, "dddddddddddddd", AmericanNumbers.Cnpj, 0.6f, 0.97f),
    ];

    static IEnumerable<IdentifierRule> India() =>
    [
        new(PiiTypes.InAadhaar, "dddd dddd dddd|dddd-dddd-dddd|dddd:dddd:dddd", AsianNumbers.Aadhaar, 0.7f, 0.97f),
        new(PiiTypes.InAadhaar, "dddddddddddd", AsianNumbers.Aadhaar, 0.5f, 0.95f),
        new(PiiTypes.InPan, "LLLLLddddL", AsianNumbers.Pan, 0.7f, 0.95f, false),
        new(PiiTypes.InPan, "LLLLLddddL|lllllddddl", null, 0.3f, 0.85f),
        new(PiiTypes.InGstin, "ddLLLLLddddLxLx", AsianNumbers.Gstin, 0.85f, 0.96f, false),
        new(PiiTypes.InGstin, "ddlllllddddlxlx", AsianNumbers.Gstin, 0.5f, 0.95f, false),
        new(PiiTypes.InPassport, "Lddddddd", IndianPassport, 0.1f, 0.6f, false),
        new(PiiTypes.InVoter, "lllddddddd", null, 0.35f, 0.85f),
        new(PiiTypes.InVehicle, "LLddLdddd|LLddLLdddd|LL dd LL dddd|LL-dd-LL-dddd|LL dd L dddd|LLdLdddd|LLdddddd|LLddLLLdddd", null, 0.15f, 0.7f),
    ];

    static IEnumerable<IdentifierRule> Asia() =>
    [
        new(PiiTypes.SgNric, "LdddddddL", AsianNumbers.Nric, 0.7f, 0.96f),
        new(PiiTypes.SgNric, "ldddddddl", AsianNumbers.NricLetter, 0.2f, 0.8f, false),
        new(PiiTypes.SgUen, "ddddddddL|dddddddddL|LddLLddddL", SingaporeEntity, 0.2f, 0.85f, false),
        new(PiiTypes.KrRrn, "dddddd-ddddddd", AsianNumbers.Rrn, 0.8f, 0.95f, false),
        new(PiiTypes.KrRrn, "ddddddddddddd", AsianNumbers.Rrn, 0.3f, 0.9f, false),
        new(PiiTypes.KrFrn, "dddddd-ddddddd", AsianNumbers.Frn, 0.8f, 0.95f, false),
        new(PiiTypes.KrFrn, "ddddddddddddd", AsianNumbers.Frn, 0.3f, 0.9f, false),
        new(PiiTypes.KrBrn, "ddd-dd-ddddd", AsianNumbers.Brn, 0.75f, 0.96f),
        new(PiiTypes.KrBrn, "dddddddddd", AsianNumbers.Brn, 0.3f, 0.93f),
        new(PiiTypes.KrDriverLicense, "dd~dd~dddddd~dd", AsianNumbers.KoreanLicence, 0.6f, 0.9f, false),
        new(PiiTypes.KrDriverLicense, "dddddddddddd", AsianNumbers.KoreanLicence, 0.1f, 0.85f, false),
        new(PiiTypes.KrPassport, "ldddldddd|ldddddddd", KoreanPassport, 0.15f, 0.8f, false),
        new(PiiTypes.ThNationalId, "d-dddd-ddddd-dd-d|d dddd ddddd dd d", AsianNumbers.Thai, 0.85f, 0.97f),
        new(PiiTypes.ThNationalId, "ddddddddddddd", AsianNumbers.Thai, 0.4f, 0.95f),
        new(PiiTypes.CnResidentId, "dddddddddddddddddx", AsianNumbers.Chinese, 0.85f, 0.98f),
        new(PiiTypes.PhTin, "ddd-ddd-ddd-ddd|ddd-ddd-ddd|ddddddddd|dddddddddddd|ddd-ddd-ddd-ddddd", null, 0.05f, 0.7f),
    ];

    static IEnumerable<IdentifierRule> Africa() =>
    [
        new(PiiTypes.NgNin, "ddddddddddd", AsianNumbers.NigerianId, 0.3f, 0.94f),
        new(PiiTypes.ZaId, "ddddddddddddd", AsianNumbers.SouthAfrican, 0.62f, 0.97f),
    ];

    static IEnumerable<IdentifierRule> Plates() =>
    [
        new(PiiTypes.UkPostcode, "Ld dLL|Ldd dLL|LLd dLL|LLdd dLL|LdL dLL|LLdL dLL", Postcode, 0.6f, 0.9f, false),
        new(PiiTypes.UkPostcode, "LddLL|LdddLL|LLddLL|LLdddLL|LdLdLL|LLdLdLL|ld dll|ldd dll|lld dll|lldd dll|ldl dll|lldl dll", Postcode, 0.1f, 0.8f, false),
        new(PiiTypes.UkVehicle, "LLdd LLL|LLddLLL|LLdd-LLL|lldd lll|llddlll", BritishPlate, 0.4f, 0.85f, false),
        new(PiiTypes.UkVehicle, "L ddd LLL|LdddLLL|Ldd LLL|LddLLL|Ld LLL|LLL dddL|LLLdddL|LLL ddL|LLLddL|Lddd LLL|LLL dL", OldBritishPlate, 0.15f, 0.75f, false),
        new(PiiTypes.UkPostcode, "LLL dLL|LLLdLL", value => value is "GIR0AA", 0.6f, 0.9f, false),
        new(PiiTypes.DeVehicle, "L LL dddd|L LL ddd|L LL dd|LL LL dddd|LL LL ddd|LL LL dd|LLL LL ddd|LLL LL dddd|L L dddd|LL L dddd|LLL L dddd|L-LL dddd|LL-LL dddd|LL-LL ddd|LL-L dddd|LLL-LL dddd|L-LL ddd|L-L dddd|LL-LL dd|LLL-LL ddd|LLL-LL dd|LL LL ddL|L LL ddL|LL-LL ddL|L-LL dddL|L LL dddL|LLL-L ddd|L-LL-dddd|LL-LL-dddd|L-LL-ddd|LLL LL ddddL|l ll dddd|l ll ddd", null, 0.2f, 0.85f),
        new(PiiTypes.NgVehicle, "LLL-dddLL|LLL dddLL|LLLdddLL|lll-dddll|lll dddll|llldddll", null, 0.3f, 0.8f),
    ];

    static IEnumerable<IdentifierRule> Labelled() =>
    [
        new(PiiTypes.PassportNumber, "LLddddddd|Lddddddd|Ldddddddd|ddddddddd|LLdddddd|LLddddddddd|LLdddddddd|Ldddddd|ddLLddddd|LLLdddddd|ldddddddd|lldddddd|dddddddd|LLLddddd|LdLddddd", null, 0.05f, 0.62f),
        new(PiiTypes.NationalId, "LLLLddddddLLLLLLxd|LLLLddddddLLLLLLdd", null, 0.8f, 0.95f),
    ];

    static bool IndianPassport(ReadOnlySpan<char> value) => value[0] is not ('Q' or 'X' or 'Z') && value[1] != '0' && value[7] != '0';

    static bool SingaporeEntity(ReadOnlySpan<char> value) => value[0] is not ('R' or 'S' or 'T') || char.IsAsciiDigit(value[1]);

    static bool KoreanPassport(ReadOnlySpan<char> value) => value[0] is 'M' or 'S' or 'R' or 'O' or 'D';

    static bool BritishPlate(ReadOnlySpan<char> value) => value[0] is not ('I' or 'J' or 'Q' or 'T' or 'Z') && value[1] is not ('I' or 'Q' or 'Z') && CheckDigits.Number(value[2..4]) is (>= 2 and <= 29) or (>= 51 and <= 79) && !value[4..].ContainsAny('I', 'Q');

    /// <summary>Year letters leave out I, O, Q, U and Z.</summary>
    static bool OldBritishPlate(ReadOnlySpan<char> value) => (char.IsAsciiDigit(value[1]) ? value[0] : value[^1]) is not ('I' or 'O' or 'Q' or 'U' or 'Z');

    /// <summary>BS 7666: no Q, V or X first, no I, J or Z second, no C, I, K, M, O or V in the inward part.</summary>
    static bool Postcode(ReadOnlySpan<char> value) =>
        value[0] is not ('Q' or 'V' or 'X') && value[1] is not ('I' or 'J' or 'Z') && !value[^2..].ContainsAny(s_notInward);
}
