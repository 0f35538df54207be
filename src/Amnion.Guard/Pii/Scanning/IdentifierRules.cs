using System.Collections.Immutable;
using Amnion.Guard.Pii.Validators;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>The built-in identifiers of fixed form. Without context a score over 0.5 is given only to what is written in its own grouping or passes check digits and is usually written bare; where two types' checks hold, the rarer structure scores higher.</summary>
static class IdentifierRules
{
    public static readonly ImmutableArray<IdentifierRule> All = [.. Financial(), .. UnitedStates(), .. Anglophone(), .. GermanSpeaking(), .. WesternEurope(), .. NorthernEurope(), .. IdentifierRulesBeyond.All];

    static IEnumerable<IdentifierRule> Financial() =>
    [
        new(PiiTypes.CreditCard, "dddd~dddd~dddd~dddd|dddd~dddddd~ddddd|dddd~dddddd~dddd|dddd~dddd~dddd~dddd~ddd|dddddd~ddddddddddddd", FinancialNumbers.Card, 0.9f, 0.99f),
        new(PiiTypes.CreditCard, "dddddddddddd|ddddddddddddd", FinancialNumbers.Card, 0.45f, 0.9f),
        new(PiiTypes.CreditCard, "dddddddddddddd|ddddddddddddddd|dddddddddddddddd|ddddddddddddddddd|dddddddddddddddddd|ddddddddddddddddddd", FinancialNumbers.Card, 0.75f, 0.98f),
        new(PiiTypes.AbaRouting, "dddd~dddd~d", FinancialNumbers.Routing, 0.6f, 0.95f),
        new(PiiTypes.AbaRouting, "ddddddddd", FinancialNumbers.Routing, 0.58f, 0.95f),
        new(PiiTypes.Lei, "xxxxxxxxxxxxxxxxxxxx", FinancialNumbers.Lei, 0.85f, 0.98f),
        new(PiiTypes.SwiftBic, "LLLLLLxx|LLLLLLxxxxx", FinancialNumbers.Bic, 0.1f, 0.8f, false),
        new(PiiTypes.BankAccount, "dddddddd|ddddddddd|dddddddddd|ddddddddddd|dddddddddddd|ddddddddddddd|dddddddddddddd|dddddddddddddddd|ddddddddddddddddd", null, 0.05f, 0.55f),
        new(PiiTypes.Vin, "xxxxxxxxxxxxxxxxx", DeviceNumbers.Vin, 0.85f, 0.98f),
        new(PiiTypes.Imei, "ddddddddddddddd|dd~dddddd~dddddd~d", DeviceNumbers.Imei, 0.6f, 0.97f),
    ];

    static IEnumerable<IdentifierRule> UnitedStates() =>
    [
        new(PiiTypes.UsSsn, "ddd-dd-dddd|ddd dd dddd|ddd.dd.dddd", AmericanNumbers.Ssn, 0.6f, 0.95f, false),
        new(PiiTypes.UsSsn, "ddddddddd|ddd-dddddd|ddddd-dddd", AmericanNumbers.Ssn, 0.1f, 0.85f, false),
        new(PiiTypes.UsItin, "ddd~dd~dddd", AmericanNumbers.Itin, 0.65f, 0.96f, false),
        new(PiiTypes.UsItin, "ddddddddd|ddd-dddddd|ddddd-dddd", AmericanNumbers.Itin, 0.1f, 0.8f, false),
        new(PiiTypes.UsEin, "dd-ddddddd", AmericanNumbers.Ein, 0.3f, 0.85f, false),
        new(PiiTypes.UsNpi, "dddddddddd|dddd~ddd~ddd", AmericanNumbers.Npi, 0.6f, 0.97f),
        new(PiiTypes.Dea, "LLddddddd|Lddddddddd", AmericanNumbers.Dea, 0.7f, 0.97f),
        new(PiiTypes.Dea, "lldddddddd|llddddddd", AmericanNumbers.Dea, 0.2f, 0.9f),
        new(PiiTypes.UsMbi, "dlxd-lxd-lldd", AmericanNumbers.Mbi, 0.6f, 0.9f, false),
        new(PiiTypes.UsMbi, "dLxdLxdLLdd", AmericanNumbers.Mbi, 0.4f, 0.9f, false),
        new(PiiTypes.UsMbi, "dlxdlxdlldd", AmericanNumbers.Mbi, 0.3f, 0.85f, false),
        new(PiiTypes.UsPassport, "Ldddddddd|ddddddddd", null, 0.08f, 0.65f),
        new(PiiTypes.UsDriverLicense, "Ldddddddd|Ldddddddddddd|Lddddddd|Ldddddddddddddd|LLdddddd|ddddddddd|dddddddd|Ldddddd|dddddddddd|ddddddddddd|dddddddddddd|ddddddddddddd", null, 0.05f, 0.6f),
        new(PiiTypes.UsDriverLicense, "Lddd-dddd-dddd|Lddd-ddd-dd-ddd|Lddd-ddd-dd-ddd-d|Ldddd-ddddd-ddddd|Ldd-dd-dddd|dd-ddd-dddd|ddd-dd-dddd", null, 0.15f, 0.66f),
    ];

