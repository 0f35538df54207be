using System.Collections.Immutable;
using Amnion.Guard.Redaction;

namespace Amnion.Guard.Pii.Profiles;

/// <summary>Personal data by the examples of Regulation (EU) 2016/679, article 4(1): pseudonyms in the sense of article 4(5), put back in the answer. What article 9 adds (health, belief, origin, orientation, biometric data) is meaning, not form, and not claimed.</summary>
static class Gdpr
{
    static readonly ImmutableArray<ProfileItem> s_items =
    [
        new("GDPR Art. 4(1)", "A name", ProfileCoverage.Partly, [PiiTypes.Person]),
        new("GDPR Art. 4(1)", "An identification number", ProfileCoverage.Recognised, [.. PiiTypes.All.Where(type => type.Code is PiiCodes.Government or PiiCodes.Health or PiiCodes.Financial)]),
        new("GDPR Art. 4(1)", "Location data", ProfileCoverage.Partly, [PiiTypes.StreetAddress, PiiTypes.UkPostcode, PiiTypes.DePostcode, PiiTypes.ZipCode]),
        new("GDPR Art. 4(1), recital 30", "An online identifier", ProfileCoverage.Recognised, [PiiTypes.Email, PiiTypes.IpAddress, PiiTypes.MacAddress, PiiTypes.Imei, PiiTypes.UserName, PiiTypes.BitcoinAddress, PiiTypes.EthereumAddress]),
        new("GDPR Art. 4(1)", "Telephone numbers, vehicles, dates of birth, age", ProfileCoverage.Recognised, [PiiTypes.Phone, PiiTypes.Vin, PiiTypes.DateOfBirth, PiiTypes.Age]),
        new("GDPR Art. 9(1)", "Health, origin, opinions, belief, orientation, genetic and biometric data", ProfileCoverage.NotClaimed, []),
    ];

    /// <summary>The profile.</summary>
    public static PiiProfile Profile { get; } = new()
    {
        Name = "gdpr",
        Items = s_items,
        Scanner = new PiiScannerOptions(),
        Redaction = RedactionPolicy.TokeniseAndRestore,
    };
}
