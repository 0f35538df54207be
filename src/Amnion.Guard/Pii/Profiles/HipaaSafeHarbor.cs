using System.Collections.Immutable;
using Amnion.Guard.Redaction;

namespace Amnion.Guard.Pii.Profiles;

/// <summary>The eighteen identifiers of HIPAA's Safe Harbor, 45 CFR 164.514(b)(2)(i). Free text only: photographs and biometric identifiers are not claimed, and names, ages and unique codes are found in part, so that a text passed through it is not by that alone de-identified.</summary>
static class HipaaSafeHarbor
{
    static readonly ImmutableArray<ProfileItem> s_items =
    [
        Item('A', "Names", ProfileCoverage.Partly, PiiTypes.Person),
        Item('B', "Geographic subdivisions smaller than a state", ProfileCoverage.Partly, PiiTypes.StreetAddress, PiiTypes.ZipCode, PiiTypes.UkPostcode, PiiTypes.DePostcode),
        Item('C', "Dates except the year, and ages over 89", ProfileCoverage.Partly, PiiTypes.Date, PiiTypes.DateOfBirth, PiiTypes.Age),
        Item('D', "Telephone numbers", ProfileCoverage.Recognised, PiiTypes.Phone),
        Item('E', "Fax numbers", ProfileCoverage.Recognised, PiiTypes.Phone),
        Item('F', "Electronic mail addresses", ProfileCoverage.Recognised, PiiTypes.Email),
        Item('G', "Social Security numbers", ProfileCoverage.Recognised, PiiTypes.UsSsn, PiiTypes.UsItin),
        Item('H', "Medical record numbers", ProfileCoverage.Partly, PiiTypes.MedicalRecord),
        Item('I', "Health plan beneficiary numbers", ProfileCoverage.Partly, PiiTypes.UsMbi, PiiTypes.InsuranceId, PiiTypes.UkNhs, PiiTypes.AuMedicare, PiiTypes.DeHealthInsurance),
        Item('J', "Account numbers", ProfileCoverage.Partly, PiiTypes.CreditCard, PiiTypes.Iban, PiiTypes.AbaRouting, PiiTypes.BankAccount),
        Item('K', "Certificate and licence numbers", ProfileCoverage.Partly, PiiTypes.UsDriverLicense, PiiTypes.DriverLicense, PiiTypes.UkDrivingLicence, PiiTypes.Dea, PiiTypes.UsNpi, PiiTypes.UsPassport, PiiTypes.PassportNumber),
        Item('L', "Vehicle identifiers and serial numbers, licence plates", ProfileCoverage.Partly, PiiTypes.Vin, PiiTypes.UkVehicle, PiiTypes.DeVehicle),
        Item('M', "Device identifiers and serial numbers", ProfileCoverage.Partly, PiiTypes.Imei, PiiTypes.MacAddress),
        Item('N', "Web universal resource locators", ProfileCoverage.Recognised, PiiTypes.Url),
        Item('O', "Internet protocol addresses", ProfileCoverage.Recognised, PiiTypes.IpAddress),
        Item('P', "Biometric identifiers", ProfileCoverage.NotClaimed),
        Item('Q', "Full-face photographs and comparable images", ProfileCoverage.NotClaimed),
        Item('R', "Any other unique identifying number, characteristic or code", ProfileCoverage.Partly, PiiTypes.UserName, PiiTypes.BitcoinAddress, PiiTypes.EthereumAddress, PiiTypes.NationalId),
    ];

    /// <summary>The profile.</summary>
    public static PiiProfile Profile { get; } = new()
    {
        Name = "hipaa-safe-harbor",
        Items = s_items,
        Scanner = new PiiScannerOptions { Types = PiiTypes.All },
        Redaction = new RedactionPolicy
        {
            Default = new RedactionOperator.Remove(),
            Operators = new[] { PiiTypes.Date, PiiTypes.DateOfBirth, PiiTypes.Age, PiiTypes.ZipCode }.ToImmutableDictionary(type => type.Name, RedactionOperator (PiiType _) => new RedactionOperator.Generalise()),
        },
    };

    static ProfileItem Item(char letter, string subject, ProfileCoverage coverage, params ReadOnlySpan<PiiType> types) => new($"45 CFR 164.514(b)(2)(i)({letter})", subject, coverage, [.. types]);
}