    static IEnumerable<IdentifierRule> Anglophone() =>
    [
        new(PiiTypes.UkNhs, "ddd ddd dddd", EuropeanNumbers.Nhs, 0.62f, 0.97f),
        new(PiiTypes.UkNhs, "dddddddddd|ddd-ddd-dddd", EuropeanNumbers.Nhs, 0.56f, 0.96f),
        new(PiiTypes.UkNino, "ll dd dd dd l", EuropeanNumbers.Nino, 0.75f, 0.95f, false),
        new(PiiTypes.UkNino, "LLddddddL|LL ddddddL|LL dddddd L|LL-dd-dd-dd-L", EuropeanNumbers.Nino, 0.65f, 0.95f, false),
        new(PiiTypes.UkNino, "llddddddl|ll ddddddl|ll dddddd l", EuropeanNumbers.Nino, 0.3f, 0.9f, false),
        new(PiiTypes.UkPassport, "llddddddd", null, 0.1f, 0.6f),
        new(PiiTypes.UkDrivingLicence, "LxxxxddddddxxxLL|lxxxxddddddxxxll", EuropeanNumbers.DrivingLicence, 0.7f, 0.95f, false),
        new(PiiTypes.CaSin, "ddd-ddd-ddd", AmericanNumbers.Sin, 0.6f, 0.96f),
        new(PiiTypes.CaSin, "ddd ddd ddd", AmericanNumbers.Sin, 0.55f, 0.96f),
        new(PiiTypes.CaSin, "ddddddddd", AmericanNumbers.Sin, 0.3f, 0.93f),
        new(PiiTypes.AuTfn, "ddd ddd ddd", AsianNumbers.Tfn, 0.56f, 0.95f),
        new(PiiTypes.AuTfn, "ddddddddd", AsianNumbers.Tfn, 0.3f, 0.93f),
        new(PiiTypes.AuAbn, "dd ddd ddd ddd", AsianNumbers.Abn, 0.85f, 0.97f),
        new(PiiTypes.AuAbn, "ddddddddddd", AsianNumbers.Abn, 0.45f, 0.95f),
        new(PiiTypes.AuAcn, "ddd ddd ddd|ddddddddd", AsianNumbers.Acn, 0.3f, 0.93f),
        new(PiiTypes.AuMedicare, "dddd ddddd d", AsianNumbers.Medicare, 0.7f, 0.95f),
        new(PiiTypes.AuMedicare, "dddddddddd", AsianNumbers.Medicare, 0.3f, 0.93f),
        new(PiiTypes.NzIrd, "ddd-ddd-ddd|ddddddddd", AsianNumbers.Ird, 0.2f, 0.9f),
    ];

    static IEnumerable<IdentifierRule> GermanSpeaking() =>
    [
        new(PiiTypes.DeTaxId, "ddddddddddd|dd ddd ddd ddd", GermanNumbers.TaxId, 0.55f, 0.95f),
        new(PiiTypes.DeTaxId, "ddddddddddd|dd ddd ddd ddd", GermanNumbers.TaxIdChecked, 0.1f, 0.8f),
        new(PiiTypes.DeTaxNumber, "ddddddddddddd", GermanNumbers.TaxNumber, 0.1f, 0.75f, false),
        new(PiiTypes.DeTaxNumber, "ddd/ddd/ddddd|dd/ddd/ddddd|ddd/dddd/dddd|dd/ddd/dddd|dd/dddd/dddd", null, 0.4f, 0.85f),
        new(PiiTypes.DeVatId, "llddddddddd|ll ddddddddd|ll~ddd~ddd~ddd", GermanNumbers.Vat, 0.7f, 0.95f),
        new(PiiTypes.DeSocialSecurity, "ddddddddLddd|dd dddddd L ddd", GermanNumbers.SocialSecurity, 0.8f, 0.97f),
        new(PiiTypes.DeSocialSecurity, "ddddddddlddd|dd dddddd l ddd", GermanNumbers.SocialSecurity, 0.4f, 0.95f),
        new(PiiTypes.DeHealthInsurance, "Lddddddddd", GermanNumbers.HealthInsurance, 0.55f, 0.95f),
        new(PiiTypes.DeHealthInsurance, "lddddddddd", GermanNumbers.HealthInsurance, 0.3f, 0.9f),
        new(PiiTypes.DePassport, "lxxxxxxxd", GermanNumbers.Passport, 0.3f, 0.9f),
        new(PiiTypes.DeIdCard, "lxxxxxxxd", GermanNumbers.IdCard, 0.3f, 0.9f, false),
        new(PiiTypes.DeDriverLicense, "xxxddddddxx", GermanLicence, 0.1f, 0.8f, false),
        new(PiiTypes.DeDriverLicense, "LLddddddddL", null, 0.2f, 0.8f),
        new(PiiTypes.DeLanr, "ddddddddd", GermanNumbers.Lanr, 0.15f, 0.9f),
        new(PiiTypes.DeBsnr, "ddddddddd", GermanNumbers.Bsnr, 0.05f, 0.75f, false),
        new(PiiTypes.DeHandelsregister, "lllddddd|lll ddddd|LLLd|LLL d|LLLdd|LLL dd|LLLddd|LLL ddd|LLLdddd|LLL dddd|LLLddddd|LLL ddddd|LLLdddddd|LLL dddddd", GermanNumbers.Handelsregister, 0.7f, 0.9f, false),
        new(PiiTypes.DePostcode, "ddddd", GermanNumbers.Postcode, 0.05f, 0.6f, false),
        new(PiiTypes.AtSvnr, "dddd dddddd|dddddddddd", GermanNumbers.AustrianSocialSecurity, 0.3f, 0.93f),
        new(PiiTypes.ChAhv, "ddd.dddd.dddd.dd|ddddddddddddd", GermanNumbers.Ahv, 0.85f, 0.97f),
    ];

    static IEnumerable<IdentifierRule> WesternEurope() =>
    [
        new(PiiTypes.NlBsn, "ddddddddd", EuropeanNumbers.Bsn, 0.54f, 0.95f),
        new(PiiTypes.NlBsn, "dddd~dd~ddd|ddd~ddd~ddd", EuropeanNumbers.Bsn, 0.4f, 0.94f),
        new(PiiTypes.FrNir, "dddddxddddddddd|d dd dd dx ddd ddd dd|d.dd.dd.dx.ddd.ddd.dd|dddddxddddddd dd|d dd dd dx ddd ddd ! dd", EuropeanNumbers.Nir, 0.85f, 0.98f),
        new(PiiTypes.BeNational, "dd.dd.dd-ddd.dd", EuropeanNumbers.Belgian, 0.85f, 0.97f),
        new(PiiTypes.BeNational, "ddddddddddd", EuropeanNumbers.Belgian, 0.4f, 0.95f),
        new(PiiTypes.EsNif, "ddddddddL|dddddddd-L|dddddddd L|dd.ddd.dddL|dd.ddd.ddd-L", EuropeanNumbers.Nif, 0.7f, 0.97f),
        new(PiiTypes.EsNif, "dddddddL|ddddddd-L|ddddddddl|dddddddd-l", EuropeanNumbers.Nif, 0.3f, 0.93f),
        new(PiiTypes.EsNie, "LdddddddL|Lddddddd-L|L-ddddddd-L|L-dddddddL", EuropeanNumbers.Nie, 0.7f, 0.97f),
        new(PiiTypes.EsNie, "ldddddddl|lddddddd-l|l-ddddddd-l", EuropeanNumbers.Nie, 0.3f, 0.93f),
        new(PiiTypes.EsPassport, "llldddddd", null, 0.2f, 0.7f),
        new(PiiTypes.PtNif, "ddddddddd|ddd ddd ddd", EuropeanNumbers.PortugueseNif, 0.3f, 0.93f),
        new(PiiTypes.ItFiscalCode, "llllllxxlxxlxxxl", EuropeanNumbers.FiscalCode, 0.9f, 0.98f),
        new(PiiTypes.ItVatCode, "ddddddddddd|ddddd_ddd_ddd|ddddd dddddd|ddddd_dddddd", EuropeanNumbers.ItalianVat, 0.2f, 0.93f),
        new(PiiTypes.ItDriverLicense, "lldddddddl|LxLxxxxxxL", ItalianLicence, 0.2f, 0.75f, false),
        new(PiiTypes.ItIdentityCard, "llddddddd|ll ddddddd|dddddddll|llddddd ll|llddddd|llddddxll|lldddddll", null, 0.05f, 0.7f),
        new(PiiTypes.ItPassport, "llddddddd", null, 0.05f, 0.6f),
    ];

    static IEnumerable<IdentifierRule> NorthernEurope() =>
    [
        new(PiiTypes.PlPesel, "ddddddddddd", NorthernNumbers.Pesel, 0.6f, 0.97f),
        new(PiiTypes.FiHetu, "dddddd-dddx|dddddd+dddx", NorthernNumbers.Hetu, 0.85f, 0.98f),
        new(PiiTypes.FiHetu, "ddddddldddx", NorthernNumbers.Hetu, 0.7f, 0.98f),
        new(PiiTypes.SePersonnummer, "dddddd-dddd|dddddd+dddd|dddddddd-dddd|dddddddddddd", NorthernNumbers.Personnummer, 0.7f, 0.96f),
        new(PiiTypes.SePersonnummer, "dddddddddd", NorthernNumbers.Personnummer, 0.5f, 0.94f),
        new(PiiTypes.SeOrganisationsnummer, "dddddd-dddd", NorthernNumbers.Organisationsnummer, 0.55f, 0.95f),
        new(PiiTypes.SeOrganisationsnummer, "dddddddddd", NorthernNumbers.Organisationsnummer, 0.2f, 0.93f),
        new(PiiTypes.NoFodselsnummer, "ddddddddddd|dddddd ddddd", NorthernNumbers.Fodselsnummer, 0.62f, 0.97f),
        new(PiiTypes.DkCpr, "dddddd-dddd", NorthernNumbers.Cpr, 0.4f, 0.9f, false),
        new(PiiTypes.DkCpr, "dddddddddd", NorthernNumbers.Cpr, 0.1f, 0.8f, false),
        new(PiiTypes.RoCnp, "ddddddddddddd", NorthernNumbers.Cnp, 0.6f, 0.96f),
        new(PiiTypes.TrNationalId, "ddddddddddd", NorthernNumbers.TurkishId, 0.55f, 0.96f),
        new(PiiTypes.TrLicensePlate, "dd L dddd|dd L ddddd|dd LL ddd|dd LL dddd|dd LLL dd|dd LLL ddd|dd LLL dddd|ddLdddd|ddLddddd|ddLLddd|ddLLdddd|ddLLLdd|ddLLLddd|dd LL dd|dd L ddd|dd L dd|dd-L-dddd|dd-LL-ddd|dd-LLL-ddd|dd-LLL-dd|ddLLLdddd|dd-LLL-dddd|dd l dddd|dd ll ddd|dd lll ddd|dd lll dddd|ddlllddd|ddllldddd", NorthernNumbers.TurkishPlate, 0.2f, 0.8f, false),
    ];

    static bool GermanLicence(ReadOnlySpan<char> value) => value[..3].ContainsAnyInRange('A', 'Z') && value[9..].ContainsAnyInRange('0', '9');

    static bool ItalianLicence(ReadOnlySpan<char> value) => value[1] != '1' || value.StartsWith("U1");
}
